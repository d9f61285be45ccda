"""Places named in a message: addresses, corners, landmarks, streets, in whatever language surrounds them."""

import re
from collections.abc import Iterable, Mapping

from nlp.folding import fold
from nlp.gazetteer import SUFFIXES, Gazetteer, NameMention
from nlp.lexicon import Lexicon
from nlp.message import PlaceKind, PlaceMention

# Chinese is written without blanks, so its characters may touch a number or a Latin name: 在450 Adams St, Adams街12号.
_LETTER = r"[^\W\u3400-\u9fff]"
_NUMBER = r"\d{1,5}(?:\s?-\s?\d{1,5})?[a-d]?"
_NUMBER_BEFORE = re.compile(rf"(?<!{_LETTER})(?<!\d:)({_NUMBER})[\s,]*$")  # The 30 of "10:30 Adams St" is none.
_NUMBER_AFTER = re.compile(
    rf"^[\s,]*(?:#|no\.?|num\.?|nr\.?|numero|num|nimewo|numeru|so|lambarka|nambarka|дом|д\.?|номер|رقم)?\s*({_NUMBER})(?!{_LETTER}|:\d)"
)
# House numbers behind a street are usual in every language but English; "Adams St 3 cars" is not one, "Adams St 450 hay" is.
_COUNTS_THINGS = re.compile(r"[\s,]*\d{1,2}\s+[a-z]")
# "A St" exists, and nearly everybody who writes "a street" means any.
_ANY_STREET = re.compile(r"[Aa]\s+(?:st|str|street)")
_ARTICLE_BEFORE = re.compile(r"(?<!\w)(?:the|a|an|my|our|this|that|your|their)\s+$")
# Suffixes that are words of their own: only a number or a capital makes a name of "parking place" and "long way".
_WORDS_TOO = frozenset({"way", "place", "court", "park", "row", "drive", "circle", "square", "terrace"})
_SUFFIX_WORDS = "|".join(sorted({form for forms in SUFFIXES.values() for form in forms}, key=len, reverse=True))
_UNKNOWN_STREET = re.compile(
    rf"(?<!{_LETTER})(?:({_NUMBER})\s+)?((?:(?:north|south|east|west|n|s|e|w|st|mt|old|new)\.?\s+)?[a-z][a-z'\-]{{1,20}}(?:\s[a-z][a-z'\-]{{1,20}})?)"
    rf"\s(?:{_SUFFIX_WORDS})(?!\w)\.?"
)
_NOT_STREET_NAMES = frozenset(
    [
        "the",
        "a",
        "an",
        "my",
        "our",
        "this",
        "that",
        "your",
        "his",
        "her",
        "their",
        "one",
        "each",
        "every",
        "across",
        "any",
        "some",
        "way",
        "end",
        "narrow",
        "icy",
        "long",
        "take",
        "took",
        "two",
        "me",
        "side",
        "same",
        "another",
        "whole",
        "entire",
        "on",
        "at",
        "near",
        "in",
        "of",
        "to",
        "from",
        "and",
        "street",
        "city",
        "public",
        "dead",
        "first",
        "next",
        "other",
        "no",
        "busy",
        "dark",
        "by",
        "cross",
        "down",
        "up",
        "off",
    ]
)
_CORNER_GAP = 28


class PlaceFinder:
    """Finds place mentions with a city's gazetteer and every language's words around places."""

    def __init__(self, gazetteer: Gazetteer, lexicons: Mapping[str, Lexicon]) -> None:
        self._gazetteer = gazetteer
        words = [word for lexicon in lexicons.values() for word in lexicon.places.street_words]
        self._street_word_before = re.compile(rf"(?:^|[^\w])(?:{_any_of(words)})[\s.]*$")
        self._street_word_after = re.compile(rf"^\s*(?:{_any_of(words)})(?!(?!\d){_LETTER})")
        before = [word for lexicon in lexicons.values() for word in lexicon.places.before]
        self._cue = re.compile(rf"(?:(?<!\w)|(?<=[\u4e00-\u9fff]))(?:{_any_of(before)})\s*$")
        self._trailing = _trailing_cue(lexicons.values())
        self._connectors = _corner_connectors(lexicons.values())
        # "et Gibson St" is Gibson St: a word that stands around places is no part of a name.
        self._around_places = self._connectors | {fold(word) for word in before + words}

    def find(self, text: str) -> tuple[PlaceMention, ...]:
        """Return the places that `text` names, the most exact first, then in the order of the text."""
        folded = fold(text)
        names = [name for name in self._gazetteer.find(text) if not _is_any_street(text, name)]
        mentions = [*self._streets(folded, names), *self._unknown_streets(text, folded, names)]
        mentions.sort(key=lambda m: m.start)
        mentions = self._join_corners(text, mentions) + [_landmark(text, name) for name in names if not _is_street(name)]
        usable = [m for m in mentions if not (m.kind is PlaceKind.STREET and m.names[0].startswith("?"))]
        kinds = list(PlaceKind)
        return tuple(sorted((self._with_cue(text, m) for m in usable), key=lambda m: (kinds.index(m.kind), m.start)))

    def _streets(self, folded: str, names: list[NameMention]) -> list[PlaceMention]:
        mentions = []
        streets = [name for name in names if _is_street(name)]
        for name in streets:
            mention = self._street(folded, name)
            is_street = not name.is_bare or mention.number is not None or self._is_called_street(folded, name)
            if is_street or self._is_at_corner(folded, name, streets):
                mentions.append(mention)
        return mentions

    def _is_at_corner(self, folded: str, name: NameMention, streets: Iterable[NameMention]) -> bool:
        """Whether a bare name is one of two streets that cross: "Adams and Bowdoin", not "Adams St by the school"."""
        if _ARTICLE_BEFORE.search(folded[: name.start]):
            return False
        return any(self._is_connector(folded[min(name.end, s.end) : max(name.start, s.start)]) for s in streets if s is not name)

    def _is_called_street(self, folded: str, name: NameMention) -> bool:
        before, after = folded[: name.start], folded[name.end :]
        return bool(self._street_word_before.search(before) or self._street_word_after.search(after))

    def _street(self, folded: str, name: NameMention) -> PlaceMention:
        start, end, number = name.start, name.end, None
        if (after := self._street_word_after.match(folded[end:])) is not None:
            end += after.end()
        if (before := self._street_word_before.search(folded[:start])) is not None:
            start = before.start() + (0 if before.start() == 0 else 1)
        if (found := _NUMBER_BEFORE.search(folded[:start])) is not None:
            start, number = found.start(1), found.group(1)
        elif (found := _NUMBER_AFTER.search(folded[end:])) is not None and not self._counts_things(folded, name, end):
            end, number = end + found.end(1), found.group(1)
        kind = PlaceKind.ADDRESS if number else PlaceKind.STREET
        return PlaceMention(kind, folded[start:end], start, end, (name.name,), number)

    def _counts_things(self, folded: str, name: NameMention, end: int) -> bool:
        return not self._is_called_street(folded, name) and _COUNTS_THINGS.match(folded[end:]) is not None

    def _unknown_streets(self, text: str, folded: str, names: list[NameMention]) -> list[PlaceMention]:
        mentions = []
        for found in _UNKNOWN_STREET.finditer(folded):
            number, name = found.group(1), found.group(2)
            start, end = found.start(), found.end()
            words = name.split()
            while words and (words[0] in _NOT_STREET_NAMES or (len(words) > 1 and words[0] in self._around_places)):
                dropped = words.pop(0)
                start = folded.index(dropped, found.start(2)) + len(dropped) + 1
                number = None
            if not words or words[-1] in _NOT_STREET_NAMES or any(not (end <= n.start or start >= n.end) for n in names):
                continue
            if number is None and text[start:end].rstrip(".").split()[-1] in _WORDS_TOO:
                continue
            written = folded[start if number is None else found.start() : end]
            street = " ".join(w.capitalize() for w in folded[folded.index(words[0], start) : end].strip(". ").split())
            kind = PlaceKind.ADDRESS if number else PlaceKind.STREET
            mentions.append(PlaceMention(kind, written, end - len(written), end, (street,), number, is_known=False))
        return mentions

    def _join_corners(self, text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
        joined: list[PlaceMention] = []
        for mention in mentions:
            previous = joined[-1] if joined else None
            if previous is not None and self._is_corner(text, previous, mention):
                joined[-1] = PlaceMention(
                    PlaceKind.INTERSECTION,
                    text[previous.start : mention.end],
                    previous.start,
                    mention.end,
                    (previous.names[0], mention.names[0]),
                    is_known=previous.is_known and mention.is_known,
                )
            else:
                joined.append(mention)
        return joined

    def _is_corner(self, text: str, first: PlaceMention, second: PlaceMention) -> bool:
        return (
            first.kind is PlaceKind.STREET
            and second.kind is PlaceKind.STREET
            and first.names != second.names
            and second.start - first.end <= _CORNER_GAP
            and self._is_connector(text[first.end : second.start])
        )

    def _is_connector(self, gap: str) -> bool:
        return " ".join(fold(gap).replace(".", " ").replace(",", " ").split()) in self._connectors

    def _with_cue(self, text: str, mention: PlaceMention) -> PlaceMention:
        """Widen a mention by the words that place things around it ("across from", "在…对面")."""
        cue = self._cue.search(fold(text[: mention.start]))
        start = cue.start() if cue else mention.start
        trailing = self._trailing.match(fold(text[mention.end :]))
        end = mention.end + (trailing.end() if trailing else 0)
        return PlaceMention(
            mention.kind, text[start:end].strip(" ,"), start, end, mention.names, mention.number, mention.is_known
        )


def _landmark(text: str, name: NameMention) -> PlaceMention:
    return PlaceMention(name.kind, text[name.start : name.end], name.start, name.end, (name.name,))


def _is_any_street(text: str, name: NameMention) -> bool:
    written = text[name.start : name.end]
    return _is_street(name) and _ANY_STREET.fullmatch(written) is not None and not _NUMBER_BEFORE.search(text[: name.start])


def _is_street(name: NameMention) -> bool:
    return name.kind is PlaceKind.STREET


def _trailing_cue(lexicons: Iterable[Lexicon]) -> re.Pattern[str]:
    # Chinese puts the relation behind the place: 在…对面, …旁边.
    words = [w.split("...")[-1] for lexicon in lexicons for w in lexicon.places.before if "..." in w]
    return re.compile(rf"\s*(?:{_any_of(words)})")


def _corner_connectors(lexicons: Iterable[Lexicon]) -> frozenset[str]:
    """What may stand between two streets of a corner: the middles of the lexicons' templates, alone or before a street word."""
    known = list(lexicons)
    templates = [template for lexicon in known for template in lexicon.places.corner if "{X}" in template and "{Y}" in template]
    middles = {" ".join(fold(t[t.index("{X}") + 3 : t.index("{Y}")]).replace(".", " ").split()) for t in templates}
    street_words = {fold(word) for lexicon in known for word in lexicon.places.street_words}
    return frozenset(middles | {f"{middle} {word}" for middle in middles for word in street_words} | {""})


def _any_of(words: Iterable[str]) -> str:
    folded = sorted({fold(word).strip(" .") for word in words}, key=len, reverse=True)
    return "|".join(re.escape(word) for word in folded if word) or r"(?!)"
