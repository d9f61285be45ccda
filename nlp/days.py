"""Words such as "tomorrow", "samdi" or "Thanksgiving" become the day that a resident asks about."""

import re
from collections.abc import Mapping

from nlp.folding import HAN, fold
from nlp.lexicon import Lexicon
from nlp.message import NamedDay, Weekday

_RELATIVE = {"today": NamedDay(), "tomorrow": NamedDay(days_ahead=1), "weekend": NamedDay(Weekday.SATURDAY)}
_HOLIDAY = NamedDay(is_holiday=True)


class DayWords:
    """Finds the first named day in a text of any of the lexicons' languages."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._days: dict[str, dict[str, NamedDay]] = {code: _words_of(lexicon) for code, lexicon in lexicons.items()}
        self._patterns = {code: _pattern(words) for code, words in self._days.items() if words}

    def find(self, text: str, language: str) -> NamedDay | None:
        """Return the day that `text` names in `language`, or in English, which many mix in; a holiday before a weekday."""
        found = [
            self._days[code][match.group()]
            for code in dict.fromkeys((language, "en"))
            if code in self._patterns
            for match in self._patterns[code].finditer(fold(text))
        ]
        return next((day for day in found if day.is_holiday), found[0] if found else None)


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
