"""Facts of the knowledge base as people of a language write them: money, times, days, hours, numbers."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import assert_never

from babel import Locale
from babel.dates import format_time

from intake.dates import write_day, write_weekdays
from intake.phrases import is_right_to_left
from routing.articles import Fact, Hours, Money

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Babel's Spanish is Spain's, with a 24-hour clock; residents of Boston read the American one. Somali abbreviates
# morning and afternoon to letters that few read; they too write the American clock.
_CLOCKS = {"es": "es_US", "so": "en_US"}
_NARROW_BLANK = "\u202f"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def fill_in(text: str, facts: Mapping[str, Fact], city_phone: str, language: str) -> str:
    """Replace every {name} in `text` by its fact, written in `language`. Raises KeyError for an unknown name."""

    def written(match: re.Match[str]) -> str:
        name = match.group(1)
        value = city_phone if name == "city_phone" else write_fact(facts[name], language)
        # Within Arabic, digits and signs keep their order only inside marks.
        return f"{_FIRST_STRONG_ISOLATE}{value}{_POP_ISOLATE}" if is_right_to_left(language) else value

    return _PLACEHOLDER.sub(written, text)


def write_fact(fact: Fact, language: str) -> str:
    """Write one fact, such as "$15", "5:00 PM", "1 avril" or "Monday-Friday 9:00 AM-5:00 PM"."""
    match fact.value:
        case Money(dollars=dollars):
            # The dollar sign stands in front on every bill and form in this country, whatever the language.
            return f"${dollars:,.0f}" if dollars == int(dollars) else f"${dollars:,.2f}"
        case Hours(days=(first, last), opens=opens, closes=closes):
            return f"{write_weekdays(first, last, language)} {write_time(opens, language)}-{write_time(closes, language)}"
        case time() as moment:
            return write_time(moment, language)
        case datetime():
            raise TypeError("a fact has a date or a time, not both")
        case date() as day:
            return write_day(day.month, day.day, language, year=day.year)
        case tuple((month, day)):
            return write_day(month, day, language)
        case float() as number:
            return f"{number:g}"
        case str() as text:
            return text
    assert_never(fact.value)


def write_time(moment: time, language: str) -> str:
    """Write a time of day on the clock that the language's readers use."""
    locale = Locale.parse(_CLOCKS.get(language, language.replace("-", "_")))
    return format_time(moment, "short", locale=locale).replace(_NARROW_BLANK, " ").replace("\xa0", " ")
