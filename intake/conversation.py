"""A conversation's states and what moves it from one to the next: a table, and one pure function over it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from intake.events import Event, event_of
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
    ChangeLanguage,
    Decision,
    HandToStaff,
)
from routing.drafts import CaseDraft, Place, State
from routing.reasons import Reason, ReasonCode

# So long a resident may say that a closed case is not fixed, and have it opened again.
RATED_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class Rule:
    """Where an event leads: `to` is None where the state stays; `forgets` empties what was being collected."""

    to: State | None
    speaks: bool = True
    forgets: bool = False


@dataclass(frozen=True)
class Question:
    """A question of ours and how often it was put in a row; equal `key` means the same words."""

    key: str
    times: int


@dataclass(frozen=True)
class Conversation:
    """What is remembered between messages.

    `pending` is a text that waits for the resident to name its language; `asked` the last question, and `article` what answers it.
    `is_reminded`: the resident was reminded of the drafts once.
    """

    state: State = State.READY
    language: str | None = None
    drafts: tuple[CaseDraft, ...] = ()
    options: tuple[str, ...] = ()
    place_options: tuple[Place, ...] = ()
    question: Question | None = None
    pending: str | None = None
    asked: str = ""
    article: str | None = None
    is_reminded: bool = False
    changed_at: datetime | None = None
    version: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Step:
    """The conversation after a message, the decision that holds, and whether anything is said."""

    conversation: Conversation
    decision: Decision
    speaks: bool


# What follows an event in every state that is not STOPPED.
_RULES: dict[Event, Rule] = {
    Event.EMERGENCY: Rule(None),
    Event.STOP: Rule(State.STOPPED, forgets=True),
    Event.START: Rule(State.READY, forgets=True),
    Event.SIDE_QUESTION: Rule(None),
    Event.ANSWERED: Rule(State.ANSWERED),
    Event.NEIGHBORHOOD_MISSING: Rule(State.NEEDS_NEIGHBORHOOD),
    Event.HELPED: Rule(State.READY, forgets=True),
    Event.NOT_HELPED: Rule(State.CHOOSING_WAY_ON),
    Event.LANGUAGE_CHOSEN: Rule(None),
    Event.LANGUAGE_UNSURE: Rule(State.CHOOSING_LANGUAGE),
    Event.PROBLEM_MISSING: Rule(State.DESCRIBING),
    Event.SERVICE_UNSURE: Rule(State.CHOOSING_SERVICE),
    Event.PLACE_MISSING: Rule(State.NEEDS_PLACE),
    Event.PLACE_UNSURE: Rule(State.CHOOSING_PLACE),
    Event.DETAIL_MISSING: Rule(State.NEEDS_DETAIL),
    Event.DRAFT_COMPLETE: Rule(State.CONFIRMING),
    Event.DRAFT_KNOWN: Rule(State.JOINING),
    Event.DRAFT_JOINED: Rule(State.READY, forgets=True),
    Event.CASE_RATED: Rule(State.READY, forgets=True),
    Event.DRAFT_WRONG: Rule(State.CORRECTING),
    Event.DRAFT_CONFIRMED: Rule(State.READY, forgets=True),
    Event.DRAFT_DROPPED: Rule(State.READY, forgets=True),
    Event.STAFF_NEEDED: Rule(State.WITH_STAFF, forgets=True),
    Event.STAFF_HAS_IT: Rule(State.WITH_STAFF),
    Event.NOTHING_TO_SAY: Rule(None, speaks=False),
}
_SILENT = Rule(None, speaks=False)
# After STOP only an opt-in is heard. An emergency is answered once all the same: silence could cost a life.
# While a case is being collected, or a person has the talk, an answer goes by and leaves everything as it is.
_GOES_BY = frozenset(
    {
        State.CHOOSING_LANGUAGE,
        State.CHOOSING_SERVICE,
        State.NEEDS_PLACE,
        State.CHOOSING_PLACE,
        State.NEEDS_DETAIL,
        State.CONFIRMING,
        State.JOINING,
        State.CORRECTING,
        State.WITH_STAFF,
    }
)
_WHEN_STOPPED: dict[Event, Rule] = {Event.START: _RULES[Event.START], Event.EMERGENCY: Rule(None)}


def _rule(state: State, event: Event) -> Rule:
    if state is State.STOPPED:
        return _WHEN_STOPPED.get(event, _SILENT)
    return Rule(None) if event is Event.ANSWERED and state in _GOES_BY else _RULES[event]


TRANSITIONS: dict[tuple[State, Event], Rule] = {(state, event): _rule(state, event) for state in State for event in Event}


def advance(conversation: Conversation, heard: Decision, now: datetime, *, times_asked: int) -> Step:
    """Move `conversation` by a decision; total and pure.

    A question that was put `times_asked` times already is not put again: a person takes over. An answer beside a report moves
    the conversation as the report does.
    """
    if isinstance(heard, Answer) and heard.then is not None:
        step = advance(conversation, heard.then, now, times_asked=times_asked)
        return replace(step, decision=replace(heard, then=step.decision))
    question = _question(heard, conversation)
    if question is not None and question.times > times_asked:
        drafts = _drafts(heard) or conversation.drafts
        heard = HandToStaff(drafts, (*heard.reasons, Reason(ReasonCode.ASKED_BEFORE, question.key)))
        question = None
    rule = TRANSITIONS[conversation.state, event_of(heard)]
    return Step(_after(conversation, heard, rule, question, now), heard, rule.speaks)


def expire(conversation: Conversation, now: datetime, *, hours: int) -> Conversation:
    """Forget what was being collected after `hours` of silence, and whether a case is fixed after two weeks; an opt-out never expires."""
    is_waiting = conversation.state not in (State.READY, State.STOPPED)
    longest = RATED_WITHIN if conversation.state is State.CLOSED_ASKED else timedelta(hours=hours)
    if not is_waiting or conversation.changed_at is None or now - conversation.changed_at < longest:
        return conversation
    return replace(_forgotten(conversation), state=State.READY)


def _after(before: Conversation, heard: Decision, rule: Rule, question: Question | None, now: datetime) -> Conversation:
    moved = _forgotten(before) if rule.forgets else before
    if rule.to is not None and not rule.forgets:
        moved = replace(
            moved,
            drafts=_drafts(heard) or moved.drafts,
            options=_options(heard),
            place_options=heard.options if isinstance(heard, AskWhichPlace) else (),
            question=question,
            article=heard.article if isinstance(heard, Answer | AskNeighborhood | AskHowToGoOn) else None,
        )
    language = heard.language if isinstance(heard, ChangeLanguage) else moved.language
    # The question that named languages has been answered; what was asked before it is asked again by the reply.
    if isinstance(heard, ChangeLanguage) and before.state is State.CHOOSING_LANGUAGE:
        moved = replace(moved, state=_state_of_drafts(moved), options=(), question=None, pending=None)
    state = rule.to if rule.to is not None else moved.state
    return replace(moved, state=state, language=language, changed_at=now, version=before.version + 1)


def _state_of_drafts(conversation: Conversation) -> State:
    return State.CONFIRMING if conversation.drafts else State.READY


def _forgotten(conversation: Conversation) -> Conversation:
    return Conversation(
        state=conversation.state,
        language=conversation.language,
        changed_at=conversation.changed_at,
        version=conversation.version,
    )


def _question(heard: Decision, conversation: Conversation) -> Question | None:
    key = _question_key(heard)
    if key is None:
        return None
    before = conversation.question
    return Question(key, before.times + 1 if before is not None and before.key == key else 1)


def _question_key(heard: Decision) -> str | None:
    """Name the question that a decision puts, so that the same words get the same name."""
    match heard:
        case AskForPlace():
            return "place"
        case AskForDetail(question=question):
            return f"detail:{question}"
        case AskWhichService(options=options):
            return f"service:{','.join(options)}"
        case AskWhichPlace(options=options):
            return f"place:{','.join(place.text for place in options)}"
        case AskToConfirm(drafts=drafts):
            return f"confirm:{[(d.service, d.place and d.place.text) for d in drafts]}"
        case AskToJoin(case_number=number):
            return f"join:{number}"
        case AskWhatToCorrect():
            return "correct"
        case AskLanguage():
            return "language"
        case AskProblem():
            return "problem"
        case AskNeighborhood(article=article):
            return f"neighborhood:{article}"
        case _:
            return None


def _drafts(heard: Decision) -> tuple[CaseDraft, ...]:
    return getattr(heard, "drafts", ())


def _options(heard: Decision) -> tuple[str, ...]:
    if isinstance(heard, AskToJoin):
        return (heard.case_number,)
    return heard.options if isinstance(heard, AskWhichService | AskLanguage | AskHowToGoOn) else ()
