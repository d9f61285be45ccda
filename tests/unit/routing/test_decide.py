"""Decisions, read as a table of what was heard and what follows."""

import pytest

from models.understanding import Kind, Understanding
from nlp.message import CommandName, EmergencyKind
from routing.decide import decide
from routing.decision import (
    AskForDetail,
    AskForPlace,
    AskLanguage,
    AskProblem,
    AskToConfirm,
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
    NoteForStaff,
    NoteQuestion,
    OpenCases,
    ReportStatus,
    StartMessages,
    StaySilent,
    StopMessages,
)
from routing.drafts import CaseDraft, Place, Precision, Situation, State
from routing.reasons import ReasonCode
from tests.builders import a_place, said, understood
from tests.small_city import small_city

CITY = small_city()
NEEDS_NO_PLACE = "NOISE"
QUESTIONED = next(code for code, service in CITY.catalog.services.items() if service.questions)
HOLE = (("POTHOLE", 0.9), ("SNOWROAD", 0.05), ("GENERAL", 0.02))
UNSURE = (("POTHOLE", 0.25), ("SNOWROAD", 0.2), ("WATERLEAK", 0.15))
ALONE = (("POTHOLE", 0.25), ("SNOWROAD", 0.01), ("WATERLEAK", 0.0))
LOST = (("POTHOLE", 0.05), ("SNOWROAD", 0.04), ("WATERLEAK", 0.03))


def hole(text: str = "there is a hole in the street") -> Understanding:
    return understood(text, services=HOLE)


def a_draft(service: str = "POTHOLE", place: Place | None = None) -> CaseDraft:
    return CaseDraft(service, "there is a hole", 0.9, place)


def waiting(state: State, *drafts: CaseDraft, **more: object) -> Situation:
    return Situation(state=state, drafts=drafts or (a_draft(),), language="en", **more)  # type: ignore[arg-type]


def reason_codes(decision: Decision) -> list[ReasonCode]:
    return [reason.code for reason in decision.reasons]


def test_nobody_is_asked_to_choose_from_a_list_of_one() -> None:
    decision = decide(understood(services=ALONE), Situation(), CITY)
    assert isinstance(decision, AskForPlace)
    assert ReasonCode.SERVICE_UNSURE in reason_codes(decision)


def test_only_services_that_are_not_far_less_likely_are_offered() -> None:
    two = (("POTHOLE", 0.25), ("SNOWROAD", 0.2), ("WATERLEAK", 0.01))
    decision = decide(understood(services=two), Situation(), CITY)
    assert isinstance(decision, AskWhichService)
    assert decision.options == ("POTHOLE", "SNOWROAD")


@pytest.mark.parametrize(
    ("heard", "situation", "expected"),
    [
        pytest.param(hole(), Situation(), AskForPlace, id="a report without a place"),
        pytest.param(hole(), Situation(places=(a_place(),)), AskToConfirm, id="a report with an address"),
        pytest.param(hole(), Situation(places=(a_place("Adams St", Precision.STREET),)), AskForPlace, id="a street is not enough"),
        pytest.param(understood(services=UNSURE), Situation(), AskWhichService, id="between services"),
        pytest.param(understood(services=LOST), Situation(), AskProblem, id="no idea which service"),
        pytest.param(understood("...", services=HOLE), Situation(has_photo=True), AskProblem, id="only a photo"),
        pytest.param(understood(kind=Kind.INFO, services=LOST), Situation(), NoteQuestion, id="a question"),
        pytest.param(understood(kind=Kind.STATUS, services=LOST), Situation(), ReportStatus, id="asks for news"),
        pytest.param(understood(kind=Kind.AGENT, services=LOST), Situation(), CallAgent, id="wants a person"),
        pytest.param(understood(kind=Kind.GREETING, services=LOST), Situation(), Greet, id="greets"),
        pytest.param(understood(kind=Kind.OTHER, services=LOST), Situation(), Decline, id="out of scope"),
        pytest.param(understood("?", language_confidence=0.2), Situation(), AskProblem, id="nothing said"),
        pytest.param(understood("calle", language_confidence=0.2), Situation(), AskLanguage, id="language unsure"),
        pytest.param(said(CommandName.STOP), Situation(), StopMessages, id="stop"),
        pytest.param(said(CommandName.START), Situation(), StartMessages, id="start"),
        pytest.param(said(CommandName.HELP), Situation(), GiveHelp, id="help"),
        pytest.param(said(CommandName.LANGUAGE, "es"), Situation(), ChangeLanguage, id="names a language"),
        pytest.param(said(CommandName.CHANGE_LANGUAGE), Situation(), AskLanguage, id="wants another language"),
        pytest.param(said(CommandName.YES), Situation(), AskProblem, id="a yes to nothing"),
        pytest.param(said(CommandName.DROP), waiting(State.NEEDS_PLACE), DropDrafts, id="never mind"),
        pytest.param(hole("Main St"), waiting(State.NEEDS_PLACE, places=(a_place(),)), AskToConfirm, id="place given"),
        pytest.param(hole("Main St"), waiting(State.NEEDS_PLACE, places=(a_place("Main St", Precision.STREET),)), AskToConfirm, id="street given when asked"),
        pytest.param(hole("over there"), waiting(State.NEEDS_PLACE, times_asked=1), AskForPlace, id="place not found"),
        pytest.param(hole("over there"), waiting(State.NEEDS_PLACE, times_asked=2), AskToConfirm, id="place not found twice is taken as said"),
        pytest.param(said(CommandName.SKIP), waiting(State.NEEDS_PLACE), AskToConfirm, id="does not know the place"),
        pytest.param(said(CommandName.YES), waiting(State.CONFIRMING), OpenCases, id="yes"),
        pytest.param(said(CommandName.CHOICE, "1"), waiting(State.CONFIRMING), OpenCases, id="1 for yes"),
        pytest.param(said(CommandName.NO), waiting(State.CONFIRMING), AskWhatToCorrect, id="no"),
        pytest.param(said(CommandName.CHOICE, "2"), waiting(State.CONFIRMING), AskWhatToCorrect, id="2 for no"),
        pytest.param(understood("hm", kind=Kind.OTHER, services=LOST), waiting(State.CONFIRMING), AskToConfirm, id="neither yes nor no"),
        pytest.param(said(CommandName.CHOICE, "0"), waiting(State.CORRECTING), DropDrafts, id="0 drops"),
        pytest.param(understood("hm", kind=Kind.OTHER, services=LOST), waiting(State.CORRECTING), HandToStaff, id="correction not understood"),
        pytest.param(understood("hm", confidence=0.1, services=LOST), waiting(State.WITH_STAFF), NoteForStaff, id="a person has it"),
        pytest.param(hole(), Situation(state=State.STOPPED), StaySilent, id="after stop"),
        pytest.param(said(CommandName.YES), Situation(state=State.STOPPED), StartMessages, id="yes after stop opts in"),
        pytest.param(said(CommandName.HELP), Situation(state=State.STOPPED), StaySilent, id="help after stop"),
    ],
)  # fmt: skip
def test_what_follows(heard: Understanding, situation: Situation, expected: type) -> None:
    decision = decide(heard, situation, CITY)
    assert isinstance(decision, expected)
    assert decision.reasons


@pytest.mark.parametrize("state", list(State))
def test_an_emergency_comes_before_everything(state: State) -> None:
    heard = understood("gas!", emergency=EmergencyKind.GAS, kind=Kind.EMERGENCY)
    decision = decide(heard, waiting(state), CITY)
    assert isinstance(decision, Emergency)
    assert decision.kind is EmergencyKind.GAS


def test_the_lowest_confidence_decides_and_is_named() -> None:
    heard = understood(services=HOLE, language_confidence=1.0)
    decision = decide(heard, Situation(speech_confidence=0.1), CITY)
    assert isinstance(decision, AskProblem | AskWhichService)
    assert ReasonCode.SPEECH_UNSURE in reason_codes(decision)


def test_a_service_without_a_place_is_read_back_at_once() -> None:
    heard = understood("loud music all night", services=((NEEDS_NO_PLACE, 0.9), ("GENERAL", 0.05)))
    decision = decide(heard, Situation(), CITY)
    assert isinstance(decision, AskToConfirm | AskForDetail)


def test_a_detail_is_asked_once_and_its_answer_kept() -> None:
    drafts = (a_draft(QUESTIONED, a_place()),)
    first = decide(understood(services=((QUESTIONED, 0.9), ("GENERAL", 0.05))), Situation(places=(a_place(),)), CITY)
    assert isinstance(first, AskForDetail)
    after = decide(understood("blue, about knee high"), waiting(State.NEEDS_DETAIL, *drafts), CITY)
    assert isinstance(after, AskForDetail | AskToConfirm)
    assert after.drafts[0].details[0].answer == "blue, about knee high"


def test_an_unknown_detail_is_skipped() -> None:
    decision = decide(said(CommandName.CHOICE, "0"), waiting(State.NEEDS_DETAIL, a_draft(QUESTIONED, a_place())), CITY)
    assert isinstance(decision, AskForDetail | AskToConfirm)
    assert decision.drafts[0].details[0].answer == ""


def test_a_chosen_service_is_sure() -> None:
    situation = waiting(State.CHOOSING_SERVICE, options=("POTHOLE", "SNOWROAD"))
    decision = decide(said(CommandName.CHOICE, "2"), situation, CITY)
    assert isinstance(decision, AskForPlace)
    assert (decision.drafts[0].service, decision.drafts[0].confidence) == ("SNOWROAD", 1.0)


def test_none_of_the_services_goes_to_a_person_with_the_draft() -> None:
    situation = waiting(State.CHOOSING_SERVICE, options=("POTHOLE", "SNOWROAD"))
    decision = decide(said(CommandName.CHOICE, "3"), situation, CITY)
    assert isinstance(decision, HandToStaff)
    assert decision.drafts


def test_places_of_one_name_are_offered_and_the_choice_is_taken() -> None:
    both = (
        Place("5 Main St", Precision.ADDRESS, neighborhood="North"),
        Place("5 Main St", Precision.ADDRESS, neighborhood="South"),
    )
    asked = decide(hole(), Situation(places=both), CITY)
    assert isinstance(asked, AskWhichPlace)
    taken = decide(said(CommandName.CHOICE, "2"), waiting(State.CHOOSING_PLACE, place_options=both), CITY)
    assert isinstance(taken, AskToConfirm)
    assert taken.drafts[0].place == both[1]


def test_two_sentences_with_two_problems_become_two_drafts_at_one_place() -> None:
    light = understood("and the light is out", services=(("STREETLIGHT", 0.9), ("GENERAL", 0.01)))
    heard = understood("there is a hole. and the light is out", services=HOLE, parts=(hole(), light))
    decision = decide(heard, Situation(places=(a_place(),)), CITY)
    assert isinstance(decision, AskToConfirm)
    assert [draft.service for draft in decision.drafts] == ["POTHOLE", "STREETLIGHT"]
    assert {draft.place for draft in decision.drafts} == {a_place()}


def test_two_sentences_about_one_problem_stay_one_draft() -> None:
    again = understood("cars swerve around it", services=(("POTHOLE", 0.6), ("GENERAL", 0.1)))
    decision = decide(understood(services=HOLE, parts=(hole(), again)), Situation(places=(a_place(),)), CITY)
    assert isinstance(decision, AskToConfirm)
    assert len(decision.drafts) == 1


def test_a_correction_replaces_the_service_and_keeps_both_texts() -> None:
    heard = understood("no, the light is out", services=(("STREETLIGHT", 0.9), ("GENERAL", 0.01)))
    decision = decide(heard, waiting(State.CONFIRMING, a_draft(place=a_place())), CITY)
    assert isinstance(decision, AskToConfirm)
    (draft,) = decision.drafts
    assert draft.service == "STREETLIGHT"
    assert draft.description == "there is a hole\nno, the light is out"
    assert draft.place == a_place()


def test_a_correction_replaces_the_place() -> None:
    heard = understood("no, 7 Main St", kind=Kind.OTHER, services=LOST)
    decision = decide(heard, waiting(State.CONFIRMING, a_draft(place=a_place()), places=(a_place("7 Main St"),)), CITY)
    assert isinstance(decision, AskToConfirm)
    assert decision.drafts[0].place == a_place("7 Main St")
