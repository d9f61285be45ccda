"""Days that residents name, in every language."""

from datetime import date

import pytest

from nlp.days import DayWords
from nlp.lexicon import load_lexicons
from nlp.message import NamedDay, Weekday

LEXICONS = load_lexicons()
WORDS = DayWords(LEXICONS)
NAMES = {*Weekday, "weekend", "today", "tomorrow", "holiday"}


@pytest.mark.parametrize("language", LEXICONS)
def test_every_language_names_every_day(language: str) -> None:
    assert set(LEXICONS[language].days) == NAMES


@pytest.mark.parametrize("language", LEXICONS)
def test_every_weekday_is_found_by_each_of_its_words(language: str) -> None:
    for weekday in Weekday:
        for word in next(words for name, words in LEXICONS[language].days.items() if name == weekday):
            assert WORDS.find(f"{word}?", language) == NamedDay(weekday), word


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("are you open on SATURDAYS", "en", NamedDay(Weekday.SATURDAY)),
        ("¿abren los sabados?", "es", NamedDay(Weekday.SATURDAY)),
        ("samdi nou louvri?", "ht", NamedDay(Weekday.SATURDAY)),
        ("星期六开门吗", "zh-Hans", NamedDay(Weekday.SATURDAY)),
        ("聽日有冇開", "zh-Hant", NamedDay(days_ahead=1)),
        ("thu 7 co mo cua khong", "vi", NamedDay(Weekday.SATURDAY)),
        ("а в субботу?", "ru", NamedDay(Weekday.SATURDAY)),
        ("هل تفتحون يوم السبت؟", "ar", NamedDay(Weekday.SATURDAY)),
        ("sabtida ma furan tahay", "so", NamedDay(Weekday.SATURDAY)),
        ("is there trash pickup on Thanksgiving thursday", "en", NamedDay(is_holiday=True)),
        ("abren el thanksgiving", "es", NamedDay(is_holiday=True)),
        ("open this weekend?", "en", NamedDay(Weekday.SATURDAY)),
        ("are you open on December 24th?", "en", NamedDay(month_day=(12, 24))),
        ("¿abren el 25 de diciembre?", "es", NamedDay(month_day=(12, 25))),
        ("nou louvri 25 desanm?", "ht", NamedDay(month_day=(12, 25))),
        ("12月25日开门吗", "zh-Hans", NamedDay(month_day=(12, 25))),
        ("ngày 25 tháng 12 có mở không", "vi", NamedDay(month_day=(12, 25))),
        ("25 di Dizenbru ta abri?", "kea", NamedDay(month_day=(12, 25))),
        ("abre dia 25 de dezembro?", "pt", NamedDay(month_day=(12, 25))),
        ("ouvert le 1er janvier ?", "fr", NamedDay(month_day=(1, 1))),
        ("25 декабря работаете?", "ru", NamedDay(month_day=(12, 25))),
        ("هل تفتحون 25 ديسمبر؟", "ar", NamedDay(month_day=(12, 25))),
        ("ma furan tahay 25 Diseembar", "so", NamedDay(month_day=(12, 25))),
        ("open 12/24?", "en", NamedDay(month_day=(12, 24))),
        ("the lamp at 24/7 Main St 13/45", "en", None),
        ("¿a qué hora abren mañana?", "es", None),
        ("when are you open", "en", None),
        ("sundaes and mondaine", "en", None),
    ],
)
def test_a_named_day_is_found_in_a_sentence(text: str, language: str, day: NamedDay | None) -> None:
    assert WORDS.find(text, language) == day


def test_a_date_means_the_next_one() -> None:
    assert NamedDay(month_day=(12, 25)).on(date(2026, 11, 23)) == date(2026, 12, 25)
    assert NamedDay(month_day=(1, 1)).on(date(2026, 11, 23)) == date(2027, 1, 1)
    assert NamedDay(month_day=(2, 29)).on(date(2026, 11, 23)) == date(2028, 2, 29)


def test_a_weekday_means_the_next_one_and_today_where_it_is_today() -> None:
    monday = date(2026, 11, 23)
    assert NamedDay(Weekday.MONDAY).on(monday) == monday
    assert NamedDay(Weekday.SUNDAY).on(monday) == date(2026, 11, 29)
    assert NamedDay(days_ahead=1).on(monday) == date(2026, 11, 24)
