"""A city pack, loaded and checked as a whole: everything that differs from city to city."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field

from nlp.gazetteer import KnownPlace, KnownStreet
from routing.catalog import (
    Catalog,
    Deadline,
    DeadlineUnit,
    Department,
    PlaceNeed,
    Priority,
    Service,
    Texts,
)
from routing.compatible import load_compatible
from routing.policy import Policy
from routing.yaml_files import PackError, Strict, line_of, read_yaml

Row = TypeVar("Row")

_PLACE_COLUMNS = ["name", "kind", "neighborhood", "lat", "lon", "aliases"]
_STREET_COLUMNS = ["name", "neighborhoods", "path", "aliases"]


@dataclass(frozen=True)
class OfficeHours:
    """When people work, local time, and the days on which they do not."""

    weekdays: dict[int, tuple[time, time]]
    holidays: frozenset[date]


@dataclass(frozen=True)
class City:
    """One folder under `cities/`, as values."""

    id: str
    name: str
    timezone: ZoneInfo
    languages: tuple[str, ...]
    center: tuple[float, float]
    phone: str
    text_number: str
    address_example: str
    jurisdiction_id: str
    interpreter_line: str
    folder: Path
    catalog: Catalog
    policy: Policy
    hours: OfficeHours
    places: tuple[KnownPlace, ...]
    streets: tuple[KnownStreet, ...]


class _CityFile(Strict):
    name: str
    timezone: str
    languages: list[str] = Field(min_length=1)
    center: tuple[float, float]
    phone: str
    text_number: str
    address_example: str
    jurisdiction_id: str
    interpreter_line: str = ""


class _DepartmentRow(Strict):
    code: str
    name: str
    short: str = Field(max_length=28)


class _DeadlineRow(Strict):
    amount: int = Field(gt=0)
    unit: DeadlineUnit


class _ServiceRow(Strict):
    code: str = Field(pattern=r"^[A-Z0-9]+$")
    group: str
    department: str
    description: str = Field(min_length=10)
    place: PlaceNeed
    questions: list[str] = Field(max_length=2)
    asset_class: str | None
    deadline: _DeadlineRow
    priority: Priority
    cases_a_year: int = Field(ge=1)
    sensitive: bool
    keywords: list[str] = Field(min_length=1)


class _QuestionRow(Strict):
    reason: str


class _TextsFile(Strict):
    language: str
    services: dict[str, Annotated[str, Field(min_length=1, max_length=60)]]
    departments: dict[str, str]
    groups: dict[str, str]
    questions: dict[str, Annotated[str, Field(min_length=1, max_length=160)]]


_Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS: tuple[_Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _HoursFile(Strict):
    weekdays: dict[_Weekday, tuple[time, time]]
    holidays: dict[date, str]


class _PolicyFile(Strict):
    open_confidence: float = Field(ge=0, le=1)
    ask_confidence: float = Field(ge=0, le=1)
    language_confidence: float = Field(ge=0, le=1)
    speech_confidence: float = Field(ge=0, le=1)
    emergency_confidence: float = Field(ge=0, le=1)
    emergency_doubt: float = Field(ge=0, le=1)
    split_confidence: float = Field(ge=0, le=1)
    answer_confidence: float = Field(ge=0, le=1)
    beside_confidence: float = Field(ge=0, le=1)
    choices_offered: int = Field(ge=2, le=3)
    times_asked: int = Field(ge=1, le=2)
    draft_expires_hours: int = Field(gt=0)
    reminder_hours: int = Field(gt=0)
    # A closed case may be said to be not fixed for two weeks, and must be known for as long.
    retention_days: int = Field(ge=30)
    text_limit: int = Field(gt=0)
    attachments_limit: int = Field(gt=0)
    attachment_megabytes: int = Field(gt=0)
    messages_per_minute: int = Field(gt=0)
    quiet_from: time
    quiet_until: time
    open_confidence_by_language: dict[str, float] = Field(default_factory=dict)


def load_city(folder: Path) -> City:
    """Load the pack in `folder`. Raises PackError that lists every fault with file and line."""
    about = read_yaml(folder / "city.yaml", _CityFile)
    catalog = _load_catalog(folder, about.languages)
    hours = read_yaml(folder / "hours.yaml", _HoursFile)
    return City(
        id=folder.name,
        name=about.name,
        timezone=ZoneInfo(about.timezone),
        languages=tuple(about.languages),
        center=about.center,
        phone=about.phone,
        text_number=about.text_number,
        address_example=about.address_example,
        jurisdiction_id=about.jurisdiction_id,
        interpreter_line=about.interpreter_line,
        folder=folder,
        catalog=catalog,
        policy=Policy(**read_yaml(folder / "policy.yaml", _PolicyFile).model_dump()),
        hours=OfficeHours({_WEEKDAYS.index(day): span for day, span in hours.weekdays.items()}, frozenset(hours.holidays)),
        places=_read_rows(folder / "places.tsv", _PLACE_COLUMNS, _place),
        streets=_read_rows(folder / "streets.tsv", _STREET_COLUMNS, _street),
    )


def _load_catalog(folder: Path, languages: list[str]) -> Catalog:
    departments = read_yaml(folder / "departments.yaml", list[_DepartmentRow])
    services = read_yaml(folder / "services.yaml", list[_ServiceRow])
    questions = read_yaml(folder / "questions.yaml", dict[str, _QuestionRow])
    texts = {code: read_yaml(folder / "texts" / f"{code}.yaml", _TextsFile) for code in languages}
    faults = _service_faults(folder, services, departments, questions)
    for code, text in texts.items():
        faults += _text_faults(folder / "texts" / f"{code}.yaml", code, text, services, departments, questions)
    if faults:
        raise PackError(faults)
    by_code = {row.code: _service(row) for row in services}
    return Catalog(
        services=by_code,
        departments={row.code: Department(row.code, row.name, row.short) for row in departments},
        texts={code: Texts(**text.model_dump()) for code, text in texts.items()},
        compatible=load_compatible(folder, by_code),
    )


def _service(row: _ServiceRow) -> Service:
    return Service(
        code=row.code,
        group=row.group,
        department=row.department,
        description=row.description,
        place=row.place,
        questions=tuple(row.questions),
        asset_class=row.asset_class,
        deadline=Deadline(row.deadline.amount, row.deadline.unit),
        priority=row.priority,
        cases_a_year=row.cases_a_year,
        is_sensitive=row.sensitive,
        keywords=tuple(row.keywords),
    )


def _service_faults(
    folder: Path,
    services: list[_ServiceRow],
    departments: list[_DepartmentRow],
    questions: dict[str, _QuestionRow],
) -> list[str]:
    codes = [row.code for row in services]
    known = {row.code for row in departments}
    where = partial(line_of, folder / "services.yaml")
    faults = []
    for index, row in enumerate(services):
        if codes.index(row.code) != index:
            faults.append(f"{where(index, 'code')}: {row.code} stands here a second time")
        if row.department not in known:
            faults.append(f"{where(index, 'department')}: {row.department} is not in departments.yaml")
        unknown = [question for question in row.questions if question not in questions]
        faults += [f"{where(index, 'questions')}: {question} is not in questions.yaml" for question in unknown]
    return faults


def _text_faults(
    path: Path,
    language: str,
    text: _TextsFile,
    services: list[_ServiceRow],
    departments: list[_DepartmentRow],
    questions: dict[str, _QuestionRow],
) -> list[str]:
    expected = {
        "services": {row.code for row in services},
        "departments": {row.code for row in departments},
        "groups": {row.group for row in services},
        "questions": set(questions),
    }
    faults = [] if text.language == language else [f"{line_of(path, 'language')}: {text.language}, expected {language}"]
    for section, keys in expected.items():
        present = set(getattr(text, section))
        faults += [f"{line_of(path, section)}: {section}: {key} is missing" for key in sorted(keys - present)]
        faults += [f"{line_of(path, section, key)}: {section}: {key} is unknown" for key in sorted(present - keys)]
    return faults


def _read_rows(path: Path, columns: list[str], parse: Callable[[dict[str, str]], Row]) -> tuple[Row, ...]:
    rows: list[Row] = []
    faults: list[str] = []
    if not path.exists():
        raise PackError([f"{path}:1: the file is missing"])
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if reader.fieldnames != columns:
            raise PackError([f"{path}:1: expected the columns {', '.join(columns)}"])
        for row in reader:
            try:
                rows.append(parse(row))
            except (ValueError, AttributeError, TypeError) as error:
                faults.append(f"{path}:{reader.line_num}: {error}")
    if faults:
        raise PackError(faults)
    return tuple(rows)


def _place(row: dict[str, str]) -> KnownPlace:
    latitude, longitude = _point(row["lat"], row["lon"])
    if not row["name"].strip():
        raise ValueError("the name is empty")
    return KnownPlace(row["name"], row["kind"], row["neighborhood"], latitude, longitude, _list(row["aliases"]))


def _street(row: dict[str, str]) -> KnownStreet:
    path = tuple(_point(*point.split(",")) for point in row["path"].split())
    if not path:
        raise ValueError("the path is empty")
    return KnownStreet(row["name"], _list(row["neighborhoods"]), path, _list(row["aliases"]))


def _point(latitude: str, longitude: str) -> tuple[float, float]:
    point = float(latitude), float(longitude)
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise ValueError(f"{point} is no latitude and longitude")
    return point


def _list(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(";") if part.strip())
