"""Spans that identify a person, found so that they can be redacted from logs, exports and labels."""

import re

import phonenumbers

from nlp.message import PersonalDatum

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SSN = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def find_personal_data(text: str) -> tuple[PersonalDatum, ...]:
    """Find phone numbers (read as US numbers), e-mail addresses, social security and payment card numbers."""
    found = [PersonalDatum("email", m.start(), m.end()) for m in _EMAIL.finditer(text)]
    found += [PersonalDatum("ssn", m.start(), m.end()) for m in _SSN.finditer(text)]
    found += [PersonalDatum("card", m.start(), m.end()) for m in _CARD.finditer(text) if _passes_luhn(m.group())]
    if sum(c.isdigit() for c in text) >= 7:
        matches = phonenumbers.PhoneNumberMatcher(text, "US")
        found += [PersonalDatum("phone", m.start, m.end) for m in matches]
    return tuple(sorted(_without_overlaps(found), key=lambda datum: datum.start))


def redact(text: str) -> str:
    """Replace every personal datum by its kind in brackets: "call [phone]"."""
    for datum in reversed(find_personal_data(text)):
        text = f"{text[: datum.start]}[{datum.kind}]{text[datum.end :]}"
    return text


def _without_overlaps(found: list[PersonalDatum]) -> list[PersonalDatum]:
    kept: list[PersonalDatum] = []
    for datum in found:
        if all(datum.end <= other.start or datum.start >= other.end for other in kept):
            kept.append(datum)
    return kept


def _passes_luhn(text: str) -> bool:
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
