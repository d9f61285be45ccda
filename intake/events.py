"""What a decision is to a conversation: the events that its table of transitions is about."""

from enum import StrEnum
from typing import assert_never

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
    ChangeLanguage,
    Decision,
    Decline,
    DropDrafts,
    Emergency,
    GiveHelp,
    Greet,
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


class Event(StrEnum):
    """What was heard, as far as a conversation's state is concerned."""

    EMERGENCY = "emergency"
    STOP = "stop"
    START = "start"
    SIDE_QUESTION = "side_question"
    ANSWERED = "answered"
    NEIGHBORHOOD_MISSING = "neighborhood_missing"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    LANGUAGE_CHOSEN = "language_chosen"
    LANGUAGE_UNSURE = "language_unsure"
    PROBLEM_MISSING = "problem_missing"
    SERVICE_UNSURE = "service_unsure"
    PLACE_MISSING = "place_missing"
    PLACE_UNSURE = "place_unsure"
    DETAIL_MISSING = "detail_missing"
    DRAFT_COMPLETE = "draft_complete"
    DRAFT_KNOWN = "draft_known"
    DRAFT_JOINED = "draft_joined"
    CASE_RATED = "case_rated"
    DRAFT_WRONG = "draft_wrong"
    DRAFT_CONFIRMED = "draft_confirmed"
    DRAFT_DROPPED = "draft_dropped"
    STAFF_NEEDED = "staff_needed"
    STAFF_HAS_IT = "staff_has_it"
    NOTHING_TO_SAY = "nothing_to_say"


def event_of(heard: Decision) -> Event:
    """The event that a decision is to a conversation."""
    match heard:
        case Emergency():
            return Event.EMERGENCY
        case StopMessages():
            return Event.STOP
        case StartMessages():
            return Event.START
        case GiveHelp() | Greet() | NoteQuestion() | ReportStatus() | Decline():
            return Event.SIDE_QUESTION
        case Answer(then=then):
            return Event.ANSWERED if then is None else event_of(then)
        case AskNeighborhood():
            return Event.NEIGHBORHOOD_MISSING
        case NoteHelped():
            return Event.HELPED
        case AskHowToGoOn():
            return Event.NOT_HELPED
        case ChangeLanguage():
            return Event.LANGUAGE_CHOSEN
        case AskLanguage():
            return Event.LANGUAGE_UNSURE
        case AskProblem():
            return Event.PROBLEM_MISSING
        case AskWhichService():
            return Event.SERVICE_UNSURE
        case AskForPlace():
            return Event.PLACE_MISSING
        case AskWhichPlace():
            return Event.PLACE_UNSURE
        case AskForDetail():
            return Event.DETAIL_MISSING
        case AskToConfirm():
            return Event.DRAFT_COMPLETE
        case AskToJoin():
            return Event.DRAFT_KNOWN
        case JoinCase():
            return Event.DRAFT_JOINED
        case RateCase():
            return Event.CASE_RATED
        case AskWhatToCorrect():
            return Event.DRAFT_WRONG
        case OpenCases():
            return Event.DRAFT_CONFIRMED
        case DropDrafts():
            return Event.DRAFT_DROPPED
        case HandToStaff() | CallAgent():
            return Event.STAFF_NEEDED
        case NoteForStaff():
            return Event.STAFF_HAS_IT
        case StaySilent():
            return Event.NOTHING_TO_SAY
    assert_never(heard)
