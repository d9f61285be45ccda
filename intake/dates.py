"""Dates as people of a language write them."""

from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton

from nlp.message import Weekday
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


def _day(weekday: int, language: str, *, width: str = "abbreviated") -> str:
    if language == "ht":
        return _HT_DAYS[weekday]
    return str(Locale.parse(language, sep="-").days["format"][width][weekday])


def write_weekdays(first: Weekday, last: Weekday, language: str) -> str:
    """Write a run of weekdays in full, as they are also read aloud: "Monday-Friday"."""
    days = list(Weekday)
    names = [_day(days.index(day), language, width="wide") for day in dict.fromkeys((first, last))]
    return (" - " if any("-" in name or " " in name for name in names) else "-").join(names)


def write_day(month: int, day: int, language: str, *, year: int | None = None) -> str:
    """Write a day of every year, such as "April 1", or a date with its year."""
    if language == "ht":
        return f"{day} {_HT_MONTHS[month - 1]}" + (f" {year}" if year else "")
    skeleton = "yMMMMd" if year else "MMMMd"
    # A leap year, so that the 29th of February is a day too.
    written = format_skeleton(skeleton, date(year or 2000, month, day), locale=Locale.parse(language, sep="-"))
    return written.replace("\u202f", " ")


def write_date(moment: datetime, language: str, timezone: ZoneInfo) -> str:
    """Write the local date of `moment`, such as "Tue, Nov 24"."""
    local = moment.astimezone(timezone)
    if language == "ht":
        return f"{_HT_DAYS[local.weekday()]} {local.day} {_HT_MONTHS[local.month - 1]}"
    return format_skeleton("MMMEd", local, locale=Locale.parse(language, sep="-"))


def write_moment(moment: datetime, timezone: ZoneInfo) -> str:
    """Write a moment for staff, such as "Nov 24, 14:05", in the city's time."""
    return f"{moment.astimezone(timezone):%b %-d, %H:%M}"
