"""A raw text becomes clean text for the models: one Unicode form, emoji as words, no elongations, no speech fillers."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

import emoji

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_ELONGATION = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_MARK = re.compile(r"([!?.…,])\1+")
_BLANKS = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？؟;])\s+|\n+|(?<=[。！？])")


def clean(text: str) -> str:
    """Bring `text` to Unicode NFKC, name its emoji in English, shorten elongations, and fold white space."""
    composed = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    named = emoji.demojize(composed, delimiters=(" ", " ")) if not composed.isascii() else composed
    shortened = _REPEATED_MARK.sub(r"\1", _ELONGATION.sub(r"\1\1", named))
    return _BLANKS.sub(" ", shortened.replace("_", " ") if named != composed else shortened).strip()


def expand_abbreviations(text: str, abbreviations: Mapping[str, str]) -> str:
    """Write out the texting short forms that stand as words of their own."""
    return " ".join(abbreviations.get(word.lower(), word) for word in text.split(" "))


def drop_fillers(text: str, fillers: Sequence[str]) -> str:
    """Take out what a speaker says while thinking; only for transcribed speech, where "like" is mostly noise."""
    if not fillers:
        return text
    alternatives = "|".join(re.escape(filler) for filler in sorted(fillers, key=len, reverse=True))
    stripped = re.sub(rf"(?<!\w)(?:{alternatives})(?!\w),?", " ", text, flags=re.IGNORECASE)
    return _BLANKS.sub(" ", stripped).strip() or text


def split_segments(text: str, also: Sequence[str]) -> tuple[str, ...]:
    """Split `text` into sentences, and before words that bring in a second problem ("also", "y también").

    Fragments of fewer than two words (four letters in Chinese) stay with the sentence before them.
    """
    pieces = [piece for piece in _SENTENCE_END.split(text) if piece and piece.strip()]
    if also:
        words = "|".join(re.escape(word) for word in sorted(also, key=len, reverse=True))
        cut = re.compile(rf"(?:,\s*|\s+|(?<=[\u4e00-\u9fff]))(?=(?:{words})(?![^\W\u4e00-\u9fff]))", re.IGNORECASE)
        pieces = [part for piece in pieces for part in cut.split(piece) if part.strip()]
    return _join_fragments(pieces)


def _join_fragments(pieces: Sequence[str]) -> tuple[str, ...]:
    joined: list[str] = []
    for piece in (p.strip() for p in pieces):
        if joined and (_is_fragment(piece) or _is_fragment(joined[-1])):
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return tuple(joined) if len(joined) > 1 else ()


def _is_fragment(piece: str) -> bool:
    return len(piece) < 4 or (len(piece.split()) < 2 and not re.search("[\u4e00-\u9fff]", piece))
