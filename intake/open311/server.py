"""Open311 GeoReport v2 without HTTP: what callers may post and ask for, read from the fields of a form or a query.

The rules are those of https://wiki.open311.org/GeoReport_v2/; paging and `updated_…` are the extensions that large cities share.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from channels.messages import Location
from intake.errors import RejectRequest
from intake.open311.formats import writable
from routing.catalog import PlaceNeed, Service
from routing.city import City
from routing.drafts import Detail

Fields = Mapping[str, str]

_DESCRIPTION_LETTERS = 4000
_ADDRESS_LETTERS = 300
_LONGEST_RANGE = timedelta(days=90)
_MOST_REQUESTS = 1000
_PAGE_SIZE, _LARGEST_PAGE = 50, 500
_PAGES = 1_000_000
_YEARS = range(1970, 9000)
_STATUSES = frozenset({"open", "closed"})
_TAG = re.compile(r"</?[a-zA-Z!][^<>]*>")
# A plus sign that a client did not escape arrives as a blank: "2026-11-23T10:00:00 01:00".
_LOST_PLUS = re.compile(r"(T[\d:.]+) (\d\d:?\d\d)$")


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong; `code` is also an HTTP status."""

    code: int
    description: str


class Refusal(RejectRequest):
    """A request that is answered with failures, all of them at once."""

    def __init__(self, failures: Iterable[Failure], retry_seconds: int | None = None) -> None:
        self.failures = tuple(failures)
        self.retry_seconds = retry_seconds
        super().__init__(self.failures[0].code, "; ".join(failure.description for failure in self.failures))


@dataclass(frozen=True)
class Report:
    """A request as it was posted: no word of who posted it, and plain text only."""

    service: Service
    description: str
    point: Location | None
    address: str
    address_id: str
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Search:
    """Which cases are asked for. `numbers` overrides all else; both ends of a range are within it; None is no end."""

    numbers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    skipped: int = 0
    limit: int = _MOST_REQUESTS


def read_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Bring names and values into one shape: an empty value is an absent one, and what is given several times is a list by commas."""
    fields: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.strip().removesuffix("[]"), writable(raw_value).strip()
        if value:
            fields[name] = f"{fields[name]},{value}" if name in fields else value
    return fields


def check_jurisdiction(fields: Fields, city: City) -> None:
    """Refuse a request that is meant for another city."""
    _refuse_any(_jurisdiction_failures(fields, city))


def known_service(code: str, city: City) -> Service:
    """The service of a code. Raises Refusal."""
    service = city.catalog.services.get(code)
    if service is None:
        raise Refusal([Failure(404, f"there is no service_code {code}")])
    return service


def read_report(fields: Fields, city: City) -> Report:
    """Read a posted request. Raises Refusal with everything that is wrong."""
    failures = _jurisdiction_failures(fields, city)
    code = fields.get("service_code", "")
    service = city.catalog.services.get(code)
    if not code:
        failures.append(Failure(400, "service_code is missing"))
    elif service is None:
        failures.append(Failure(404, f"there is no service_code {code}"))
    failures += _text_failures(fields) + _point_failures(fields)
    if service is not None and service.place is PlaceNeed.REQUIRED and not _has_place(fields):
        failures.append(Failure(400, f"{code} needs a place: lat and long, or address_string, or address_id"))
    _refuse_any(failures)
    assert service is not None
    return Report(
        service=service,
        description=plain_text(fields.get("description", "")),
        point=_point(fields),
        address=plain_text(fields.get("address_string", "")),
        address_id=plain_text(fields.get("address_id", "")),
        details=_details(fields, service),
    )


def read_search(fields: Fields, now: datetime) -> Search:
    """Read what is asked for. Raises Refusal with everything that is wrong."""
    numbers = _list(fields, "service_request_id")
    if numbers:
        return Search(numbers=numbers[:_MOST_REQUESTS])
    failures: list[Failure] = []
    statuses = _list(fields, "status")
    failures += [Failure(400, f"status is open or closed, not {status}") for status in statuses if status not in _STATUSES]
    updated = (_moment(fields, "updated_after", failures), _moment(fields, "updated_before", failures))
    opened = (_moment(fields, "start_date", failures), _moment(fields, "end_date", failures))
    page, size = _whole(fields, "page", _PAGES, failures), _whole(fields, "page_size", _PAGES, failures)
    if any(opened) or not any(updated):
        # Whoever asks what changed lately means old requests too; everybody else gets the last 90 days unless they say when.
        opened = _range(opened, now, failures)
    _refuse_any(failures)
    is_paged = page is not None or size is not None
    limit = min(size or _PAGE_SIZE, _LARGEST_PAGE) if is_paged else _MOST_REQUESTS
    return Search((), _list(fields, "service_code"), statuses, *opened, *updated, ((page or 1) - 1) * limit, limit)


def plain_text(text: str) -> str:
    """`text` without HTML tags; a lone "<" is a letter like any other."""
    return _TAG.sub("", text).strip()


def _refuse_any(failures: list[Failure]) -> None:
    if failures:
        raise Refusal(failures)


def _jurisdiction_failures(fields: Fields, city: City) -> list[Failure]:
    given = fields.get("jurisdiction_id", city.jurisdiction_id)
    return [] if given == city.jurisdiction_id else [Failure(404, f"there is no jurisdiction_id {given} here")]


def _text_failures(fields: Fields) -> list[Failure]:
    limits = {name: _DESCRIPTION_LETTERS for name in fields if name == "description" or name.startswith("attribute[")}
    limits |= dict.fromkeys(("address_string", "address_id"), _ADDRESS_LETTERS)
    return [
        Failure(400, f"{name} has more than {limit} characters")
        for name, limit in limits.items()
        if len(fields.get(name, "")) > limit
    ]


def _has_place(fields: Fields) -> bool:
    return any(name in fields for name in ("lat", "long", "address_string", "address_id"))


def _point_failures(fields: Fields) -> list[Failure]:
    failures = []
    for name, other, most in (("lat", "long", 90), ("long", "lat", 180)):
        if name in fields and not _is_within(fields[name], most):
            failures.append(Failure(400, f"{name} is a number from -{most} to {most} (WGS 84)"))
        if name in fields and other not in fields:
            failures.append(Failure(400, f"{other} is missing beside {name}"))
    return failures


def _is_within(text: str, most: int) -> bool:
    try:
        return abs(float(text)) <= most
    except ValueError:
        return False


def _point(fields: Fields) -> Location | None:
    return Location(float(fields["lat"]), float(fields["long"])) if "lat" in fields else None


def _details(fields: Fields, service: Service) -> tuple[Detail, ...]:
    given = {question: plain_text(fields.get(f"attribute[{question}]", "")) for question in service.questions}
    return tuple(Detail(question, answer) for question, answer in given.items() if answer)


def _list(fields: Fields, name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in fields.get(name, "").split(",") if part.strip())


def _whole(fields: Fields, name: str, most: int, failures: list[Failure]) -> int | None:
    if name not in fields:
        return None
    text = fields[name]
    if text.isdecimal() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    failures.append(Failure(400, f"{name} is a whole number from 1"))
    return None


def _moment(fields: Fields, name: str, failures: list[Failure]) -> datetime | None:
    if name not in fields:
        return None
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", fields[name]))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year not in _YEARS:
        failures.append(Failure(400, f"{name} is a time with its zone, such as 2026-01-31T09:00:00Z"))
        return None
    return moment.astimezone(UTC)


def _range(
    given: tuple[datetime | None, datetime | None], now: datetime, failures: list[Failure]
) -> tuple[datetime | None, datetime | None]:
    start, end = given
    if start is None:
        return (end or now) - _LONGEST_RANGE, end
    if (end or now) - start > _LONGEST_RANGE:
        failures.append(Failure(400, f"start_date and end_date (default: now) span more than {_LONGEST_RANGE.days} days"))
    if end is not None and start > end:
        failures.append(Failure(400, "start_date is after end_date"))
    return start, end
