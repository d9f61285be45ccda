"""The last action is taken back: what waited is canceled, what was before is put back, and the review is open again."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from intake.casework import case_changes
from intake.console.audit import note
from intake.console.people import Person
from intake.console.queue import CLAIM_LASTS
from intake.console.review_action import NotYoursError, lock
from intake.console.review_labels import Labeled, take_back
from intake.console.undo_window import last_action
from intake.console_tables import PersonTable, ReviewActionTable, StaffMessageTable
from intake.database import WRITES
from intake.delivering.outbox import Outbox
from intake.delivery_tables import EffectTable
from intake.tables import CaseEventTable, CaseFollowerTable, CaseTable, MessageTable, ReviewTable
from intake.work import Recorded, Work
from routing.catalog import Priority
from routing.city import City
from routing.drafts import Place, State

_PLACE: TypeAdapter[Place] = TypeAdapter(Place)


class ReviewUndo:
    """Takes actions back, within their minute."""

    def __init__(self, engine: Engine, outbox: Outbox, city: City) -> None:
        self._writer = engine.execution_options(**WRITES)
        self._outbox = outbox
        self._city = city

    def undo(self, person: Person, now: datetime) -> int | None:
        """Take back a person's last action and return its review; None where there is none, or it is on its way already."""
        with Session(self._writer) as session, session.begin():
            action = last_action(session, person.id, now)
            if action is None:
                return None
            review, message = lock(session, action.review_id)
            session.refresh(action)
            _refuse_where_others_went_on(session, review, person, now)
            if action.undone_at is not None or not _cancel(session, action.effect_ids, now):
                return None
            self._put_back(session, action, review, message, person, now)
            action.undone_at = now
            review.closed_at, review.closed_by, review.outcome = None, None, None
            review.claimed_by, review.claimed_at = person.id, now
            note(session, person.login, "review_undone", f"review {review.id}", now, before={"action": action.name})
            return review.id

    def _put_back(
        self,
        session: Session,
        action: ReviewActionTable,
        review: ReviewTable,
        message: Recorded,
        person: Person,
        now: datetime,
    ) -> None:
        before, after, actor = action.before, action.after, person.login[:60]
        for case_id in after.get("merged", ()):
            case_changes.unmerge(session, session.get_one(CaseTable, case_id), actor, now)
        for follower_id in after.get("followers", ()):
            _unfollow(session, follower_id, actor, now)
        for case_id in after.get("opened", ()):
            case_changes.withdraw(session, session.get_one(CaseTable, case_id), actor, now)
        take_back(session, Labeled(tuple(after.get("labels", ())), tuple(after.get("set_aside", ()))), now)
        if "drafts" in before:
            review.drafts = before["drafts"]
        if "case" in before:
            self._put_case_back(session, before["case"], actor, now)
        if "language" in before or "state" in before:
            self._put_conversation_back(session, before, review, message, now)

    def _put_case_back(self, session: Session, was: dict[str, Any], actor: str, now: datetime) -> None:
        case = session.get_one(CaseTable, was["id"])
        if "service" in was:
            case_changes.change_service(session, case, was["service"], self._city, actor, now)
            case_changes.set_priority(session, case, Priority(was["priority"]), actor, now)
        elif was["place"] is not None:
            case_changes.change_place(session, case, _PLACE.validate_python(was["place"]), actor, now)
        else:
            case.place = None
            session.add(CaseEventTable(case_id=case.id, at=now, actor=actor, name="place_changed", after={"place": None}))

    def _put_conversation_back(
        self, session: Session, before: dict[str, Any], review: ReviewTable, message: Recorded, now: datetime
    ) -> None:
        conversation = message.conversation
        languages, state = before.get("language"), before.get("state")
        if languages is not None:
            session.get_one(MessageTable, review.message_id).language = languages["message"]
            for case_id, language in languages["cases"].items():
                session.get_one(CaseTable, int(case_id)).language = language
            conversation = replace(conversation, language=languages["conversation"])
        # Where the resident wrote meanwhile, the conversation has gone on from there.
        if state is not None and conversation.version == state["version"]:
            conversation = replace(conversation, state=State(state["was"]))
        changed = replace(conversation, version=conversation.version + 1)
        Work(session, self._outbox).save_conversation(message.conversation_id, changed, now)


def _refuse_where_others_went_on(session: Session, review: ReviewTable, person: Person, now: datetime) -> None:
    if review.closed_at is not None and review.closed_by != person.id:
        raise NotYoursError("", is_closed=True)
    is_held = review.claimed_at is not None and review.claimed_at > now - CLAIM_LASTS
    if review.closed_at is None and is_held and review.claimed_by not in (None, person.id):
        raise NotYoursError(session.get_one(PersonTable, review.claimed_by).name)


def _cancel(session: Session, effect_ids: list[str], now: datetime) -> bool:
    """Cancel what waits to go out; False where some of it was begun."""
    waiting = select(EffectTable).where(EffectTable.id.in_(effect_ids)).with_for_update()
    effects = session.scalars(waiting).all()
    if any(effect.attempts or effect.delivered_at for effect in effects):
        return False
    for effect in effects:
        effect.canceled_at = now
    session.execute(delete(StaffMessageTable).where(StaffMessageTable.effect_id.in_(effect_ids)))
    return True


def _unfollow(session: Session, follower_id: int, actor: str, now: datetime) -> None:
    follower = session.get(CaseFollowerTable, follower_id)
    if follower is None:
        return
    about = {"message": follower.message_id}
    session.add(CaseEventTable(case_id=follower.case_id, at=now, actor=actor, name="left", before=about))
    session.delete(follower)
