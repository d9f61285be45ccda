"""The knowledge base's files: `knowledge/<id>.yaml`, `facts.yaml` and `groups.yaml`; a broken article is left out, the others serve on."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, HttpUrl, ValidationError

from nlp.message import Weekday
from routing.articles import ENGLISH, Article, Articles, Condition, Fact, Group, Hours, Money, Period, Wording
from routing.catalog import Catalog
from routing.city import City
from routing.yaml_files import PackError, Strict, line_of, read_yaml

KNOWLEDGE = "knowledge"
FACTS, GROUPS = "facts.yaml", "groups.yaml"
# Facts of the city itself, which every article may name.
CITY_FACTS = frozenset({"city_phone"})
T = TypeVar("T")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class _HoursRow(Strict):
    days: tuple[Weekday, Weekday]
    opens: time
    closes: time


class _FactRow(Strict):
    money: float | None = Field(default=None, ge=0)
    number: float | None = None
    clock: time | None = Field(default=None, alias="time")
    day: _MonthDay | None = None
    on: date | None = Field(default=None, alias="date")
    hours: _HoursRow | None = None
    phone: str | None = Field(default=None, pattern=r"^[\d +()-]{3,20}$")
    source: str = Field(min_length=4)
    sure: bool


class _ConditionRow(Strict):
    neighborhoods: list[str] = Field(default_factory=list)
    season: tuple[_MonthDay, _MonthDay] | None = None
    days: list[Weekday | Literal["holiday"]] = Field(default_factory=list)


class _WordingRow(Strict):
    reviewed: date
    title: str = Field(min_length=1, max_length=80)
    answer: str = Field(min_length=1)
    variants: dict[str, str] = Field(default_factory=dict)
    questions: list[str] = Field(default_factory=list)
    web: str = ""


class _ArticleFile(Strict):
    department: str
    link: HttpUrl
    phone: str | None = None
    reviewer: str = Field(min_length=3)
    starter: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    related_services: list[str] = Field(default_factory=list, max_length=4)
    asks: Literal["neighborhood"] | None = None
    variants: dict[str, _ConditionRow] = Field(default_factory=dict)
    texts: dict[str, _WordingRow]


class _GroupRow(Strict):
    names: dict[str, Annotated[str, Field(min_length=1, max_length=60)]]
    articles: list[str]


def read_articles(city: City) -> Articles:
    """Read the city's knowledge base as it is on disk. Never raises: every fault is told in `Articles.faults`."""
    here = city.folder / KNOWLEDGE
    if not here.is_dir():
        return Articles()
    faults: list[str] = []
    facts = _load_facts(here / FACTS, faults)
    groups = _or_nothing(partial(read_yaml, here / GROUPS, dict[str, _GroupRow]), faults) or {}
    pack = _Pack(
        city.catalog,
        city.languages,
        frozenset(place.neighborhood for place in city.places if place.neighborhood),
        facts,
        {article: group for group, row in groups.items() for article in row.articles},
    )
    articles: dict[str, Article] = {}
    for path in article_paths(city.folder):
        found = _or_nothing(partial(_load_article, path, pack), faults)
        if found is not None:
            articles[found.id] = found
    return Articles(articles, facts, tuple(Group(code, row.names) for code, row in groups.items()), tuple(faults))


def article_paths(folder: Path) -> list[Path]:
    """The article files of a city's folder, by name."""
    return [path for path in sorted((folder / KNOWLEDGE).glob("*.yaml")) if path.name not in (FACTS, GROUPS)]


def placeholders(text: str) -> set[str]:
    """The names of the facts that a text takes in."""
    return set(_PLACEHOLDER.findall(text))


def _or_nothing(read: Callable[[], T], faults: list[str]) -> T | None:
    try:
        return read()
    except PackError as error:
        faults += error.faults
        return None


def _load_facts(path: Path, faults: list[str]) -> dict[str, Fact]:
    """Read the facts that are in order; what is wrong with the others is added to `faults`."""
    rows = _or_nothing(partial(read_yaml, path, dict[str, Any]), faults) or {}
    facts: dict[str, Fact] = {}
    for name, row in rows.items():
        found = _or_nothing(partial(_fact, path, name, row), faults)
        if found is not None:
            facts[name] = found
    return facts


def _fact(path: Path, name: str, row: Any) -> Fact:
    try:
        known = _FactRow.model_validate(row)
    except ValidationError as error:
        raise PackError([f"{line_of(path, name)}: {name}: {fault['msg']}" for fault in error.errors()]) from error
    values = [value for value in _values(known) if value is not None]
    if len(values) != 1:
        raise PackError([f"{line_of(path, name)}: {name}: give one of money, number, time, day, date, hours, phone"])
    return Fact(values[0], known.source, known.sure)


def _values(row: _FactRow) -> Iterable[Money | Hours | time | date | tuple[int, int] | float | str | None]:
    yield None if row.money is None else Money(row.money)
    yield row.number
    yield row.clock
    yield None if row.day is None else _month_day(row.day)
    yield row.on
    yield None if row.hours is None else Hours(row.hours.days, row.hours.opens, row.hours.closes)
    yield row.phone


def _month_day(written: str) -> tuple[int, int]:
    month, day = written.split("-")
    return int(month), int(day)


@dataclass(frozen=True)
class _Pack:
    """What an article's names are checked against."""

    catalog: Catalog
    languages: Sequence[str]
    neighborhoods: frozenset[str]
    facts: Mapping[str, Fact]
    group_of: Mapping[str, str]


def _load_article(path: Path, pack: _Pack) -> Article:
    """Read one article. Raises PackError with a remedy in each line."""
    row = read_yaml(path, _ArticleFile)
    where = partial(line_of, path)
    faults = _faults(row, where, pack)
    faults += [fault for code, text in row.texts.items() for fault in _text_faults(row, code, text, where, pack.facts)]
    if faults:
        raise PackError(faults)
    return _article(path.stem, pack.group_of.get(path.stem, ""), row)


def _faults(row: _ArticleFile, where: Callable[..., str], pack: _Pack) -> list[str]:
    faults: list[str] = []
    if row.link.scheme != "https":
        faults.append(f"{where('link')}: {row.link} is not https; residents must not be sent to an open page")
    if row.department not in pack.catalog.departments:
        faults.append(f"{where('department')}: {row.department} is unknown; take a code from departments.yaml")
    if ENGLISH not in row.texts:
        faults.append(f"{where('texts')}: the English text is missing; every translation leans on it")
    faults += [
        f"{where('related_services')}: {code} is unknown; take a code from services.yaml"
        for code in row.related_services
        if code not in pack.catalog.services
    ]
    faults += [
        f"{where('texts', code)}: {code} is not among the city's languages; take it out or add it to city.yaml"
        for code in row.texts
        if code not in pack.languages
    ]
    return faults + [
        fault for name, one in row.variants.items() for fault in _condition_faults(name, one, where, pack.neighborhoods)
    ]


def _condition_faults(name: str, row: _ConditionRow, where: Callable[..., str], neighborhoods: frozenset[str]) -> list[str]:
    if not (row.neighborhoods or row.season or row.days):
        return [f"{where('variants', name)}: no condition; give neighborhoods, season or days"]
    unknown = sorted(set(row.neighborhoods) - neighborhoods)
    return [f"{where('variants', name)}: {area} is no neighborhood of places.tsv; mend the name" for area in unknown]


def _text_faults(
    row: _ArticleFile, code: str, text: _WordingRow, where: Callable[..., str], facts: Mapping[str, Fact]
) -> list[str]:
    faults: list[str] = []
    for name in sorted(set(text.variants) ^ set(row.variants)):
        what = "is not among the article's variants; take it out" if name in text.variants else "is missing; write it"
        faults.append(f"{where('texts', code)}: the variant {name} {what}")
    parts: dict[tuple[str, ...], str] = {
        ("answer",): text.answer,
        ("web",): text.web,
        **{("variants", name): said for name, said in text.variants.items()},
    }
    return faults + [
        f"{where('texts', code, *keys)}: {{{name}}} is unknown; add it to {FACTS}"
        for keys, said in parts.items()
        for name in sorted(placeholders(said) - set(facts) - CITY_FACTS)
    ]


def _article(id_: str, group: str, row: _ArticleFile) -> Article:
    return Article(
        id=id_,
        group=group,
        department=row.department,
        link=str(row.link),
        phone=row.phone or "",
        reviewer=row.reviewer,
        is_starter=row.starter,
        related_services=tuple(row.related_services),
        asks_neighborhood=row.asks is not None,
        conditions={name: _condition(condition) for name, condition in row.variants.items()},
        wordings={code: _wording(text) for code, text in row.texts.items()},
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _condition(row: _ConditionRow) -> Condition:
    season: Period | None = None if row.season is None else (_month_day(row.season[0]), _month_day(row.season[1]))
    return Condition(frozenset(row.neighborhoods), season, frozenset(row.days))


def _wording(row: _WordingRow) -> Wording:
    return Wording(
        title=row.title,
        answer=" ".join(row.answer.split()),
        questions=tuple(row.questions),
        reviewed=row.reviewed,
        variants={name: " ".join(said.split()) for name, said in row.variants.items()},
        web=row.web,
    )
