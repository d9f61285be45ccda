"""Dates as people of a language write them."""

from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton

from routing.city import OfficeHours

# CLDR has no names of days and months for Haitian Creole; Babel would silently write French.
_HT_DAYS = ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch")
_HT_MONTHS = (
    "janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb", "novanm", "desanm",
)  # fmt: skip


def write_hours(hours: OfficeHours, language: str) -> str:
    """Write office hours, days of equal hours together, such as "Mon-Fri 09:00-17:00"."""
    parts: list[str] = []
    for span, days in groupby(sorted(hours.weekdays), key=lambda day: hours.weekdays[day]):
        known = list(days)
        names = _day(known[0], language) + (f"-{_day(known[-1], language)}" if len(known) > 1 else "")
        parts.append(f"{names} {span[0]:%H:%M}-{span[1]:%H:%M}")
    return "; ".join(parts)


def _day(weekday: int, language: str) -> str:
    if language == "ht":
        return _HT_DAYS[weekday]
    return str(Locale.parse(language, sep="-").days["format"]["abbreviated"][weekday])


def write_date(moment: datetime, language: str, timezone: ZoneInfo) -> str:
    """Write the local date of `moment`, such as "Tue, Nov 24"."""
    local = moment.astimezone(timezone)
    if language == "ht":
        return f"{_HT_DAYS[local.weekday()]} {local.day} {_HT_MONTHS[local.month - 1]}"
    return format_skeleton("MMMEd", local, locale=Locale.parse(language, sep="-"))
