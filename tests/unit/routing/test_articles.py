"""Articles as values: which variant answers whom, and when a translation is too old to be served."""

from dataclasses import replace
from datetime import date

import pytest

from nlp.message import NamedDay, Weekday
from routing.articles import Article, Condition, Wording

TODAY = date(2026, 11, 23)  # a Monday
NO_HOLIDAYS: frozenset[date] = frozenset()
SATURDAY = NamedDay(Weekday.SATURDAY)


def a_wording(answer: str = "Yes.", reviewed: date = TODAY, **variants: str) -> Wording:
    return Wording("A title", answer, (), reviewed, variants)


def an_article(conditions: dict[str, Condition] | None = None, **wordings: Wording) -> Article:
    return Article(
        id="bees",
        group="",
        department="TOWNHALL",
        link="https://example.org",
        phone="",
        reviewer="a test",
        is_starter=False,
        related_services=(),
        asks_neighborhood=True,
        conditions=conditions or {},
        wordings={"en": a_wording()} | wordings,
    )


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (Condition(neighborhoods=frozenset({"Allston"})), True),
        (Condition(neighborhoods=frozenset({"Roxbury"})), False),
        (Condition(season=((11, 1), (11, 30))), True),
        (Condition(season=((10, 1), (4, 30))), True),
        (Condition(season=((12, 1), (3, 31))), False),
        (Condition(days=frozenset({Weekday.SATURDAY, Weekday.SUNDAY})), True),
        (Condition(days=frozenset({Weekday.MONDAY})), False),
        (Condition(neighborhoods=frozenset({"Allston"}), days=frozenset({Weekday.MONDAY})), False),
    ],
)
def test_a_condition_fits_where_all_that_it_names_fits(condition: Condition, *, fits: bool) -> None:
    assert condition.fits("Allston", SATURDAY, TODAY, NO_HOLIDAYS) is fits


def test_a_day_of_the_week_speaks_only_to_those_who_named_one() -> None:
    on_mondays = Condition(days=frozenset({Weekday.MONDAY}))
    assert not on_mondays.fits("", None, TODAY, NO_HOLIDAYS)
    assert on_mondays.fits("", NamedDay(), TODAY, NO_HOLIDAYS)


def test_a_date_on_which_a_holiday_falls_is_a_holiday() -> None:
    on_holidays = Condition(days=frozenset({"holiday"}))
    assert on_holidays.fits("", NamedDay(Weekday.THURSDAY), TODAY, frozenset({date(2026, 11, 26)}))
    assert on_holidays.fits("", NamedDay(is_holiday=True), TODAY, NO_HOLIDAYS)
    assert not on_holidays.fits("", NamedDay(Weekday.THURSDAY), TODAY, NO_HOLIDAYS)


def test_a_season_is_that_of_the_day_asked_about() -> None:
    from_tuesday = Condition(season=((11, 24), (12, 31)))
    assert not from_tuesday.fits("", None, TODAY, NO_HOLIDAYS)
    assert from_tuesday.fits("", NamedDay(days_ahead=1), TODAY, NO_HOLIDAYS)


def test_the_first_variant_that_fits_answers() -> None:
    first, second = Condition(season=((1, 1), (12, 31))), Condition(neighborhoods=frozenset({"Allston"}))
    assert an_article({"a": first, "b": second}).variant_for("Allston", None, TODAY, NO_HOLIDAYS) == "a"
    assert an_article({"b": second, "a": first}).variant_for("Allston", None, TODAY, NO_HOLIDAYS) == "b"
    assert an_article({"b": second}).variant_for("", None, TODAY, NO_HOLIDAYS) is None


def test_the_neighborhood_is_asked_for_only_where_it_would_change_the_answer() -> None:
    here, always = Condition(neighborhoods=frozenset({"Allston"})), Condition(season=((1, 1), (12, 31)))
    assert an_article({"here": here}).depends_on_neighborhood(None, TODAY, NO_HOLIDAYS)
    assert not an_article({"always": always, "here": here}).depends_on_neighborhood(None, TODAY, NO_HOLIDAYS)
    assert not replace(an_article({"here": here}), asks_neighborhood=False).depends_on_neighborhood(None, TODAY, NO_HOLIDAYS)


def test_a_translation_older_than_the_english_is_not_served() -> None:
    article = an_article(es=a_wording("Sí.", date(2026, 11, 22)), fr=a_wording("Oui."))
    assert article.answer_in("es", None) == ("Yes.", "en")
    assert article.answer_in("fr", None) == ("Oui.", "fr")
    assert article.answer_in("ht", None) == ("Yes.", "en")


def test_an_article_is_used_between_its_dates() -> None:
    article = replace(an_article(), valid_from=TODAY, valid_until=date(2026, 12, 31))
    assert article.is_valid_on(TODAY)
    assert article.is_valid_on(date(2026, 12, 31))
    assert not article.is_valid_on(date(2026, 11, 22))
    assert not article.is_valid_on(date(2027, 1, 1))
