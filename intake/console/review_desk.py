"""What a person does with a review that they have: correct, open, split, join, answer, close. Each can be undone for a minute."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from channels.messages import Channel
from intake.casework import case_changes
from intake.casework.cases import Case
from intake.console.corrections import Correction, apply_correction, label_draft, label_split
from intake.console.outcomes import Outcome, may_close_with
from intake.console.people import Person
from intake.console.review_action import Doing, NotYoursError, ReviewActions
from intake.console.review_undo import ReviewUndo
from intake.console.talk_rows import hold
from intake.console.talks import OwnWords, Talks
from intake.console.undo_window import UNDO_LASTS
from intake.contacts import ContactVault
from intake.errors import CaseError
from intake.speaker import Speaker
from intake.staff_messages import PHRASE, Written, keep
from intake.tables import CaseFollowerTable, CaseTable, ContactTable
from intake.work import case_value
from nlp.personal_data import redact
from routing.city import City
from routing.deadlines import due_at
from routing.drafts import CaseDraft

__all__ = ["Correction", "NotYoursError", "Outcome", "ReviewDesk"]

_DELAY = UNDO_LASTS.total_seconds()
_TEXTED = frozenset({Channel.SMS, Channel.VOICE, Channel.FORM})


@dataclass(frozen=True)
class ReviewDesk:
    """Acts for a person on the review that they claimed; every method raises NotYoursError where they have not."""

    actions: ReviewActions
    taking_back: ReviewUndo
    talks: Talks
    speaker: Speaker
    vault: ContactVault

    @property
    def city(self) -> City:
        """The city that is worked for."""
        return self.speaker.city

    def correct(self, review_id: int, person: Person, correction: Correction, now: datetime) -> None:
        """Correct what the machine made of the message: the proposal, and an open case, follow. Raises CaseError for unknown values."""
        with self.actions.begin(review_id, person, "corrected", now) as doing:
            apply_correction(doing, correction)
            doing.after["words"] = f"{correction.field.capitalize()} corrected"

    def open_case(self, review_id: int, person: Person, draft: CaseDraft, now: datetime) -> str:
        """Open a case and return its number; the resident is told when it cannot be undone any more. Raises CaseError.

        A description that is empty, or as shown with personal data hidden, is the resident's own.
        """
        with self.actions.begin(review_id, person, "case_opened", now) as doing:
            if cases := doing.open_cases():
                raise CaseError(f"{cases[0].number} is open for this message; split it for a second problem")
            label_draft(doing, draft)
            (case,) = self._open(doing, (draft,))
            doing.close(Outcome.CASE_OPENED)
            doing.let_go()
            doing.after["words"] = f"Case {case.number} opened"
            return case.number

    def split(self, review_id: int, person: Person, drafts: Sequence[CaseDraft], now: datetime) -> tuple[str, ...]:
        """Open a case for each draft and return their numbers; an open case of the message stays, and says so. Raises CaseError."""
        with self.actions.begin(review_id, person, "split", now) as doing:
            if not drafts:
                raise CaseError("name what each case is about")
            if not doing.open_cases():
                label_split(doing, drafts)
            cases = self._open(doing, tuple(drafts))
            doing.close(Outcome.SPLIT)
            doing.let_go()
            numbers = tuple(case.number for case in cases)
            doing.after["words"] = f"Cases {', '.join(numbers)} opened"
            return numbers

    def join(self, review_id: int, person: Person, case_number: str, now: datetime) -> None:
        """Add the resident to an open case; their own case of this message is merged into it. Raises CaseError."""
        with self.actions.begin(review_id, person, "joined", now) as doing:
            into = self._joinable(doing, case_number)
            own = [case for case in doing.open_cases() if case.id != into.id]
            for case in own:
                case_changes.merge(doing.session, case, into, doing.actor, now)
            doing.after["merged"] = [case.id for case in own]
            if not own:
                self._follow(doing, into)
            self._tell(doing, "joined", (), number=case_number)
            doing.close(Outcome.JOINED)
            doing.let_go()
            doing.after["words"] = f"Joined to case {case_number}"

    def answer(self, review_id: int, person: Person, words: OwnWords, now: datetime) -> None:
        """Answer the resident in a minute, and close the review. Raises CaseError where nobody can be written to."""
        with self.actions.begin(review_id, person, "answered", now) as doing:
            if not self._is_reachable(doing):
                raise CaseError("this resident left no number and is in no chat: nobody can be written to")
            talk = hold(doing.session, doing.message.conversation_id, now)
            self.talks.send(talk.id, person, words, _key(doing), now, delay_seconds=_DELAY, work=doing.work)
            doing.close(Outcome.ANSWERED)
            doing.after["words"] = "Answered"

    def close(self, review_id: int, person: Person, outcome: Outcome, now: datetime) -> None:
        """Close a review with what became of it. Raises CaseError for an outcome that follows only from doing it."""
        if not may_close_with(outcome):
            raise CaseError(f"a review is not closed as “{outcome.words}” by saying so")
        with self.actions.begin(review_id, person, "closed", now) as doing:
            doing.close(outcome)
            doing.let_go()
            doing.after["words"] = f"Closed: {outcome.words}"

    def undo(self, person: Person, now: datetime) -> int | None:
        """Take back a person's last action of the last minute, and return its review, open and theirs again.

        None where there is nothing to undo, or it is on its way already. Raises NotYoursError where somebody else has the review
        by now, CaseError where something was built upon what was done.
        """
        return self.taking_back.undo(person, now)

    def _open(self, doing: Doing, drafts: tuple[CaseDraft, ...]) -> tuple[Case, ...]:
        """Open cases, tell the resident of them, and return them."""
        drafts = tuple(_with_own_words(draft, doing) for draft in drafts)
        present = doing.open_cases()
        if present:
            rows = case_changes.split(doing.session, doing.work, present[0], drafts, self.city, doing.actor, doing.now)
            cases = tuple(case_value(row) for row in rows)
        else:
            cases = tuple(self._open_one(doing, draft) for draft in drafts)
        numbers = [case.number for case in cases]
        query = select(CaseTable.id).where(CaseTable.number.in_(numbers)).order_by(CaseTable.id)
        doing.after["opened"] = list(doing.session.scalars(query))
        self._tell_of_cases(doing, cases)
        return cases

    def _open_one(self, doing: Doing, draft: CaseDraft) -> Case:
        service = self.city.catalog.services.get(draft.service)
        if service is None:
            raise CaseError(f"there is no service {draft.service}")
        due = due_at(doing.now, service.deadline, self.city.hours, self.city.timezone)
        return doing.work.open_case(doing.message, draft, service, doing.language, doing.now, due)

    def _tell_of_cases(self, doing: Doing, cases: Sequence[Case]) -> None:
        def told(language: str) -> str:
            phrases = [(case, "case-opened" if case.place else "case-opened-no-place") for case in cases]
            return " ".join(self.speaker.say_of_case(language, phrase, case) for case, phrase in phrases)

        links = tuple(self.speaker.status_link(case) for case in cases)
        self._send(doing, told(doing.language), told(self.city.languages[0]), links)

    def _tell(self, doing: Doing, phrase: str, links: tuple[str, ...], **values: str) -> None:
        said, meant = (self.speaker.say(code, phrase, **values) for code in (doing.language, self.city.languages[0]))
        self._send(doing, said, meant, links)

    def _send(self, doing: Doing, text: str, english: str, links: tuple[str, ...]) -> None:
        """Send the service's own words into the chat or to the phone; whoever left neither reads the status page."""
        if not self._is_reachable(doing):
            return
        said, meant = ("\n".join([words, *links]) for words in (text, english))
        written = Written(doing.message.conversation_id, doing.person.id, meant, said, doing.language, PHRASE, "", None)
        keep(doing.work, written, _key(doing), doing.now, delay_seconds=_DELAY)

    def _is_reachable(self, doing: Doing) -> bool:
        if doing.message.channel is Channel.CHAT:
            return True
        sealed = doing.session.get_one(ContactTable, doing.message.contact_id).sealed
        return doing.message.channel in _TEXTED and self.vault.open(sealed).startswith("+")

    def _joinable(self, doing: Doing, number: str) -> CaseTable:
        case = doing.session.scalars(select(CaseTable).where(CaseTable.number == number)).one_or_none()
        if case is None or case.status != "open":
            raise CaseError(f"there is no open case {number}")
        if self.city.catalog.services[case.service].is_sensitive and case.contact_id != doing.message.contact_id:
            raise CaseError(f"{number} is sensitive: that somebody reported it is nobody else's business")
        return case

    def _follow(self, doing: Doing, into: CaseTable) -> None:
        def followers() -> set[int]:
            query = select(CaseFollowerTable.id).where(CaseFollowerTable.case_id == into.id)
            return set(doing.session.scalars(query))

        before = followers()
        doing.work.join_case(into.number or "", doing.message, doing.language, doing.now)
        doing.session.flush()
        doing.after["followers"] = sorted(followers() - before)


def _key(doing: Doing) -> str:
    """A staff message's key. What an undo took back may be said again, so the moment belongs to it."""
    return f"review-{doing.review.id}-{doing.now.timestamp():.6f}"


def _with_own_words(draft: CaseDraft, doing: Doing) -> CaseDraft:
    said = [doing.message.text, *(one.description for one in doing.drafts)]
    shown = {redact(text).strip(): text for text in said} | {"": said[1] if len(said) > 1 else said[0]}
    return replace(draft, description=shown.get(draft.description.strip(), draft.description))
