"""Articles of the knowledge base as values: what may be said, to whom, on which day, and how fresh its translations are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from nlp.message import NamedDay, Weekday

ENGLISH = "en"
Period = tuple[tuple[int, int], tuple[int, int]]  # (month, day) of the first and the last day; it may run over New Year


@dataclass(frozen=True)
class Hours:
    """From the first to the last weekday, between two local times."""

    days: tuple[Weekday, Weekday]
    opens: time
    closes: time


@dataclass(frozen=True)
class Fact:
    """Something that changes: a fee, a time, a date, a number. `value` decides how it is written in each language.

    Money is in US dollars; a (month, day) is a day of every year; a text is written as it is (a telephone number).
    """

    value: "Money | Hours | time | date | tuple[int, int] | float | str"
    source: str
    is_sure: bool


@dataclass(frozen=True)
class Money:
    """US dollars."""

    dollars: float


@dataclass(frozen=True)
class Condition:
    """When a variant answers: all that is named must fit."""

    neighborhoods: frozenset[str] = frozenset()
    season: Period | None = None
    days: frozenset[Weekday | Literal["holiday"]] = frozenset()

    def fits(self, neighborhood: str, named: NamedDay | None, today: date, holidays: frozenset[date]) -> bool:
        """Whether it holds for a resident of `neighborhood` ("" where unknown) who asks about the day `named`."""
        if self.neighborhoods and neighborhood not in self.neighborhoods:
            return False
        day = named.on(today) if named else today
        if self.season is not None and not _within(day, self.season):
            return False
        return not self.days or (named is not None and self._fits_day(named, day, holidays))

    def _fits_day(self, named: NamedDay, day: date, holidays: frozenset[date]) -> bool:
        if named.is_holiday or day in holidays:
            return "holiday" in self.days
        return Weekday.of(day) in self.days


@dataclass(frozen=True)
class Wording:
    """An article in one language. `answer` and `variants` are at most 300 letters once their {facts} are filled in."""

    title: str
    answer: str
    questions: tuple[str, ...]
    reviewed: date
    variants: Mapping[str, str] = field(default_factory=dict)
    web: str = ""


@dataclass(frozen=True)
class Article:
    """One topic. `reviewer` is the role of whoever answers for the text."""

    id: str
    group: str
    department: str
    link: str
    phone: str
    reviewer: str
    is_starter: bool
    related_services: tuple[str, ...]
    asks_neighborhood: bool
    conditions: Mapping[str, Condition]
    wordings: Mapping[str, Wording]
    valid_from: date | None = None
    valid_until: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether it may be used on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)

    def is_fresh_in(self, language: str) -> bool:
        """Whether the text in `language` was looked at since the English changed."""
        wording = self.wordings.get(language)
        return wording is not None and wording.reviewed >= self.wordings[ENGLISH].reviewed

    def wording_in(self, language: str) -> tuple[Wording, str]:
        """The text to serve and its language: English where the translation is missing or stale."""
        served = language if self.is_fresh_in(language) else ENGLISH
        return self.wordings[served], served

    def variant_for(self, neighborhood: str, named: NamedDay | None, today: date, holidays: frozenset[date]) -> str | None:
        """The first variant that fits, None for the general answer."""
        fitting = (name for name, condition in self.conditions.items() if condition.fits(neighborhood, named, today, holidays))
        return next(fitting, None)

    def depends_on_neighborhood(self, named: NamedDay | None, today: date, holidays: frozenset[date]) -> bool:
        """Whether knowing the neighbourhood would choose another answer."""
        areas = {area for condition in self.conditions.values() for area in condition.neighborhoods}
        known = {self.variant_for(area, named, today, holidays) for area in areas}
        return self.asks_neighborhood and bool(known - {self.variant_for("", named, today, holidays)})

    def answer_in(self, language: str, variant: str | None) -> tuple[str, str]:
        """The answer with its {facts} still to be filled in, and the language that it is in."""
        wording, served = self.wording_in(language)
        if variant is not None and variant not in wording.variants:
            wording, served = self.wordings[ENGLISH], ENGLISH
        return (wording.answer if variant is None else wording.variants[variant]), served


@dataclass(frozen=True)
class Group:
    """Articles that stand together on the help page; `names` by BCP 47 code."""

    id: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Articles:
    """All usable articles of a city by id, with the facts that they name and what was wrong with the others."""

    articles: Mapping[str, Article] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    faults: tuple[str, ...] = ()

    def valid_on(self, day: date) -> dict[str, Article]:
        """The articles that may be used on `day`."""
        return {id_: article for id_, article in self.articles.items() if article.is_valid_on(day)}


def _within(day: date, season: Period) -> bool:
    first, last = season
    today = (day.month, day.day)
    return first <= today <= last if first <= last else today >= first or today <= last
