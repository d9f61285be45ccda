"""Dates as people of a language write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton

# CLDR has no names of days and months for Haitian Creole; Babel would silently write French.
_HT_DAYS = ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch")
_HT_MONTHS = (
    "janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb", "novanm", "desanm",
)  # fmt: skip


def write_date(moment: datetime, language: str, timezone: ZoneInfo) -> str:
    """Write the local date of `moment`, such as "Tue, Nov 24"."""
    local = moment.astimezone(timezone)
    if language == "ht":
        return f"{_HT_DAYS[local.weekday()]} {local.day} {_HT_MONTHS[local.month - 1]}"
    return format_skeleton("MMMEd", local, locale=Locale.parse(language, sep="-"))
