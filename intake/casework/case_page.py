"""What whoever has a case's link may see of it, and may say of it: whether it is fixed.

The link is often passed on, to a neighbor or a landlord: so neither the reporter's words nor their photos stand on the page.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN, stands_as
from intake.casework.cases import Case
from intake.casework.ratings import rate_by_answer
from intake.conversation import RATED_WITHIN
from intake.recorded import recorded
from intake.store import Store
from intake.tables import CaseEventTable, CaseTable
from intake.work import case_value


@dataclass(frozen=True)
class Happened:
    """A line of the time line: opened, moved, filed, closed, reopened or merged; with a department or the other case's number."""

    name: str
    at: datetime
    department: str = ""
    number: str = ""


@dataclass(frozen=True)
class CaseView:
    """A case as its link shows it. `state` is another case's where this one was merged into it.

    `rating` is what was said since it was last closed, None where nothing was; `is_asked`: whether it still may be said.
    """

    case: Case
    state: Case
    is_merged: bool
    history: tuple[Happened, ...]
    rating: bool | None
    is_asked: bool


class CasePages:
    """Reads cases for their links, and takes what residents say of closed ones."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    def read(self, number: str, token: str, now: datetime) -> CaseView | None:
        """The case behind a link; None where either half is wrong or the case was opened by mistake."""
        with Session(self._engine) as session:
            case = _behind(session, number, token)
            return None if case is None else _view(session, case, now)

    def rate(self, number: str, token: str, now: datetime, *, is_fixed: bool) -> bool:
        """Note whether a closed case is fixed, as an answer to its news would. Twice is once; False for a wrong link."""
        with self._store.transaction() as work:
            session = work.session
            case = _behind(session, number, token)
            if case is None:
                return False
            state = session.get_one(CaseTable, stands_as(session, case).id, with_for_update=True, populate_existing=True)
            rating = _rating(_events(session, state), case)
            if _may_be_rated(state, now) and rating is not is_fixed:
                rate_by_answer(work, recorded(session, case.message_id, locks=False), number, now, is_fixed=is_fixed)
            return True


def _behind(session: Session, number: str, token: str) -> CaseTable | None:
    case = session.scalars(select(CaseTable).where(CaseTable.number == number)).one_or_none()
    if case is None or case.status == WITHDRAWN:
        return None
    return case if secrets.compare_digest(case.token.encode(), token.encode()) else None


def _view(session: Session, case: CaseTable, now: datetime) -> CaseView:
    state = stands_as(session, case)
    own, others = _events(session, case), _events(session, state)
    rating = _rating(others, case)
    history = list(_history(case, own))
    if case.merged_into is not None:
        since = history[-1].at
        history += [line for line in _history(state, others) if line.at >= since and line.name in ("closed", "reopened")]
    return CaseView(
        case=case_value(case),
        state=case_value(state),
        is_merged=case.merged_into is not None,
        history=tuple(history),
        rating=rating,
        is_asked=rating is not False and _may_be_rated(state, now),
    )


def _events(session: Session, case: CaseTable) -> Sequence[CaseEventTable]:
    return session.scalars(select(CaseEventTable).where(CaseEventTable.case_id == case.id).order_by(CaseEventTable.id)).all()


def _history(case: CaseTable, events: Sequence[CaseEventTable]) -> Iterator[Happened]:
    """The lines that concern residents; what people joined, crews did or staff corrected stays inside. A merge is the last line."""
    department = _first_department(case, events)
    merge = None
    for event in events:
        after = event.after or {}
        match event.name:
            case "opened":
                yield Happened("opened", event.at, department=department)
            case "service_changed" if after["department"] != department:
                department = after["department"]
                yield Happened("moved", event.at, department=department)
            case "filed" | "closed" | "reopened":
                yield Happened(event.name, event.at)
            case "merged":
                merge = Happened("merged", event.at, number=after["merged_into"])
    if merge is not None and case.merged_into is not None:
        yield merge


def _first_department(case: CaseTable, events: Sequence[CaseEventTable]) -> str:
    moves = (event.before for event in events if event.name == "service_changed" and event.before)
    first = next(moves, {"department": case.department})
    return str(first["department"])


def _rating(events: Sequence[CaseEventTable], case: CaseTable) -> bool | None:
    """What the holders of this case's link said since it was last closed."""
    rating = None
    for event in events:
        if event.name == "closed":
            rating = None
        elif event.name == "rated" and event.after and event.after["case"] == case.number:
            rating = bool(event.after["is_fixed"])
    return rating


def _may_be_rated(state: CaseTable, now: datetime) -> bool:
    return state.status == "closed" and state.closed_at is not None and now < state.closed_at + RATED_WITHIN
