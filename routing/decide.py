"""An understanding and the known facts become one decision: rules read from the most urgent to the last resort."""

from collections.abc import Callable
from dataclasses import replace

from models.understanding import Kind, Understanding
from nlp.message import CommandName
from routing.answers import answer_question, beside, chosen_way_on, given_neighborhood, helped, reported_beside, side_question
from routing.city import City
from routing.closed_cases import rated
from routing.decision import (
    AskForPlace,
    AskLanguage,
    AskProblem,
    AskToConfirm,
    AskWhatToCorrect,
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
    OpenCases,
    ReportStatus,
    StartMessages,
    StaySilent,
    StopMessages,
)
from routing.drafts import CaseDraft, Detail, Place, Precision, Situation, State
from routing.problems import Confidence, confidence_in, letters_besides_places, nothing_said, plausible_services, problems_in
from routing.reasons import Reason, ReasonCode
from routing.said import choice, choice_index, rest, says
from routing.steps import everywhere, next_step, open_question, place_drafts, placed

# "no, it is at …" is about the place; "no, the light is out" is about the problem.
_LETTERS_OF_A_PROBLEM = 10

Rule = Callable[[Understanding, Situation, City], Decision | None]


def decide(understanding: Understanding, situation: Situation, city: City) -> Decision:
    """Return the first decision that a rule makes; pure, total, and never without a reason."""
    for rule in _RULES:
        decision = rule(understanding, situation, city)
        if decision is not None:
            return decision
    return HandToStaff(situation.drafts, (Reason(ReasonCode.NOT_UNDERSTOOD),))


def _emergency(u: Understanding, s: Situation, city: City) -> Decision | None:
    if u.emergency is None:
        return None
    rule = u.message.emergency
    reason = Reason(ReasonCode.RULE, rule.words) if rule else Reason(ReasonCode.MODEL, u.kind, u.confidence)
    return Emergency(u.emergency, (reason,))


def _after_stop(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.STOPPED:
        return None
    command = u.message.command
    # Carriers take YES for an opt-in too, so it must mean the same here.
    if command is not None and command.name in (CommandName.START, CommandName.YES) and not command.rest:
        return StartMessages((Reason(ReasonCode.COMMAND, command.name),))
    return StaySilent((Reason(ReasonCode.OPTED_OUT),))


def _order(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Orders are obeyed whatever was asked before."""
    command = u.message.command
    if command is None:
        return None
    reasons = (Reason(ReasonCode.COMMAND, command.name),)
    match command.name:
        case CommandName.STOP:
            return StopMessages(reasons)
        case CommandName.START:
            return StartMessages(reasons)
        case CommandName.HELP:
            return GiveHelp(reasons)
        case CommandName.AGENT:
            return CallAgent(reasons)
        case CommandName.STATUS:
            return ReportStatus(command.argument, reasons)
        case CommandName.CHANGE_LANGUAGE:
            return AskLanguage(city.languages, reasons)
        case CommandName.LANGUAGE if command.argument in city.languages:
            return ChangeLanguage(command.argument, reasons)
        case CommandName.DROP if s.drafts:
            return DropDrafts(reasons)
        case _:
            return None


def _chosen_language(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.CHOOSING_LANGUAGE or (chosen := choice(u, s.options)) is None:
        return None
    return ChangeLanguage(chosen, (Reason(ReasonCode.COMMAND, "choice"),))


def _chosen_service(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.CHOOSING_SERVICE:
        return None
    names = {city.catalog.service_name(code, s.language or "en").casefold(): code for code in s.options}
    code = choice(u, s.options) or names.get(u.message.text.casefold())
    if code is not None:
        drafts = tuple(replace(d, service=code, confidence=1.0) if d.service in s.options else d for d in s.drafts)
        return next_step(placed(drafts, s.places), city, (Reason(ReasonCode.CONFIRMED, code),))
    if says(u, CommandName.NO) or says(u, CommandName.CHOICE) or says(u, CommandName.SKIP):
        return HandToStaff(s.drafts, (Reason(ReasonCode.NO_SERVICE_FITS),))
    return None


def _chosen_place(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.CHOOSING_PLACE:
        return None
    index = choice_index(u)
    if index is not None and index < len(s.place_options):
        drafts = everywhere(s.drafts, s.place_options[index])
        return next_step(drafts, city, (Reason(ReasonCode.CONFIRMED, "place"),))
    if index is not None or says(u, CommandName.NO):
        return AskForPlace(s.drafts, True, (Reason(ReasonCode.PLACE_NOT_FOUND),))
    return _given_place(u, replace(s, state=State.NEEDS_PLACE), city)


def _given_place(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.NEEDS_PLACE:
        return None
    if s.places:
        return place_drafts(s.drafts, s, city)
    if says(u, CommandName.SKIP) or choice_index(u) == -1:
        drafts = tuple(replace(draft, is_place_skipped=draft.place is None) for draft in s.drafts)
        return next_step(drafts, city, (Reason(ReasonCode.PLACE_NOT_FOUND),))
    if not u.message.text.strip():
        return AskForPlace(s.drafts, True, (Reason(ReasonCode.NOTHING_SAID),))
    # Words that no map knows still tell a crew more than nothing, so after one more try they are taken as they are.
    if s.times_asked >= city.policy.times_asked or any(c.isdigit() for c in u.message.original):
        place = Place(u.message.original.strip()[:200], Precision.TEXT)
        return next_step(everywhere(s.drafts, place), city, (Reason(ReasonCode.PLACE_NOT_FOUND, place.text),))
    return AskForPlace(s.drafts, True, (Reason(ReasonCode.PLACE_NOT_FOUND, u.message.original[:80]),))


def _given_detail(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.NEEDS_DETAIL or not s.drafts:
        return None
    index, question = open_question(s.drafts, city)
    if question is None:
        return next_step(s.drafts, city, (Reason(ReasonCode.COMPLETE),))
    is_skipped = says(u, CommandName.SKIP) or choice_index(u) == -1
    detail = Detail(question, "" if is_skipped else u.message.original.strip()[:500])
    draft = replace(s.drafts[index], details=(*s.drafts[index].details, detail))
    drafts = (*s.drafts[:index], draft, *s.drafts[index + 1 :])
    return next_step(drafts, city, (Reason(ReasonCode.COMPLETE, question),))


def _confirmation(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.CONFIRMING:
        return None
    index = choice_index(u)
    if (says(u, CommandName.YES) and not rest(u)) or index == 0:
        return OpenCases(s.drafts, (Reason(ReasonCode.CONFIRMED),))
    if index == -1:
        return DropDrafts((Reason(ReasonCode.COMMAND, "drop"),))
    if index is not None or (says(u, CommandName.NO) and not rest(u)):
        return AskWhatToCorrect(s.drafts, (Reason(ReasonCode.CORRECTED),))
    return _corrected(u, s, city) or AskToConfirm(s.drafts, (Reason(ReasonCode.NOT_UNDERSTOOD),))


def _joining(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Hear whether a report is the case that is open nearby; anything else is heard as an answer to the read-back."""
    if s.state is not State.JOINING:
        return None
    index = choice_index(u)
    if (says(u, CommandName.YES) and not rest(u)) or index == 0:
        return JoinCase(s.options[0], (Reason(ReasonCode.CONFIRMED, s.options[0]),))
    drafts = tuple(replace(draft, is_another=True) for draft in s.drafts)
    if index is not None or (says(u, CommandName.NO) and not rest(u)):
        return AskToConfirm(drafts, (Reason(ReasonCode.CORRECTED),))
    return _corrected(u, s, city) or AskToConfirm(drafts, (Reason(ReasonCode.NOT_UNDERSTOOD),))


def _correction(u: Understanding, s: Situation, city: City) -> Decision | None:
    if s.state is not State.CORRECTING:
        return None
    if choice_index(u) == -1 or (says(u, CommandName.NO) and not rest(u)):
        return DropDrafts((Reason(ReasonCode.COMMAND, "drop"),))
    if says(u, CommandName.YES) and not rest(u):
        return AskToConfirm(s.drafts, (Reason(ReasonCode.NOT_UNDERSTOOD),))
    return _corrected(u, s, city) or HandToStaff(s.drafts, (Reason(ReasonCode.NOT_UNDERSTOOD),))


def _corrected(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Take a place, a service or both from a correction; None where it holds neither."""
    drafts = s.drafts
    sure = confidence_in(u, s, city)
    says_more = letters_besides_places(u) >= _LETTERS_OF_A_PROBLEM
    is_another = says_more and u.kind is Kind.SERVICE and sure.is_enough and len(drafts) == 1 and sure.code != drafts[0].service
    if is_another:
        # Both texts stay with the case: the first may hold what the correction takes for granted.
        both = f"{drafts[0].description}\n{u.message.original}"
        drafts = (replace(drafts[0], service=sure.code, confidence=sure.value, details=(), description=both),)
    if s.places:
        return place_drafts(tuple(replace(draft, place=None) for draft in drafts), s, city)
    return next_step(drafts, city, (Reason(ReasonCode.CORRECTED),)) if is_another else None


def _unsure_language(u: Understanding, s: Situation, city: City) -> Decision | None:
    language = u.message.language
    if s.language is not None or language.confidence >= city.policy.language_confidence:
        return None
    options = (language.code, *(guess.code for guess in language.alternatives))
    offered = tuple(code for code in options if code in city.languages)[: city.policy.choices_offered]
    return AskLanguage(offered, (Reason(ReasonCode.LANGUAGE_UNSURE, language.code, language.confidence),))


def _by_kind(u: Understanding, s: Situation, city: City) -> Decision | None:
    reasons = (Reason(ReasonCode.MODEL, u.kind, u.confidence),)
    if s.state is State.WITH_STAFF and u.confidence < city.policy.opens_at(u.message.language.code):
        return NoteForStaff((Reason(ReasonCode.STAFF_HAS_IT),))
    report = reported_beside(u, s, city)
    if report is not None:
        return beside(_service(report, s, city), u, s, city)
    match u.kind:
        case Kind.SERVICE:
            return beside(_service(u, s, city), u, s, city)
        case Kind.INFO:
            return answer_question(u, s, city)
        case Kind.STATUS:
            return ReportStatus(None, reasons)
        case Kind.AGENT:
            return CallAgent(reasons)
        case Kind.GREETING:
            command = u.message.command
            return Greet(command is not None and command.name is CommandName.THANKS, reasons)
        case Kind.OTHER:
            return Decline(reasons)
        case _:
            # A yes, a number or a "skip" to a question that nobody asked.
            return AskProblem(s.drafts, (Reason(ReasonCode.NOTHING_SAID),))


def _service(u: Understanding, s: Situation, city: City) -> Decision:
    problems = problems_in(u, city.policy)
    if len(problems) > 1:
        drafts = tuple(_draft(part, confidence_in(part, s, city)) for part in problems)
        return place_drafts(drafts, s, city, (Reason(ReasonCode.TWO_PROBLEMS),))
    sure = confidence_in(u, s, city)
    draft = _draft(u, sure)
    if sure.is_enough:
        return place_drafts((draft,), s, city, sure.reasons)
    drafts = placed((draft,), s.places)
    if sure.value >= city.policy.ask_confidence and s.state is not State.CHOOSING_SERVICE:
        options = plausible_services(u, city.policy)
        if len(options) == 1:
            # What is in doubt is whether it is a report at all; the read-back asks that, and better than a list of one.
            return place_drafts((draft,), s, city, sure.reasons)
        return AskWhichService(drafts, options, (*sure.reasons, Reason(ReasonCode.BETWEEN_SERVICES, "|".join(options))))
    if s.state in (State.READY, State.ANSWERED, State.CLOSED_ASKED, State.WITH_STAFF):
        return AskProblem(drafts, sure.reasons)
    return HandToStaff(drafts, sure.reasons)


def _draft(u: Understanding, sure: Confidence) -> CaseDraft:
    return CaseDraft(sure.code, u.message.original, sure.value)


# Read top to bottom: life first, then the law on opt-outs, then orders, then the answer to our own question, then news.
_RULES: tuple[Rule, ...] = (
    _emergency,
    _after_stop,
    _order,
    _chosen_language,
    rated,
    helped,
    chosen_way_on,
    given_neighborhood,
    side_question,
    _chosen_service,
    _chosen_place,
    _given_place,
    _given_detail,
    _confirmation,
    _joining,
    _correction,
    nothing_said,
    _unsure_language,
    _by_kind,
)
