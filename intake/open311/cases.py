"""Cases for Open311: a posted request becomes a case like any other, and cases are found again without their residents."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage
from intake.casework.case_state import WITHDRAWN
from intake.conversation import Conversation, Step
from intake.open311.server import Report, Search
from intake.outcome import carry_out
from intake.pipeline import Intake
from intake.tables import CaseEventTable, CaseTable
from intake.work import Recorded
from routing.decision import OpenCases
from routing.drafts import CaseDraft, Place, Precision
from routing.reasons import Reason, ReasonCode


@dataclass(frozen=True)
class CaseOnFile:
    """A case as stored, without whoever reported it; degrees are WGS 84."""

    number: str
    service: str
    department: str
    is_open: bool
    priority: str
    is_merged: bool
    description: str
    place: str
    latitude: float | None
    longitude: float | None
    channel: str
    opened_at: datetime
    updated_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Opened:
    """The number that a posted request has, and whether it had it before."""

    number: str
    is_repeat: bool


def open_report(report: Report, caller: str, repeat_key: str, language: str, intake: Intake, now: datetime) -> Opened:
    """Record a posted request and open its case. The same `repeat_key` of the same caller is the same request; empty, it is new."""
    inbound = InboundMessage(
        Channel.OPEN311,
        _provider_id(caller, repeat_key),
        f"open311:{caller}",
        report.description,
        now,
        location=report.point,
        language_hint=language,
    )
    receipt = intake.store.record(inbound)
    # Slow and pure: no transaction is open here.
    draft = _draft(report, intake.store.read(receipt.message_id), intake)
    with intake.store.transaction() as work:
        held = work.lock(receipt.message_id)
        if held.case_numbers:
            return Opened(held.case_numbers[0], is_repeat=True)
        decision = OpenCases((draft,), (Reason(ReasonCode.RULE, "open311"),))
        outcome = carry_out(Step(held.conversation, decision, speaks=True), held, language, intake.city, work, now)
        work.finish(held.message_id, (), outcome.opened, language, now)
        return Opened(outcome.opened[0].number, is_repeat=False)


def find_cases(search: Search, engine: Engine) -> tuple[CaseOnFile, ...]:
    """The cases of a search, newest first."""
    with Session(engine) as session:
        return tuple(_on_file(row, updated) for row, updated in session.execute(_query(search)))


def _provider_id(caller: str, repeat_key: str) -> str:
    # Two callers may well choose the same key, and a key may be longer than the column.
    return f"{caller}:{sha256(repeat_key.encode()).hexdigest()[:40] if repeat_key else secrets.token_urlsafe(24)}"


def _draft(report: Report, recorded: Recorded, intake: Intake) -> CaseDraft:
    return CaseDraft(report.service.code, report.description, 1.0, _place(report, recorded, intake), report.details)


def _place(report: Report, recorded: Recorded, intake: Intake) -> Place | None:
    if report.point is not None:
        words = report.address or f"{report.point.latitude:.5f}, {report.point.longitude:.5f}"
        return Place(words, Precision.POINT, report.point.latitude, report.point.longitude)
    if report.address:
        return _look_up(report.address, recorded, intake)
    # An address id of a system that we do not know; a person may.
    return Place(f"address_id {report.address_id}", Precision.TEXT) if report.address_id else None


def _look_up(address: str, recorded: Recorded, intake: Intake) -> Place:
    """Find the posted words on the map, as those of a text message are found; they stay as they were posted."""
    found = intake.reader.read(replace(recorded, text=address), Conversation()).places
    if not found:
        return Place(address, Precision.TEXT)
    # Where several places have these words, nobody can be asked which one is meant.
    return replace(found[0], text=address) if len(found) == 1 else Place(address, found[0].precision)


def _query(search: Search) -> Select[CaseTable, datetime]:
    changed = select(func.max(CaseEventTable.at)).where(CaseEventTable.case_id == CaseTable.id).scalar_subquery()
    updated = func.coalesce(changed, CaseTable.opened_at)
    is_public = (CaseTable.number.is_not(None), CaseTable.status != WITHDRAWN)
    query = select(CaseTable, updated).where(*is_public, *_conditions(search, updated))
    return query.order_by(CaseTable.opened_at.desc(), CaseTable.id.desc()).offset(search.skipped).limit(search.limit)


def _conditions(search: Search, updated: Any) -> list[Any]:
    if search.numbers:
        return [CaseTable.number.in_(search.numbers)]
    conditions: list[Any] = []
    if search.services:
        conditions.append(CaseTable.service.in_(search.services))
    if search.statuses:
        wants_open, wants_closed = "open" in search.statuses, "closed" in search.statuses
        # Whatever other states a case may have, to the public it is open or it is not.
        is_open = CaseTable.status == "open"
        conditions += [is_open] if wants_open and not wants_closed else [~is_open] if not wants_open else []
    for column, start, end in (
        (CaseTable.opened_at, search.opened_from, search.opened_to),
        (updated, search.updated_from, search.updated_to),
    ):
        conditions += [column >= start] if start is not None else []
        conditions += [column <= end] if end is not None else []
    return conditions


def _on_file(row: CaseTable, updated: datetime) -> CaseOnFile:
    place = row.place or {}
    return CaseOnFile(
        number=row.number or "",
        service=row.service,
        department=row.department,
        is_open=row.status == "open",
        priority=row.priority,
        is_merged=row.merged_into is not None,
        description=row.description,
        # Words that no map knows are a resident's own, and may name people: "behind my house, ask for Maria".
        place="" if place.get("precision") == Precision.TEXT else place.get("text", ""),
        latitude=place.get("latitude"),
        longitude=place.get("longitude"),
        channel=row.channel,
        opened_at=row.opened_at,
        updated_at=updated,
        due_at=row.due_at,
    )
