"""The search form of cases, read: what is typed becomes a query, or a sentence that says what is wrong."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from intake.console.case_search import CaseQuery, Order, Standing
from intake.console.service_search import find_services
from nlp.folding import fold
from routing.city import City

FIELDS = ("number", "contact", "place", "service", "department", "state", "language", "channel", "from", "to", "order")
_NUMBER = re.compile(r"(\d\d)-?(\d{6,})")
_END_OF_NUMBER = re.compile(r"\d{1,5}")
_DIGITS = 6
_LETTERS = 200
_LARGEST_ID = 2**31
Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True)
class CaseForm:
    """What was typed, the query that it makes, and what is wrong with it; with a fault in it nothing is looked for."""

    typed: Mapping[str, str]
    query: CaseQuery
    faults: tuple[str, ...]


def read_form(fields: Mapping[str, str], city: City) -> CaseForm:
    """Read the fields of the search form; unknown ones do not matter."""
    typed = {name: fields.get(name, "").strip()[:_LETTERS] for name in FIELDS}
    faults: list[str] = []
    opened_from, opened_to = _day(typed, "from", faults), _day(typed, "to", faults)
    if opened_from is not None and opened_to is not None and opened_to < opened_from:
        faults.append("The first day is later than the last one.")
    query = CaseQuery(
        number=_number(typed["number"], faults),
        contact=_contact(typed["contact"], faults),
        place=typed["place"],
        services=_services(typed["service"], city, faults),
        department=_one_of(typed["department"], city.catalog.departments, "department", faults),
        standing=_choice(typed["state"], Standing, "state", faults),
        language=_one_of(typed["language"], city.languages, "language", faults),
        channel=typed["channel"],
        opened_from=_midnight(opened_from, city),
        opened_before=_midnight(None if opened_to is None else opened_to + timedelta(days=1), city),
        order=_choice(typed["order"], Order, "order", faults) or Order.NEWEST,
    )
    return CaseForm(typed, query, tuple(faults))


def whole_number(text: str) -> str | None:
    """A case number as it is stored, None where the text is none; the hyphen need not be typed."""
    found = _NUMBER.fullmatch(_plain(text))
    return None if found is None else f"{found[1]}-{found[2]}"


def _plain(text: str) -> str:
    return text.strip().removeprefix("#").replace(" ", "")


def _number(text: str, faults: list[str]) -> str:
    """A whole number with its hyphen, or the end of one without."""
    plain, whole = _plain(text), whole_number(text)
    if whole is not None or not plain:
        return whole or ""
    if _END_OF_NUMBER.fullmatch(plain):
        return plain.zfill(_DIGITS)
    faults.append("A case number looks like 26-000123; its last digits are enough.")
    return ""


def _contact(text: str, faults: list[str]) -> int | None:
    if not text:
        return None
    if text.isdecimal() and text.isascii() and int(text[:11]) < _LARGEST_ID:
        return int(text)
    faults.append("Search for the phone number again: its place in the address was changed.")
    return None


def _services(text: str, city: City, faults: list[str]) -> tuple[str, ...]:
    """The service with this code or name, else all whose names or keywords fit."""
    if not text:
        return ()
    wanted = fold(text)
    exact = [code for code in city.catalog.services if wanted in {code.casefold(), fold(city.catalog.service_name(code, "en"))}]
    found = exact or [service.code for service in find_services(city.catalog, text)]
    if not found:
        faults.append(f"No service is called “{text}”.")
    return tuple(found)


def _one_of(text: str, known: Collection[str], what: str, faults: list[str]) -> str:
    if text and text not in known:
        faults.append(f"There is no {what} “{text}”.")
        return ""
    return text


def _choice(text: str, known: type[Chosen], what: str, faults: list[str]) -> Chosen | None:
    if text and text not in set(known):
        faults.append(f"There is no {what} “{text}”.")
        return None
    return known(text) if text else None


def _day(typed: Mapping[str, str], name: str, faults: list[str]) -> date | None:
    if not typed[name]:
        return None
    try:
        day = date.fromisoformat(typed[name])
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 9000:
        faults.append(f"“{typed[name]}” is no day; write it like 2026-01-31.")
        return None
    return day


def _midnight(day: date | None, city: City) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, city.timezone)
