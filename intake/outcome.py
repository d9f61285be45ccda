"""What a decision does besides words: cases, reviews, opt-outs, alerts."""

from dataclasses import dataclass, replace
from datetime import datetime

from channels.messages import Channel
from intake.casework.cases import Case
from intake.casework.ratings import rate_by_answer
from intake.conversation import Step
from intake.effects import AlertStaff
from intake.replies import Told
from intake.work import Recorded, Work
from routing.city import City
from routing.deadlines import due_at
from routing.decision import (
    Answer,
    AskForDetail,
    AskForPlace,
    AskHowToGoOn,
    AskLanguage,
    AskNeighborhood,
    AskProblem,
    AskToConfirm,
    AskToJoin,
    AskWhatToCorrect,
    AskWhichPlace,
    AskWhichService,
    CallAgent,
    Decision,
    Emergency,
    GiveHelp,
    HandToStaff,
    JoinCase,
    NoteForStaff,
    NoteHelped,
    NoteQuestion,
    OpenCases,
    RateCase,
    ReportStatus,
    StartMessages,
    StaySilent,
    StopMessages,
)
from routing.drafts import CaseDraft, Precision
from routing.reasons import Reason, ReasonCode, Reasons


@dataclass(frozen=True)
class Outcome(Told):
    """What is told, and the cases that were opened just now."""

    opened: tuple[Case, ...] = ()


def carry_out(step: Step, held: Recorded, language: str, city: City, work: Work, now: datetime) -> Outcome:
    """Do what the decision says within the open transaction. Nothing is done where the conversation is silent."""
    if not step.speaks:
        return Outcome()
    match step.decision:
        case OpenCases(drafts=drafts):
            opened = tuple(_open(draft, held, language, city, work, now) for draft in drafts)
            _review_unsure(step.decision.reasons, drafts, held, work, now)
            return Outcome(cases=opened, opened=opened, has_new_photo=held.has_photo)
        case AskToJoin(case_number=number):
            return Outcome(cases=work.numbered(number), has_new_photo=held.has_photo)
        case JoinCase(case_number=number):
            work.join_case(number, held, language, now)
            return Outcome(cases=work.numbered(number))
        case RateCase(case_number=number, is_fixed=is_fixed):
            return Outcome(cases=(rate_by_answer(work, held, number, now, is_fixed=is_fixed),))
        case ReportStatus(number=number):
            return Outcome(cases=tuple(work.cases_of(held.contact_id, number)))
        case Answer(then=then):
            work.record_answer(held, step.decision, language, now)
            if then is not None:
                return carry_out(replace(step, decision=then), held, language, city, work, now)
        case NoteHelped() | AskHowToGoOn():
            work.note_helped(held.conversation_id, is_helpful=isinstance(step.decision, NoteHelped))
        case Emergency(kind=kind, reasons=reasons):
            work.add_review(held, "Emergency", reasons, (), is_urgent=True, now=now)
            # In a line of its own: an alert that waits for its receiver must not hold up a text to the resident.
            alert = AlertStaff(held.message_id, f"words of danger ({kind.value})")
            work.enqueue(held.conversation_id, alert, now, partition=f"alert-{held.message_id}")
        case StopMessages() | StartMessages():
            work.record_opt_out(held, stops=isinstance(step.decision, StopMessages), now=now)
        case HandToStaff(drafts=drafts, reasons=reasons):
            work.add_review(held, "HandToStaff", reasons, drafts, is_urgent=False, now=now)
        case CallAgent() | NoteQuestion() | NoteForStaff():
            name = type(step.decision).__name__
            work.add_review(held, name, step.decision.reasons, step.conversation.drafts, is_urgent=False, now=now)
        case _:
            pass
    return Outcome(has_new_photo=held.has_photo)


def without_dialogue(decision: Decision, channel: Channel) -> Decision:
    """Transcripts and reports of other software cannot be asked back: what is complete is opened, the rest goes to a person."""
    if channel not in (Channel.TRANSCRIPT, Channel.OPEN311):
        return decision
    match decision:
        case AskToConfirm(drafts=drafts, reasons=reasons):
            return OpenCases(drafts, reasons)
        case Answer(then=then) if then is not None:
            return without_dialogue(then, channel)
        case Answer(reasons=reasons) | AskNeighborhood(reasons=reasons):
            return NoteQuestion(reasons)
        case (
            AskForPlace(reasons=reasons)
            | AskForDetail(reasons=reasons)
            | AskWhichService(reasons=reasons)
            | AskWhichPlace(reasons=reasons)
            | AskProblem(reasons=reasons)
            | AskWhatToCorrect(reasons=reasons)
        ):
            return HandToStaff(decision.drafts, reasons)
        case AskLanguage(reasons=reasons):
            return HandToStaff((), reasons)
        case _:
            return decision


def while_held(decision: Decision) -> Decision:
    """A person has the talk and answers: by itself the service speaks only of danger, and as carriers demand it."""
    if isinstance(decision, Emergency | StopMessages | StartMessages | GiveHelp | StaySilent):
        return decision
    return StaySilent((Reason(ReasonCode.STAFF_HAS_IT),))


def _open(draft: CaseDraft, held: Recorded, language: str, city: City, work: Work, now: datetime) -> Case:
    service = city.catalog.services[draft.service]
    due = due_at(now, service.deadline, city.hours, city.timezone)
    return work.open_case(held, draft, service, language, now, due)


def _review_unsure(reasons: Reasons, drafts: tuple[CaseDraft, ...], held: Recorded, work: Work, now: datetime) -> None:
    """A case whose service the resident chose, or whose place no map knows, is looked at by a person afterwards."""
    unsure = [d for d in drafts if d.is_place_skipped or (d.place is not None and d.place.precision is Precision.TEXT)]
    if unsure:
        work.add_review(held, "PlaceNotFound", reasons, unsure, is_urgent=False, now=now)
