"""The small pattern language of the lexicons, compiled to regular expressions (nlp/lexicon/README.md describes it)."""

import re

from nlp.folding import HAN

_TOKEN = re.compile(r"\([^()]*\)\*?|\S+")
_WORD_GAP = r"(?:\W+[\w'’]+){0,5}?\W+"
_HAN_GAP = r".{0,8}?"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile `smell* ... (gas|propane)` to an expression that searches lower-cased text on word boundaries."""
    is_han = bool(HAN.search(pattern))
    expression = _translate(_TOKEN.findall(pattern.lower()), is_han=is_han)
    return re.compile(expression if is_han else rf"(?<!\w){expression}(?!\w)")


def _translate(tokens: list[str], *, is_han: bool) -> str:
    expression = ""
    joint = ""
    for token in tokens:
        if token == "...":
            joint = _HAN_GAP if is_han else _WORD_GAP
            continue
        expression += (joint if expression else "") + _translate_token(token, is_han=is_han)
        joint = r"\s*" if is_han else r"\W+"
    return expression


def _translate_token(token: str, *, is_han: bool) -> str:
    if token.startswith("("):
        ending = r"\w*" if token.endswith("*") else ""
        options = token.rstrip("*")[1:-1].split("|")
        translated = (_translate(_TOKEN.findall(option), is_han=is_han) for option in options if option.strip())
        return f"(?:{'|'.join(translated)}){ending}"
    if token.endswith("*"):
        return re.escape(token[:-1]) + r"\w*"
    return re.escape(token)
