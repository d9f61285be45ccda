"""A tenant's names for what a work order holds, and how Cartegraph writes filters, points, times and answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

from routing.connectors.ports import ReceiverAwayError

_POINT = 1


@dataclass(frozen=True)
class WorkOrderFields:
    """Our names for a work order's fields, and the tenant's, with the suffix `Field` that JSON wants.

    The defaults are a city's that writes tasks through this interface. `status` and `modified` must be there; an empty name leaves any other
    value out. Where `case_number` has no field of its own, the number leads the description.
    """

    status: str = "StatusField"
    modified: str = "cgLastModifiedField"
    number: str = "IDField"
    notes: str = "NotesField"
    activity: str = "ActivityField"
    department: str = "DepartmentField"
    issue: str = "RequestIssueField"
    description: str = "TaskDescriptionField"
    place: str = "RequestLocationField"
    asset_type: str = "cgAssetTypeField"
    asset: str = "cgAssetIDField"
    asset_label: str = "cgAssetAndIdField"
    case_number: str = ""
    due: str = ""

    def names(self) -> list[str]:
        """The tenant's names that have to exist, the two needed ones even where they are empty."""
        needed = [self.status, self.modified]
        optional = [
            *(self.number, self.notes, self.activity, self.department, self.issue, self.description, self.place),
            *(self.asset_type, self.asset, self.asset_label, self.case_number, self.due),
        ]
        return needed + [name for name in optional if name]


def is_known(field: str, metadata: Any) -> bool:
    """Whether the metadata of a class, as its JSON was read, speaks of `field`.

    No public source shows that answer's shape, nor whether names carry the suffix there: any text in it counts as a name, both ways of writing.
    """
    return not {field, without_suffix(field)}.isdisjoint(_texts(metadata))


def _texts(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict):
        yield from answer
        yield from _texts(list(answer.values()))
    elif isinstance(answer, list):
        for part in answer:
            yield from _texts(part)


def without_suffix(field: str) -> str:
    """A field's name as filters want it."""
    return field.removesuffix("Field")


def equals(field: str, text: str) -> str:
    """A filter for records whose `field` is `text`.

    Strings stand in double quotes, so an apostrophe means nothing there and stays; known clients take it out only because they glue JSON
    together by hand. A double quote is doubled, as in the Basic dialects that the language follows with its brackets, <> and #dates#. No
    source says so: whoever asks must compare the records that come back.
    """
    escaped = text.replace('"', '""')
    return f'(([{without_suffix(field)}] is equal to "{escaped}"))'


def is_filled(field: str) -> str:
    """A filter for records that hold something in `field`."""
    return f'(([{without_suffix(field)}] is not equal to ""))'


def point(latitude: float, longitude: float) -> dict[str, Any]:
    """A place as the value of CgShape, in degrees (WGS 84)."""
    place = {"Lat": latitude, "Lng": longitude}
    return {"ShapeType": _POINT, "Points": [place], "Breaks": [], "Center": place}


def read_time(text: str, zone: ZoneInfo) -> datetime:
    """A time as aware UTC; one without an offset is of the tenant's `zone`. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=zone)).astimezone(UTC)


def write_time(time: datetime) -> str:
    """An aware time in ISO 8601, UTC, whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rows_of(answer: Any, name: str) -> list[dict[str, Any]]:
    """The records of class `name` in an answer. Raises ReceiverAwayError where there is no list of them: such an answer says nothing for sure."""
    rows = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise ReceiverAwayError(f"Cartegraph: status 200 without {name}")
    return rows


def total_of(answer: Any) -> int:
    """How many records a filter found, on all pages. Raises ReceiverAwayError where the answer does not say."""
    try:
        return int(answer["_metadata"]["totalCount"])
    except (KeyError, TypeError, ValueError) as error:
        raise ReceiverAwayError("Cartegraph: status 200 without _metadata.totalCount") from error


def oid_of(row: Mapping[str, Any]) -> str:
    """A record's key. Raises ReceiverAwayError where it has none."""
    oid = row.get("Oid")
    if not oid:
        raise ReceiverAwayError("Cartegraph: status 200 with a record without Oid")
    return str(oid)


def mentions(answer: Any, text: str) -> bool:
    """Whether `text` is a value anywhere in an answer. No source tells which field of an attachment holds its file's name."""
    if isinstance(answer, dict):
        return any(mentions(value, text) for value in answer.values())
    if isinstance(answer, list):
        return any(mentions(value, text) for value in answer)
    return bool(answer == text)


def reason_of(response: httpx2.Response, hidden: Sequence[str]) -> str:
    """Why a tenant refused, in its own words, with the texts in `hidden` left out."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        # Something on the way answered with a page of its own.
        return "no reason given"
    errors = [
        f"{error.get('FieldName')}: {error.get('Message')}" for error in answer.get("Errors") or [] if isinstance(error, dict)
    ]
    reason = "; ".join([str(answer.get("Message") or "no reason given"), *errors])
    for text in filter(None, hidden):
        reason = reason.replace(text, "…")
    return reason
