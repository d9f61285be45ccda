"""Questions and answers, read as a table of what was heard and what follows."""

from dataclasses import replace
from datetime import date

import pytest

from models.understanding import ArticleScore, Kind, Understanding
from nlp.message import CommandName, NamedDay, Weekday
from routing.article_files import read_articles
from routing.decide import decide
from routing.decision import (
    Answer,
    AskForPlace,
    AskHowToGoOn,
    AskNeighborhood,
    CallAgent,
    Decision,
    DropDrafts,
    NoteHelped,
    NoteQuestion,
)
from routing.drafts import CaseDraft, Place, Precision, Situation, State
from tests.builders import a_place, said, understood
from tests.small_city import small_city

CITY = small_city()
ARTICLES = read_articles(CITY).articles
SHORE = Place("Harborside", Precision.AREA, 41.7, -70.9, "Harborside")
MISSED = (("TRASHMISS", 0.9), ("GENERAL", 0.02))


def asks(article: str, sure: float = 0.9, text: str = "a question?", **more: object) -> Understanding:
    heard = understood(text, kind=Kind.INFO, confidence=0.95, services=MISSED)
    return replace(heard, articles=(ArticleScore(article, sure, sure),), **more)  # type: ignore[arg-type]


def situation(state: State = State.READY, **more: object) -> Situation:
    known = {"language": "en", "articles": ARTICLES, "today": date(2026, 7, 6)}
    return Situation(state=state, **(known | more))  # type: ignore[arg-type]


def answered(article: str, **more: object) -> Situation:
    return situation(State.ANSWERED, article=article, asked="when is it?", **more)


def article_of(decision: Decision) -> str:
    assert isinstance(decision, Answer)
    return decision.article


def test_a_sure_article_answers() -> None:
    decision = decide(asks("dog-license"), situation(), CITY)
    assert isinstance(decision, Answer)
    assert (decision.article, decision.variant, decision.then) == ("dog-license", None, None)


@pytest.mark.parametrize("heard", [asks("dog-license", 0.2), asks("no-such-article"), replace(asks("dog-license"), articles=())])
def test_an_unsure_or_unknown_article_leaves_the_question_to_a_person(heard: Understanding) -> None:
    assert isinstance(decide(heard, situation(), CITY), NoteQuestion)


def test_the_season_chooses_the_variant() -> None:
    winter = decide(asks("beach-sticker"), situation(today=date(2026, 1, 5)), CITY)
    assert isinstance(winter, Answer)
    assert winter.variant == "winter"


def test_the_named_day_chooses_the_variant() -> None:
    heard = asks("town-hall-hours")
    on_friday = replace(heard, message=replace(heard.message, day=NamedDay(Weekday.FRIDAY)))
    decision = decide(on_friday, situation(), CITY)
    assert isinstance(decision, Answer)
    assert decision.variant == "closed"


def test_the_neighborhood_is_asked_for_and_then_answers() -> None:
    assert isinstance(decide(asks("trash-day"), situation(), CITY), AskNeighborhood)
    named = decide(asks("trash-day"), situation(places=(SHORE,)), CITY)
    assert isinstance(named, Answer)
    assert named.variant == "shore"
    waiting = situation(State.NEEDS_NEIGHBORHOOD, article="trash-day", places=(SHORE,))
    told = decide(understood("Harborside", kind=Kind.OTHER), waiting, CITY)
    assert isinstance(told, Answer)
    assert (told.article, told.variant) == ("trash-day", "shore")


def test_an_unknown_neighborhood_gets_the_answer_for_all() -> None:
    waiting = situation(State.NEEDS_NEIGHBORHOOD, article="trash-day")
    decision = decide(understood("by the river", kind=Kind.OTHER), waiting, CITY)
    assert isinstance(decision, Answer)
    assert decision.variant is None


def test_another_question_is_answered_instead_of_the_neighborhood() -> None:
    waiting = situation(State.NEEDS_NEIGHBORHOOD, article="trash-day")
    assert article_of(decide(asks("dog-license"), waiting, CITY)) == "dog-license"


@pytest.mark.parametrize("heard", [said(CommandName.YES), said(CommandName.CHOICE, "1"), said(CommandName.THANKS)])
def test_a_yes_notes_that_it_helped(heard: Understanding) -> None:
    assert isinstance(decide(heard, answered("dog-license"), CITY), NoteHelped)


@pytest.mark.parametrize("heard", [said(CommandName.NO), said(CommandName.CHOICE, "2")])
def test_a_no_offers_the_related_reports(heard: Understanding) -> None:
    decision = decide(heard, answered("trash-day"), CITY)
    assert isinstance(decision, AskHowToGoOn)
    assert decision.options == ("TRASHMISS",)


@pytest.mark.parametrize(
    ("heard", "follows"),
    [
        (said(CommandName.CHOICE, "1"), AskForPlace),
        (said(CommandName.CHOICE, "2"), CallAgent),
        (said(CommandName.YES), CallAgent),
        (said(CommandName.CHOICE, "3"), DropDrafts),
        (said(CommandName.CHOICE, "9"), DropDrafts),
        (said(CommandName.NO), DropDrafts),
    ],
)
def test_after_no_a_case_a_person_or_nothing(heard: Understanding, follows: type[Decision]) -> None:
    waiting = situation(State.CHOOSING_WAY_ON, article="trash-day", asked="when is it?", options=("TRASHMISS",))
    decision = decide(heard, waiting, CITY)
    assert isinstance(decision, follows)
    if isinstance(decision, AskForPlace):
        assert decision.drafts == (CaseDraft("TRASHMISS", "when is it?", 1.0),)


def test_a_new_report_after_an_answer_is_a_report() -> None:
    assert isinstance(decide(understood(services=MISSED), answered("trash-day"), CITY), AskForPlace)


def test_a_clear_question_is_answered_beside_what_is_being_collected() -> None:
    waiting = situation(State.NEEDS_PLACE, drafts=(CaseDraft("TRASHMISS", "missed", 0.9),))
    assert article_of(decide(asks("dog-license"), waiting, CITY)) == "dog-license"


def test_a_place_is_no_side_question_even_where_it_sounds_like_one() -> None:
    waiting = situation(State.NEEDS_PLACE, drafts=(CaseDraft("TRASHMISS", "missed", 0.9),), places=(a_place(),))
    assert not isinstance(decide(asks("dog-license"), waiting, CITY), Answer)


def test_a_report_that_also_asks_gets_both() -> None:
    report = understood("the trash was not taken.", services=MISSED)
    question = asks("town-hall-hours", text="when do you open?")
    heard = replace(report, parts=(report, question), articles=question.articles)
    decision = decide(heard, situation(), CITY)
    assert isinstance(decision, Answer)
    assert isinstance(decision.then, AskForPlace)


def test_a_question_with_a_report_in_it_gets_both() -> None:
    report = understood("the trash was not taken.", services=MISSED)
    heard = replace(asks("town-hall-hours"), parts=(report, understood("when?", kind=Kind.OTHER)))
    decision = decide(heard, situation(), CITY)
    assert isinstance(decision, Answer)
    assert isinstance(decision.then, AskForPlace)
    assert decision.then.drafts[0].service == "TRASHMISS"


def test_a_question_that_leans_on_its_report_gets_both_though_it_is_none_by_itself() -> None:
    report = understood("the trash was not taken", services=MISSED)
    leaning = understood("when do you come?", kind=Kind.OTHER)
    heard = understood("the trash was not taken, when do you come?", kind=Kind.STATUS, services=MISSED, parts=(report, leaning))
    heard = replace(heard, articles=(ArticleScore("town-hall-hours", 0.01, 0.8),))
    decision = decide(heard, situation(), CITY)
    assert isinstance(decision, Answer)
    assert isinstance(decision.then, AskForPlace)


def test_a_sentence_torn_from_a_report_has_to_be_surer() -> None:
    report = understood("the trash was not taken.", services=MISSED)
    torn = asks("dog-license", 0.3, text="who pays for that?")
    assert isinstance(decide(replace(report, parts=(report, torn)), situation(), CITY), AskForPlace)
