"""Decisions: a closed union of what can follow from a message, each with the reasons that led to it."""

from dataclasses import dataclass

from nlp.message import EmergencyKind
from routing.drafts import CaseDraft, Place
from routing.reasons import Reasons


@dataclass(frozen=True)
class Emergency:
    """Answer with the fixed call-911 words, alert staff."""

    kind: EmergencyKind
    reasons: Reasons


@dataclass(frozen=True)
class StopMessages:
    """Honour an opt-out."""

    reasons: Reasons


@dataclass(frozen=True)
class StartMessages:
    """Honour an opt-in."""

    reasons: Reasons


@dataclass(frozen=True)
class GiveHelp:
    """Say who we are and what can be done."""

    reasons: Reasons


@dataclass(frozen=True)
class ChangeLanguage:
    """Go on in another language."""

    language: str
    reasons: Reasons


@dataclass(frozen=True)
class AskLanguage:
    """Ask which of `options` (BCP 47 codes) to use."""

    options: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True)
class Greet:
    """Answer a greeting or thanks."""

    is_thanks: bool
    reasons: Reasons


@dataclass(frozen=True)
class Answer:
    """Answer with an article; `then` is what follows from the rest of the message, a report beside the question."""

    article: str
    variant: str | None
    confidence: float
    then: "Decision | None"
    reasons: Reasons


@dataclass(frozen=True)
class AskNeighborhood:
    """The answer depends on where: ask once."""

    article: str
    reasons: Reasons


@dataclass(frozen=True)
class NoteHelped:
    """The resident says that the answer helped."""

    article: str
    reasons: Reasons


@dataclass(frozen=True)
class AskHowToGoOn:
    """The answer did not help: offer a report of one of `options` (service codes), a person, or nothing."""

    article: str
    options: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True)
class NoteQuestion:
    """A question that no article answers: a person will."""

    reasons: Reasons


@dataclass(frozen=True)
class ReportStatus:
    """Tell about the case with `number`, or the sender's latest ones."""

    number: str | None
    reasons: Reasons


@dataclass(frozen=True)
class CallAgent:
    """The resident wants a person."""

    reasons: Reasons


@dataclass(frozen=True)
class Decline:
    """Say kindly that this is nothing the city's 311 does."""

    reasons: Reasons


@dataclass(frozen=True)
class AskProblem:
    """Ask what is wrong: there was a photo, a place or nothing."""

    drafts: tuple[CaseDraft, ...]
    reasons: Reasons


@dataclass(frozen=True)
class AskWhichService:
    """One closed question between services; "none of these" is always offered too."""

    drafts: tuple[CaseDraft, ...]
    options: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True)
class AskForPlace:
    """Ask where; `is_again` when an answer led nowhere."""

    drafts: tuple[CaseDraft, ...]
    is_again: bool
    reasons: Reasons


@dataclass(frozen=True)
class AskWhichPlace:
    """Several places fit the words; ask which."""

    drafts: tuple[CaseDraft, ...]
    options: tuple[Place, ...]
    reasons: Reasons


@dataclass(frozen=True)
class AskForDetail:
    """Ask one follow-up question of a draft's service."""

    drafts: tuple[CaseDraft, ...]
    question: str
    reasons: Reasons


@dataclass(frozen=True)
class AskToConfirm:
    """Read the drafts back before they become cases."""

    drafts: tuple[CaseDraft, ...]
    reasons: Reasons


@dataclass(frozen=True)
class AskToJoin:
    """The same problem is an open case nearby: ask whether it is the same, before a copy is opened."""

    drafts: tuple[CaseDraft, ...]
    case_number: str
    reasons: Reasons


@dataclass(frozen=True)
class JoinCase:
    """Add the resident to a case that is open already."""

    case_number: str
    reasons: Reasons


@dataclass(frozen=True)
class RateCase:
    """The resident says whether their closed case is fixed; one that is not is opened again."""

    case_number: str
    is_fixed: bool
    reasons: Reasons


@dataclass(frozen=True)
class AskWhatToCorrect:
    """The read-back was wrong; ask what to change."""

    drafts: tuple[CaseDraft, ...]
    reasons: Reasons


@dataclass(frozen=True)
class OpenCases:
    """Open a case for each draft."""

    drafts: tuple[CaseDraft, ...]
    reasons: Reasons


@dataclass(frozen=True)
class DropDrafts:
    """Forget the drafts: the resident does not want them."""

    reasons: Reasons


@dataclass(frozen=True)
class HandToStaff:
    """A person reads on; the drafts go along."""

    drafts: tuple[CaseDraft, ...]
    reasons: Reasons


@dataclass(frozen=True)
class NoteForStaff:
    """A person already has this conversation; the message is added to what they read."""

    reasons: Reasons


@dataclass(frozen=True)
class StaySilent:
    """Say nothing: the resident opted out."""

    reasons: Reasons


Decision = (
    Emergency
    | StopMessages
    | StartMessages
    | GiveHelp
    | ChangeLanguage
    | AskLanguage
    | Greet
    | Answer
    | AskNeighborhood
    | NoteHelped
    | AskHowToGoOn
    | NoteQuestion
    | ReportStatus
    | CallAgent
    | Decline
    | AskProblem
    | AskWhichService
    | AskForPlace
    | AskWhichPlace
    | AskForDetail
    | AskToConfirm
    | AskToJoin
    | JoinCase
    | RateCase
    | AskWhatToCorrect
    | OpenCases
    | DropDrafts
    | HandToStaff
    | NoteForStaff
    | StaySilent
)
