"""Words such as "tomorrow", "samdi", "Thanksgiving" or "25 de diciembre" become the day that a resident asks about."""

import re
from calendar import monthrange
from collections.abc import Mapping

from babel import Locale

from nlp.folding import HAN, fold
from nlp.lexicon import Lexicon
from nlp.message import NamedDay, Weekday

_RELATIVE = {"today": NamedDay(), "tomorrow": NamedDay(days_ahead=1), "weekend": NamedDay(Weekday.SATURDAY)}
_HOLIDAY = NamedDay(is_holiday=True)
# CLDR has no names of months for Haitian Creole.
_HT_MONTHS = ["janvye", "fevriye", "mas", "avril", "me", "jen", "jiye", "out", "septanm", "oktob", "novanm", "desanm"]
_CHINESE_DATE = re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号號]?")
# Here the month stands first, whatever the language: "12/25".
_NUMERIC_DATE = re.compile(r"(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/])")


class DayWords:
    """Finds the first named day in a text of any of the lexicons' languages."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._days: dict[str, dict[str, NamedDay]] = {code: _words_of(lexicon) for code, lexicon in lexicons.items()}
        self._patterns = {code: _pattern(words) for code, words in self._days.items() if words}
        self._months = {code: _months_of(code) for code in lexicons}
        self._dates = {code: _date_pattern(months) for code, months in self._months.items()}

    def find(self, text: str, language: str) -> NamedDay | None:
        """Return the day that `text` names in `language`, or in English, which many mix in: a date before a holiday before a weekday."""
        folded = fold(text)
        codes = [code for code in dict.fromkeys((language, "en")) if code in self._patterns]
        for code in codes:
            if (dated := self._date(folded, code)) is not None:
                return dated
        found = [self._days[code][match.group()] for code in codes for match in self._patterns[code].finditer(folded)]
        return next((day for day in found if day.is_holiday), found[0] if found else None)

    def _date(self, folded: str, language: str) -> NamedDay | None:
        for pattern in (self._dates[language], _CHINESE_DATE, _NUMERIC_DATE):
            for match in pattern.finditer(folded):
                parts = {name: value for name, value in match.groupdict().items() if value}
                words = parts.get("name") or parts.get("name_first")
                month = self._months[language][words] if words else int(parts["month"])
                day = int(parts.get("day") or parts["day_last"])
                # Any leap year: the 29th of February is a day too.
                if 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]:
                    return NamedDay(month_day=(month, day))
        return None


def _months_of(language: str) -> dict[str, int]:
    """The folded names of months, as they stand in dates and alone."""
    if language == "ht":
        return {name: number for number, name in enumerate(_HT_MONTHS, 1)}
    months = Locale.parse(language.replace("-", "_")).months
    return {fold(str(name)): number for use in ("format", "stand-alone") for number, name in months[use]["wide"].items()}


def _date_pattern(months: Mapping[str, int]) -> re.Pattern[str]:
    """A day and a month's name, in either order: "25 de diciembre", "December 25th"."""
    names = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    return re.compile(
        rf"(?<!\w)(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:de\s+|di\s+|of\s+)?(?P<name>{names})(?!\w)"
        rf"|(?<!\w)(?P<name_first>{names})\s+(?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?(?!\w)"
    )


def _words_of(lexicon: Lexicon) -> dict[str, NamedDay]:
    words: dict[str, NamedDay] = {}
    for name, written in lexicon.days.items():
        day = _HOLIDAY if name == "holiday" else _RELATIVE.get(name) or NamedDay(Weekday(name))
        words.update({fold(word): day for word in written})
    return words


def _pattern(words: Mapping[str, NamedDay]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    # Chinese has no blanks between words.
    alternatives = [re.escape(word) if HAN.search(word) else rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first]
    return re.compile("|".join(alternatives))
