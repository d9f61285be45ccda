"""What holds for every conversation, whatever is said."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from intake.conversation import Conversation, Step, advance
from models.understanding import ArticleScore, Kind, Understanding
from nlp.message import CommandName, EmergencyKind
from routing.article_files import read_articles
from routing.city import City
from routing.decide import decide
from routing.decision import Emergency, StaySilent
from routing.drafts import Place, Precision, Situation, State
from tests.builders import a_place, said, understood
from tests.small_city import small_city

CITY: City = small_city()
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SERVICES = tuple(CITY.catalog.services)
ARTICLES = read_articles(CITY).articles

commands = st.sampled_from(CommandName).flatmap(
    lambda name: st.builds(
        said,
        st.just(name),
        st.sampled_from(["0", "1", "2", "3", "9"]) if name is CommandName.CHOICE else st.sampled_from([None, "en", "es", "xx"]),
    )
)
reports = st.builds(
    understood,
    st.sampled_from(["hole in the street", "", "450", "la luz no prende en la esquina"]),
    kind=st.sampled_from([kind for kind in Kind if kind is not Kind.EMERGENCY]),
    services=st.tuples(st.sampled_from(SERVICES), st.floats(0, 1)).map(lambda best: (best, (SERVICES[0], 0.01))),
    language=st.sampled_from(["en", "es"]),
    language_confidence=st.floats(0, 1),
)
emergencies = st.builds(understood, st.just("gas!"), emergency=st.sampled_from(EmergencyKind), kind=st.just(Kind.EMERGENCY))
questions = st.builds(
    lambda article, sure, kind: replace(
        understood("when is it?", kind=kind, services=((SERVICES[0], 0.1),)), articles=(ArticleScore(article, sure, sure),)
    ),
    st.sampled_from([*ARTICLES, "no-such-article"]),
    st.floats(0, 1),
    st.sampled_from([Kind.INFO, Kind.SERVICE]),
)
heard = st.one_of(commands, reports, emergencies, questions)
places = st.sampled_from([(), (a_place(),), (a_place("Adams St", Precision.STREET),), (a_place(), a_place())])
talks = st.lists(st.tuples(heard, places), max_size=25)


Said = tuple[Understanding, tuple[Place, ...]]


def step_of(conversation: Conversation, understanding: Understanding, found: tuple[Place, ...]) -> Step:
    situation = Situation(
        state=conversation.state,
        drafts=conversation.drafts,
        options=conversation.options,
        place_options=conversation.place_options,
        times_asked=conversation.question.times if conversation.question else 0,
        language=conversation.language,
        places=found,
        article=conversation.article,
        asked=conversation.asked,
        articles=ARTICLES,
        today=NOW.date(),
    )
    decision = decide(understanding, situation, CITY)
    return advance(conversation, decision, NOW, times_asked=CITY.policy.times_asked)


@given(talks)
def test_every_message_gets_a_decision_with_a_reason(talk: list[Said]) -> None:
    conversation = Conversation()
    for understanding, found in talk:
        step = step_of(conversation, understanding, found)
        assert step.decision.reasons
        conversation = step.conversation


@given(talks)
def test_after_stop_nothing_is_said_until_start(talk: list[Said]) -> None:
    conversation = step_of(Conversation(), said(CommandName.STOP), ()).conversation
    for understanding, found in talk:
        step = step_of(conversation, understanding, found)
        is_opt_in = understanding.message.command is not None and understanding.message.command.name in (
            CommandName.START,
            CommandName.YES,
        )
        if is_opt_in and understanding.emergency is None:
            assert step.speaks
            return
        assert step.speaks == isinstance(step.decision, Emergency)
        assert step.conversation.state is State.STOPPED
        conversation = step.conversation


@given(talks)
def test_no_question_is_put_three_times_in_a_row(talk: list[Said]) -> None:
    conversation = Conversation()
    for understanding, found in talk:
        conversation = step_of(conversation, understanding, found).conversation
        assert conversation.question is None or conversation.question.times <= CITY.policy.times_asked


@given(talks, st.sampled_from(EmergencyKind))
def test_an_emergency_is_always_answered_first(talk: list[Said], kind: EmergencyKind) -> None:
    conversation = Conversation()
    for understanding, found in talk:
        conversation = step_of(conversation, understanding, found).conversation
    step = step_of(conversation, understood("help", emergency=kind, kind=Kind.EMERGENCY), ())
    assert isinstance(step.decision, Emergency)
    assert step.speaks


@given(talks)
def test_the_state_after_every_message_can_be_answered(talk: list[Said]) -> None:
    conversation = Conversation()
    for understanding, found in talk:
        conversation = step_of(conversation, understanding, found).conversation
        if conversation.state in (State.NEEDS_PLACE, State.NEEDS_DETAIL, State.CONFIRMING, State.CORRECTING):
            assert conversation.drafts
        if conversation.state in (State.CHOOSING_SERVICE, State.CHOOSING_LANGUAGE):
            assert conversation.options
        if conversation.state in (State.ANSWERED, State.NEEDS_NEIGHBORHOOD, State.CHOOSING_WAY_ON):
            assert conversation.article in ARTICLES


@given(talks)
def test_silence_is_only_for_those_who_opted_out(talk: list[Said]) -> None:
    conversation = Conversation()
    for understanding, found in talk:
        before = conversation.state
        step = step_of(conversation, understanding, found)
        assert isinstance(step.decision, StaySilent) == (
            before is State.STOPPED and not step.speaks and step.conversation.state is State.STOPPED
        )
        conversation = step.conversation
