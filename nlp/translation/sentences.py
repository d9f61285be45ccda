"""Texts are cut into sentences, which is what translation models were trained on, by spaCy's rules: they need no model and no network."""

import re
from typing import Any

import spacy

# For Chinese spaCy takes each character as a word.
_CHARACTERS, _WORDS = "zh", "xx"
# "Av. 5" and "Blue Hill Ave. hay un hoyo" are no ends of sentences.
_ABBREVIATION = re.compile(r"(?:^|\s)\w{1,4}\.$")
_OPENING = "¿¡«“([ "
_GOES_ON = re.compile(r"[a-zà-ÿа-я\d#]")


class SentenceSplitter:
    """Splits texts; each of its two pipelines is made when it is first needed."""

    def __init__(self) -> None:
        self._pipelines: dict[str, Any] = {}

    def split(self, line: str, language: str) -> list[str]:
        """Return the sentences of a line without line breaks, in order; nothing is lost but the blanks between them."""
        joined: list[str] = []
        opening = ""
        for sentence in self._pipeline(language)(line).sents:
            # The rules leave the mark that opens a question with the sentence before it.
            words = f"{opening}{sentence.text}".strip()
            piece = words.rstrip(_OPENING).rstrip()
            opening = words[len(piece) :].strip()
            if not piece:
                continue
            if joined and _ABBREVIATION.search(joined[-1]) and _GOES_ON.match(piece):
                joined[-1] = f"{joined[-1]} {piece}"
            else:
                joined.append(piece)
        return [*joined, opening] if opening else joined

    def _pipeline(self, language: str) -> Any:
        code = _CHARACTERS if is_without_blanks(language) else _WORDS
        if code not in self._pipelines:
            pipeline = spacy.blank(code)
            pipeline.add_pipe("sentencizer")
            self._pipelines[code] = pipeline
        return self._pipelines[code]


def is_without_blanks(language: str) -> bool:
    """Whether a language (our code or an engine's) is Chinese, whose sentences are joined as they stand."""
    return language.startswith(("zh", "zt"))
