"""Texts are compared in a folded form that keeps every character's position."""

import re
import unicodedata
from functools import lru_cache

HAN = re.compile("[\u3400-\u9fff]")

# Letters that Unicode does not decompose, though people leave their marks out on phones.
_UNDECOMPOSED = str.maketrans({"đ": "d", "ø": "o", "ł": "l", "ß": "s", "ı": "i", "’": "'", "‘": "'", "ʼ": "'"})


def fold(text: str) -> str:
    """Lower-case `text` and take its accents off, one character for one, so that spans stay valid."""
    return "".join(map(_fold_character, text)).translate(_UNDECOMPOSED)


def lower(text: str) -> str:
    """Lower-case `text`, one character for one ("İ".lower() would give two)."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def letters_worth(text: str) -> int:
    """The length of `text`, with a Chinese character as three letters: it says about as much."""
    return len(text) + 2 * len(HAN.findall(text))


@lru_cache(maxsize=8192)
def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    lowered = base.lower()
    return lowered if len(lowered) == 1 else character
