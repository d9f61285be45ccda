"""A step of the conversation becomes words: phrases, names from the pack, and the choices of a closed question."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from channels.messages import Channel, Choice, Reply
from intake.casework.cases import Case
from intake.conversation import Conversation, Step
from intake.dates import write_date
from intake.knowledge.facts import fill_in
from intake.speaker import Speaker
from nlp.message import EmergencyKind
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
from routing.drafts import CaseDraft, State
from routing.knowledge import Knowledge

_CASES_TOLD = 3


@dataclass(frozen=True)
class Told:
    """What a reply speaks of besides the step: the cases just opened, or those that a status answer names."""

    cases: tuple[Case, ...] = ()
    has_new_photo: bool = False


def speak(speaker: Speaker, step: Step, language: str, channel: Channel, told: Told, knowledge: Knowledge) -> tuple[Reply, ...]:
    """Return what is said in `language`; empty where the conversation is silent."""
    if not step.speaks:
        return ()
    voice = _Voice(speaker, language, knowledge, is_spoken=channel is Channel.VOICE)
    reply = voice.answer(step, told)
    return () if reply is None else (reply,)


class _Voice:
    """One reply in one language."""

    def __init__(self, speaker: Speaker, language: str, knowledge: Knowledge, *, is_spoken: bool) -> None:
        self._knowledge = knowledge
        self._speaker = speaker
        self._language = language
        self._catalog = speaker.city.catalog
        self._is_spoken = is_spoken

    def answer(self, step: Step, told: Told) -> Reply | None:
        match step.decision:
            case Emergency(kind=kind):
                return self._plain(_emergency_phrase(kind))
            case StopMessages():
                return self._plain("stopped")
            case StartMessages():
                return self._plain("started")
            case GiveHelp():
                return self._plain("help")
            case ChangeLanguage():
                return self._in_new_language(step.conversation)
            case Greet(is_thanks=is_thanks):
                return self._plain("thanks-reply" if is_thanks else "welcome")
            case Answer() as answer:
                return self._article(answer, step, told)
            case NoteHelped():
                phrase = "voice-goodbye" if self._is_spoken else "helped-thanks"
                return replace(self._plain(phrase), ends_call=self._is_spoken)
            case NoteQuestion():
                return self._plain("question-noted")
            case ReportStatus(number=number):
                return self._status(number, told.cases)
            case CallAgent():
                return self._plain("voice-person" if self._is_spoken else "agent-called")
            case HandToStaff():
                return self._plain("handed-to-staff")
            case NoteForStaff():
                return self._plain("still-with-staff")
            case Decline():
                return self._plain("out-of-scope")
            case DropDrafts():
                return self._plain("draft-dropped")
            case AskToJoin():
                return self._join(told)
            case JoinCase(case_number=number):
                return replace(self._plain("joined", number=number), ends_call=self._is_spoken)
            case RateCase(is_fixed=is_fixed):
                is_open = any(case.is_open for case in told.cases)
                return self._plain("fixed-thanks" if is_fixed else "reopened-thanks" if is_open else "handed-to-staff")
            case OpenCases():
                return self._opened(told.cases)
            case StaySilent():
                return None
            case (
                AskLanguage()
                | AskProblem()
                | AskWhichService()
                | AskForPlace()
                | AskWhichPlace()
                | AskForDetail()
                | AskToConfirm()
                | AskWhatToCorrect()
                | AskNeighborhood()
                | AskHowToGoOn()
            ):
                return self._with_thanks_for_photo(self._question(step.conversation), told)
        assert_never(step.decision)

    def _question(self, conversation: Conversation) -> Reply:
        """The open question of a conversation, as it stands."""
        match conversation.state:
            case State.CHOOSING_LANGUAGE:
                languages = [self._speaker.language_name(code) for code in conversation.options]
                return self._closed(self._say("ask-language"), languages)
            case State.CHOOSING_SERVICE:
                names = [self._catalog.service_name(code, self._language) for code in conversation.options]
                return self._closed(self._say("ask-service"), [*names, self._say("none-of-these")])
            case State.NEEDS_PLACE:
                return self._place_question(conversation)
            case State.CHOOSING_PLACE:
                places = [place.with_neighborhood() for place in conversation.place_options]
                return self._closed(self._say("ask-place-choice"), [*places, self._say("none-of-these")])
            case State.NEEDS_DETAIL:
                return self._detail_question(conversation)
            case State.CONFIRMING:
                return self._read_back(conversation.drafts)
            case State.CORRECTING:
                return self._reply(self._say("ask-correction"), [("0", self._say("choice-drop"))])
            case State.DESCRIBING:
                return self._plain("ask-problem")
            case State.ANSWERED:
                return self._reply(
                    self._say("answer-helped"), [("1", self._say("choice-helped")), ("2", self._say("choice-not-helped"))]
                )
            case State.NEEDS_NEIGHBORHOOD:
                return self._plain("ask-neighborhood")
            case State.CHOOSING_WAY_ON:
                names = [self._catalog.service_name(code, self._language) for code in conversation.options]
                reports = [self._say("choice-report", service=name) for name in names]
                return self._closed(
                    self._say("ask-how-to-go-on"), [*reports, self._say("choice-person"), self._say("choice-nothing")]
                )
            case _:
                return self._plain("welcome")

    def _article(self, answer: Answer, step: Step, told: Told) -> Reply:
        """An article's text with its link, and after it what is asked: whether it helped, or what was open before."""
        article = self._knowledge.articles[answer.article]
        raw, served = article.answer_in(self._language, answer.variant)
        text = fill_in(raw, self._knowledge.source.facts, self._speaker.city.phone, served)
        if served != self._language:
            text = f"{self._say('answer-only-english')} {text}"
        follow = self._after_article(answer, step, told)
        if follow is not None:
            text = f"{text}{' ' if self._is_spoken else chr(10)}{follow.text}"
        links = (self._speaker.help_link(article.id, self._language), *(follow.links if follow else ()))
        return Reply(text, self._language, follow.choices if follow else (), links)

    def _after_article(self, answer: Answer, step: Step, told: Told) -> Reply | None:
        if answer.then is not None:
            return self.answer(replace(step, decision=answer.then), told)
        match step.conversation.state:
            case State.ANSWERED:
                return self._question(step.conversation)
            case State.READY | State.CLOSED_ASKED | State.WITH_STAFF | State.STOPPED:
                return None
            case _:
                question = self._question(step.conversation)
                return replace(question, text=f"{self._say('back-to-report')} {question.text}")

    def _place_question(self, conversation: Conversation) -> Reply:
        if conversation.question is not None and conversation.question.times > 1:
            return self._plain("ask-place-again", example=self._speaker.city.address_example)
        waiting = [draft for draft in conversation.drafts if draft.place is None] or list(conversation.drafts)
        names = [self._catalog.service_name(draft.service, self._language) for draft in waiting]
        return self._plain("ask-place", service=" + ".join(names))

    def _detail_question(self, conversation: Conversation) -> Reply:
        for draft in conversation.drafts:
            question = draft.next_question(self._catalog.services[draft.service])
            if question is not None:
                text = self._catalog.question(question, self._language)
                return self._reply(text, [("0", self._say("choice-skip"))])
        return self._read_back(conversation.drafts)

    def _read_back(self, drafts: Sequence[CaseDraft]) -> Reply:
        parts = [self._describe(draft) for draft in drafts]
        cases = "; ".join(parts) if len(parts) == 1 else "; ".join(f"{i}) {part}" for i, part in enumerate(parts, 1))
        if self._is_spoken:
            return self._reply(self._say("voice-read-back", cases=cases), self._yes_no(), has_spoken_choices=True)
        intro = f"{self._say('two-problems')} " if len(parts) > 1 else ""
        return self._reply(intro + self._say("read-back", cases=cases), self._yes_no())

    def _join(self, told: Told) -> Reply:
        case = told.cases[0]
        service = self._catalog.service_name(case.service, self._language)
        date = write_date(case.opened_at, self._language, self._speaker.city.timezone)
        text = self._say("ask-join", service=service, place=case.place, date=date)
        return self._closed(text, [self._say("choice-same"), self._say("choice-other")])

    def _yes_no(self) -> list[tuple[str, str]]:
        return [("1", self._say("choice-right")), ("2", self._say("choice-change"))]

    def _describe(self, draft: CaseDraft) -> str:
        service = self._catalog.service_name(draft.service, self._language)
        if draft.place is None:
            return self._say("read-back-case-no-place", service=service)
        return self._say("read-back-case", service=service, place=draft.place.with_neighborhood())

    def _opened(self, cases: Sequence[Case]) -> Reply:
        if self._is_spoken:
            told = [self._say("voice-case-number", number=" ".join(case.number.replace("-", ""))) for case in cases]
            text = " ".join([*told, self._say("voice-text-follows"), self._say("voice-goodbye")])
            return self._reply(text, [])
        text = " ".join([*map(self._opened_line, cases), self._say("case-opened-later")])
        return Reply(text, self._language, links=tuple(self._speaker.status_link(case) for case in cases))

    def _status(self, number: str | None, cases: Sequence[Case]) -> Reply:
        if not cases and number is not None:
            return self._plain("status-not-found", number=number)
        if not cases:
            return self._plain("status-none")
        shown = cases[:_CASES_TOLD]
        text = "\n".join(self._speaker.state_of_case(self._language, case) for case in shown)
        return Reply(text, self._language, links=tuple(self._speaker.status_link(case) for case in shown))

    def _opened_line(self, case: Case) -> str:
        return self._speaker.say_of_case(self._language, "case-opened" if case.place else "case-opened-no-place", case)

    def _in_new_language(self, conversation: Conversation) -> Reply:
        changed = self._say("language-changed")
        if conversation.state in (State.READY, State.CLOSED_ASKED, State.WITH_STAFF, State.STOPPED):
            return self._reply(f"{changed} {self._say('greeting-again')}", [])
        question = self._question(conversation)
        return Reply(f"{changed} {question.text}", self._language, question.choices)

    def _with_thanks_for_photo(self, reply: Reply, told: Told) -> Reply:
        if not told.has_new_photo:
            return reply
        return Reply(f"{self._say('photo-received')} {reply.text}", reply.language, reply.choices, reply.links)

    def _closed(self, text: str, labels: Sequence[str]) -> Reply:
        return self._reply(text, [(str(number), label) for number, label in enumerate(labels, 1)])

    def _plain(self, phrase: str, **values: str) -> Reply:
        return self._reply(self._say(phrase, **values), [])

    def _reply(self, text: str, choices: Sequence[tuple[str, str]], *, has_spoken_choices: bool = False) -> Reply:
        if self._is_spoken and not has_spoken_choices:
            spoken = [self._say("voice-press", choice=label, digit=value) for value, label in choices]
            text = " ".join([text, *spoken])
        return Reply(text, self._language, tuple(Choice(value, label) for value, label in choices))

    def _say(self, phrase: str, **values: str) -> str:
        return self._speaker.say(self._language, phrase, **values)


def _emergency_phrase(kind: EmergencyKind) -> str:
    match kind:
        case EmergencyKind.SUICIDE:
            return "emergency-988"
        case EmergencyKind.GAS:
            return "emergency-gas"
        case _:
            return "emergency-911"
