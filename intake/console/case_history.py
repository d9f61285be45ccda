"""A case's history in plain words: who did what, what was before and what is now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.dates import write_moment
from intake.tables import CaseEventTable
from routing.city import City

_NOTHING: Mapping[str, Any] = {}
_WHAT = {
    "opened": "Opened",
    "joined": "Another resident reported the same and joined",
    "filed": "Filed in the CRM",
    "work_order_filed": "Task filed",
    "work_order_done": "Task done",
    "work_order_open": "Task open again",
    "task_added": "Task added",
    "closed": "Closed",
    "reopened": "Opened again",
    "service_changed": "Service changed",
    "place_changed": "Place changed",
    "priority_changed": "Priority changed",
    "merged": "Merged into another case",
    "took_over": "Another case was merged into this one",
    "unmerged": "Merge undone",
    "gave_back": "A merged case stands for itself again",
    "split": "Split: another case opened for the same message",
    "split_from": "Opened by splitting another case",
    "withdrawn": "Withdrawn: opened by mistake",
    "tried_again": "Put back to be delivered again",
    "rated": "The resident said whether it is fixed",
}
_NAMES = {
    "service": "service",
    "department": "department",
    "priority": "priority",
    "due_at": "due",
    "status": "state",
    "remote_status": "state there",
    "place": "place",
    "asset": "asset",
    "asset_class": "kind of asset",
    "work_order": "task",
    "merged_into": "into",
    "case": "case",
    "cases": "cases",
    "number": "number there",
    "people": "people who follow it through this",
    "note": "note",
    "effect": "what",
    "is_fixed": "fixed",
}
# Ids mean nothing to a reader, and what somebody joined with is in their conversation.
_LEFT_OUT = frozenset({"id", "message", "contact"})


@dataclass(frozen=True)
class Line:
    """One thing that happened; `details` are sentences."""

    at: datetime
    who: str
    what: str
    details: tuple[str, ...]


def line_of(event: CaseEventTable, names: Mapping[str, str], city: City, keep: Callable[[str], str]) -> Line:
    """An event in words; `names` tell the people behind logins, and `keep` leaves out of written words what is nobody's business."""
    before, after = event.before or _NOTHING, event.after or _NOTHING
    # What is opened is open; that need not be said.
    left_out = _LEFT_OUT | {"status"} if event.name == "opened" else _LEFT_OUT
    fields = [name for name in dict.fromkeys((*before, *after)) if name not in left_out]
    details = [keep(_detail(name, before.get(name), after.get(name), city)) for name in fields]
    what = _WHAT.get(event.name, event.name.replace("_", " ").capitalize())
    return Line(event.at, names.get(event.actor, event.actor), what, tuple(detail for detail in details if detail))


def _detail(name: str, before: Any, after: Any, city: City) -> str:
    was, is_now = _written(name, before, city), _written(name, after, city)
    if was == is_now and was:
        return ""
    label = _NAMES.get(name, name.replace("_", " "))
    if was and is_now:
        return f"{label}: {was} → {is_now}"
    if was:
        return "" if name == "status" else f"{label} before: {was}"
    return f"{label}: {is_now}" if is_now else ""


def _written(name: str, value: Any, city: City) -> str:
    if value is None or value == "":
        return ""
    match name:
        case "service":
            return city.catalog.service_name(value, "en") if value in city.catalog.services else str(value)
        case "department":
            return city.catalog.departments[value].name if value in city.catalog.departments else str(value)
        case "due_at":
            return write_moment(datetime.fromisoformat(value), city.timezone)
        case "place":
            return str(value.get("text", "")) + ("" if value.get("precision") != "text" else " (no map knows it)")
        case "cases":
            return ", ".join(value)
        case "is_fixed":
            return "yes" if value else "no"
        case _:
            return str(value).replace("_", " ") if isinstance(value, str) else str(value)
