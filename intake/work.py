"""What can be done inside one transaction; committing is the store's."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Reply
from intake.casework.case_state import WITHDRAWN, stands_as
from intake.casework.cases import Case
from intake.conversation import Conversation
from intake.delivering.destinations import NOWHERE, Destinations
from intake.delivering.outbox import Outbox
from intake.delivering.sending_out import send_out
from intake.delivery_tables import EffectTable
from intake.effects import EFFECT, Effect
from intake.recorded import CONVERSATION, REPLIES, Recorded, recorded
from intake.tables import (
    AnswerTable,
    CaseEventTable,
    CaseFollowerTable,
    CaseTable,
    ContactTable,
    ConversationTable,
    DecisionTable,
    MessageTable,
    OptOutTable,
    ReviewTable,
)
from models.understanding import Understanding
from routing.catalog import Service
from routing.decision import Answer
from routing.drafts import CaseDraft
from routing.reasons import Reasons

__all__ = ["CONVERSATION", "REPLIES", "Recorded", "Work", "case_value", "recorded"]
_DRAFTS: TypeAdapter[tuple[CaseDraft, ...]] = TypeAdapter(tuple[CaseDraft, ...])


class Work:
    """One open transaction."""

    def __init__(self, session: Session, outbox: Outbox, destinations: Destinations = NOWHERE, actor: str = "resident") -> None:
        self._session, self._outbox = session, outbox
        self._actor = actor
        self.destinations = destinations

    @property
    def session(self) -> Session:
        """The transaction's session, for what other modules add to it."""
        return self._session

    def lock(self, message_id: int) -> Recorded:
        """Read a message and hold its conversation: whoever comes second waits, and finds it handled."""
        return recorded(self._session, message_id, locks=True)

    def save_conversation(self, conversation_id: int, conversation: Conversation, now: datetime) -> None:
        """Store what is remembered."""
        row = self._session.get_one(ConversationTable, conversation_id)
        row.memory = CONVERSATION.dump_python(conversation, mode="json", exclude={"version"})
        row.state, row.language = conversation.state.value, conversation.language
        row.version, row.changed_at = conversation.version, now

    def save_decision(self, message_id: int, understanding: Understanding, name: str, reasons: Reasons, now: datetime) -> None:
        """Store what was understood and decided; a message has one decision."""
        language = understanding.message.language
        best = understanding.best_service
        self._session.add(
            DecisionTable(
                message_id=message_id,
                name=name,
                kind=understanding.kind.value,
                language=language.code,
                language_confidence=language.confidence,
                confidence=best.confidence if best else understanding.confidence,
                services=[asdict(score) for score in understanding.services],
                reasons=[asdict(reason) for reason in reasons],
                made_by=understanding.made_by,
                at=now,
            )
        )

    def finish(self, message_id: int, replies: Sequence[Reply], cases: Sequence[Case], language: str, now: datetime) -> None:
        """Mark a message as handled, with the replies that every repeat of it gets again."""
        message = self._session.get_one(MessageTable, message_id)
        message.replies = REPLIES.dump_python(tuple(replies), mode="json")
        message.opened_cases = [case.number for case in cases]
        message.language = language
        message.handled_at = now

    def open_case(
        self, message: Recorded, draft: CaseDraft, service: Service, language: str, now: datetime, due_at: datetime
    ) -> Case:
        """Open a case for a draft; its number is the year and a running number."""
        row = CaseTable(
            token=secrets.token_urlsafe(24),
            message_id=message.message_id,
            conversation_id=message.conversation_id,
            contact_id=message.contact_id,
            service=service.code,
            department=service.department,
            status="open",
            priority=service.priority.value,
            description=draft.description,
            details=[asdict(detail) for detail in draft.details],
            place=asdict(draft.place) if draft.place else None,
            language=language,
            channel=message.channel.value,
            confidence=draft.confidence,
            opened_at=now,
            due_at=due_at,
        )
        self._session.add(row)
        self._session.flush()
        row.number = f"{now:%y}-{row.id:06d}"
        after = {"service": row.service, "status": row.status, "place": row.place}
        self._session.add(CaseEventTable(case_id=row.id, at=now, actor=self._actor, name="opened", after=after))
        send_out(self._session, self.enqueue, self.destinations, row, service, draft.place, now)
        return case_value(row)

    def numbered(self, number: str) -> tuple[Case, ...]:
        """The case with a number, as a tuple of one or none."""
        rows = self._session.scalars(select(CaseTable).where(CaseTable.number == number))
        return tuple(case_value(row) for row in rows)

    def join_case(self, number: str, message: Recorded, language: str, now: datetime) -> None:
        """Add a resident to a case; whoever reported it, or joined before, is not added again."""
        case = stands_as(self._session, self._session.scalars(select(CaseTable).where(CaseTable.number == number)).one())
        followers = select(CaseFollowerTable.contact_id).where(CaseFollowerTable.case_id == case.id)
        if message.contact_id in {case.contact_id, *self._session.scalars(followers)}:
            return
        self._session.add(
            CaseFollowerTable(
                case_id=case.id,
                contact_id=message.contact_id,
                conversation_id=message.conversation_id,
                message_id=message.message_id,
                language=language,
                channel=message.channel.value,
                at=now,
            )
        )
        about = {"message": message.message_id}
        self._session.add(CaseEventTable(case_id=case.id, at=now, actor=self._actor, name="joined", after=about))

    def cases_of(self, contact_id: int, number: str | None) -> list[Case]:
        """The contact's own cases, newest first: all of them, or the one with `number` (hyphens do not count).

        Where one was merged, the case that it stands for is there instead; a withdrawn one is no case.
        """
        mine = (CaseTable.contact_id == contact_id, CaseTable.status != WITHDRAWN)
        rows = list(self._session.scalars(select(CaseTable).where(*mine).order_by(CaseTable.id.desc()).limit(50)))
        if number is not None:
            rows = [row for row in rows if (row.number or "").replace("-", "") == number.replace("-", "")]
        return [case_value(row) for row in dict.fromkeys(stands_as(self._session, row) for row in rows)]

    def add_review(
        self, message: Recorded, name: str, reasons: Reasons, drafts: Sequence[CaseDraft], *, is_urgent: bool, now: datetime
    ) -> None:
        """Put a message before a person."""
        self._session.add(
            ReviewTable(
                message_id=message.message_id,
                conversation_id=message.conversation_id,
                name=name,
                is_urgent=is_urgent,
                reasons=[asdict(reason) for reason in reasons],
                drafts=_DRAFTS.dump_python(tuple(drafts), mode="json"),
                opened_at=now,
            )
        )

    def record_answer(self, message: Recorded, answer: Answer, language: str, now: datetime) -> None:
        """Note that an article answered; a message is answered by one."""
        self._session.add(
            AnswerTable(
                message_id=message.message_id,
                conversation_id=message.conversation_id,
                contact_id=message.contact_id,
                article=answer.article,
                variant=answer.variant,
                language=language,
                channel=message.channel.value,
                confidence=answer.confidence,
                is_beside=answer.then is not None,
                at=now,
            )
        )

    def note_helped(self, conversation_id: int, *, is_helpful: bool) -> None:
        """Note what the resident says of the conversation's last answer."""
        query = select(AnswerTable).where(AnswerTable.conversation_id == conversation_id).order_by(AnswerTable.id.desc()).limit(1)
        for row in self._session.scalars(query):
            row.is_helpful = is_helpful

    def record_opt_out(self, message: Recorded, *, stops: bool, now: datetime) -> None:
        """Add to the opt-out ledger and set the contact's present state."""
        contact = self._session.get_one(ContactTable, message.contact_id)
        contact.opted_out_at = now if stops else None
        self._session.add(
            OptOutTable(
                contact_id=contact.id,
                action="stop" if stops else "start",
                words=message.text[:200],
                channel=message.channel.value,
                at=now,
            )
        )

    def enqueue(
        self,
        conversation_id: int,
        effect: Effect,
        now: datetime,
        *,
        partition: str = "",
        is_for_receiver: bool = False,
        delay_seconds: float = 0,
    ) -> str:
        """Store an effect and hand its id to the outbox, both in this transaction; in order within the conversation or `partition`."""
        effect_id = str(uuid4())
        payload: dict[str, Any] = EFFECT.dump_python(effect, mode="json")
        self._session.add(EffectTable(id=effect_id, conversation_id=conversation_id, payload=payload, created_at=now))
        self._session.flush()
        self._outbox.put(
            self._session,
            effect_id,
            partition=partition or str(conversation_id),
            is_for_receiver=is_for_receiver,
            delay_seconds=delay_seconds,
        )
        return effect_id


def case_value(row: CaseTable) -> Case:
    """A case's row as a value."""
    return Case(
        number=row.number or "",
        service=row.service,
        department=row.department,
        place=(row.place or {}).get("text", ""),
        is_open=row.status == "open",
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        token=row.token,
    )
