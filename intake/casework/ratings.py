"""What residents answer to the news that their case is closed: it is fixed, or it is opened again, once by itself."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.casework.case_state import note_event, set_open, stands_as
from intake.casework.cases import Case
from intake.conversation import RATED_WITHIN
from intake.delivery_tables import CaseLinkTable
from intake.recorded import Recorded
from intake.tables import CaseEventTable, CaseTable
from intake.work import Work, case_value
from routing.reasons import Reason, ReasonCode

RESIDENT = "resident"
_REVIEW = "StillThere"


def rate_by_answer(work: Work, held: Recorded, number: str, now: datetime, *, is_fixed: bool) -> Case:
    """Note whether a case is fixed, in its history, and open it again where it is not; return it as it then stands.

    A second time, or after two weeks, a person decides; so does one where a CRM has to hear of it, which nothing tells.
    """
    session = work.session
    told = session.scalars(select(CaseTable).where(CaseTable.number == number)).one()
    case = session.get_one(CaseTable, stands_as(session, told).id, with_for_update=True, populate_existing=True)
    after = {"is_fixed": is_fixed, "case": number, "message": held.message_id}
    note_event(session, case.id, "rated", RESIDENT, now, after=after)
    if not is_fixed and case.status == "closed":
        is_reopened = _may_reopen(session, case, now) and set_open(
            session, work, case, RESIDENT, now, is_open=True, at=now, about={"contact": held.contact_id}
        )
        if not is_reopened or _has_crm(session, case):
            work.add_review(held, _REVIEW, (Reason(ReasonCode.RATED, number),), (), is_urgent=False, now=now)
    return case_value(case)


def _may_reopen(session: Session, case: CaseTable, now: datetime) -> bool:
    if case.closed_at is None or now >= case.closed_at + RATED_WITHIN:
        return False
    before = select(CaseEventTable.id).where(
        CaseEventTable.case_id == case.id, CaseEventTable.name == "reopened", CaseEventTable.actor == RESIDENT
    )
    return session.scalars(before).first() is None


def _has_crm(session: Session, case: CaseTable) -> bool:
    return session.scalars(select(CaseLinkTable.id).where(CaseLinkTable.case_id == case.id)).first() is not None
