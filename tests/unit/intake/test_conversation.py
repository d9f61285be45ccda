"""The transition table: total, readable, and printed as a diagram."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.conversation import TRANSITIONS, Conversation, Rule, advance, expire
from intake.events import Event
from routing.decision import (
    AskForPlace,
    AskToConfirm,
    ChangeLanguage,
    HandToStaff,
    OpenCases,
    StartMessages,
    StaySilent,
    StopMessages,
)
from routing.drafts import State
from routing.reasons import Reason, ReasonCode
from tests.builders import a_draft, a_place

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
WHY = (Reason(ReasonCode.RULE),)
DIAGRAM = Path(__file__).resolve().parents[3] / "docs" / "conversation.md"


def test_every_pair_of_state_and_event_has_a_rule() -> None:
    assert set(TRANSITIONS) == {(state, event) for state in State for event in Event}


@pytest.mark.parametrize("event", [event for event in Event if event not in (Event.START, Event.EMERGENCY)])
def test_after_stop_only_an_opt_in_or_an_emergency_is_answered(event: Event) -> None:
    assert TRANSITIONS[State.STOPPED, event] == Rule(None, speaks=False)


def test_the_diagram_in_the_docs_shows_the_table() -> None:
    assert diagram() in DIAGRAM.read_text(encoding="utf-8"), f"put this into {DIAGRAM}:\n{diagram()}"


def test_a_place_question_that_led_nowhere_twice_goes_to_a_person() -> None:
    conversation = Conversation()
    heard = AskForPlace((a_draft(),), is_again=True, reasons=WHY)
    for _ in range(2):
        conversation = advance(conversation, heard, NOW, times_asked=2).conversation
    step = advance(conversation, heard, NOW, times_asked=2)
    assert isinstance(step.decision, HandToStaff)
    assert step.decision.drafts == (a_draft(),)
    assert step.conversation.state is State.WITH_STAFF


def test_opening_the_cases_empties_the_draft() -> None:
    waiting = Conversation(State.CONFIRMING, drafts=(a_draft(place=a_place()),))
    after = advance(waiting, OpenCases(waiting.drafts, WHY), NOW, times_asked=2).conversation
    assert (after.state, after.drafts) == (State.READY, ())


def test_stop_forgets_the_draft_and_start_begins_anew() -> None:
    waiting = Conversation(State.NEEDS_PLACE, drafts=(a_draft(),))
    stopped = advance(waiting, StopMessages(WHY), NOW, times_asked=2).conversation
    assert (stopped.state, stopped.drafts) == (State.STOPPED, ())
    assert not advance(stopped, StaySilent(WHY), NOW, times_asked=2).speaks
    assert advance(stopped, StartMessages(WHY), NOW, times_asked=2).conversation.state is State.READY


def test_naming_a_language_leads_back_to_the_draft() -> None:
    asked = Conversation(State.CHOOSING_LANGUAGE, drafts=(a_draft(place=a_place()),), options=("en", "es"))
    after = advance(asked, ChangeLanguage("es", WHY), NOW, times_asked=2).conversation
    assert (after.language, after.state) == ("es", State.CONFIRMING)


def test_a_corrected_read_back_is_another_question() -> None:
    conversation = Conversation()
    for number in range(5):
        drafts = (a_draft(place=a_place(f"{number} Adams St")),)
        step = advance(conversation, AskToConfirm(drafts, WHY), NOW, times_asked=2)
        conversation = step.conversation
        assert isinstance(step.decision, AskToConfirm)


def test_a_draft_expires_but_an_opt_out_does_not() -> None:
    draft = Conversation(State.NEEDS_PLACE, drafts=(a_draft(),), changed_at=NOW)
    stopped = Conversation(State.STOPPED, changed_at=NOW)
    later = NOW + timedelta(hours=25)
    assert expire(draft, later, hours=24).state is State.READY
    assert expire(draft, NOW + timedelta(hours=23), hours=24) == draft
    assert expire(stopped, later, hours=24) == stopped


def diagram() -> str:
    """The table as Mermaid, one arrow for each move that every state but `stopped` makes."""
    moves = {(event, rule.to) for (state, event), rule in TRANSITIONS.items() if state is not State.STOPPED and rule.to}
    lines = [f"    any --> {to.value}: {event.value}" for event, to in sorted(moves)]
    back = [
        f"    stopped --> {rule.to.value}: {event.value}"
        for (state, event), rule in TRANSITIONS.items()
        if state is State.STOPPED and rule.to
    ]
    return "\n".join(["stateDiagram-v2", *lines, *back])
