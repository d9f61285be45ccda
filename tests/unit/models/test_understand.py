"""What the models' probabilities become: kinds, services and calls for help."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.bundle import Bundle
from models.understand import Understander
from models.understanding import Kind
from nlp.message import CommandName, EmergencyKind, EmergencyMention, NormalizedMessage
from routing.knowledge import FixedShelf
from tests.builders import a_command, a_message

KINDS = ("emergency.fire", "emergency.gas", "info", "other", "service")
SERVICES = ("HOLE", "LIGHT")


class FixedBundle(Bundle):
    """A bundle that gives each text the probabilities that the test wrote down."""

    def transform(self, texts: Any, languages: Any) -> Any:
        return np.array(texts, dtype=object)

    def meanings(self, rows: Any) -> NDArray[np.float32]:
        return np.zeros((len(rows), 1), dtype=np.float32)

    def probabilities(self, head: str, rows: Any) -> NDArray[np.float64]:
        return np.array([self.heads[head].get(text, self.heads[head][""]) for text in rows], dtype=np.float64)


class FixedCard:
    labels = {"kind": KINDS, "service": SERVICES}  # noqa: RUF012 - a constant of tests.
    name, version = "fixed", "1"


def understander(kinds: dict[str, list[float]], services: dict[str, list[float]] | None = None) -> Understander:
    heads = {"kind": {"": [0, 0, 0.1, 0.1, 0.8], **kinds}, "service": {"": [0.9, 0.1], **(services or {})}}
    bundle = FixedBundle(FixedCard(), None, heads)  # type: ignore[arg-type]
    nothing = FixedShelf()().index
    return Understander(bundle, emergency_confidence=0.6, emergency_doubt=0.05, articles=lambda: nothing)


def kind_of(message: NormalizedMessage, kinds: dict[str, list[float]]) -> Kind:
    (understood,) = understander(kinds).understand([message])
    return understood.kind


def test_nothing_is_understood_of_nothing() -> None:
    assert understander({}).understand([]) == []


def test_a_services_confidence_contains_that_it_is_a_service_at_all() -> None:
    (understood,) = understander({"x": [0, 0, 0.5, 0, 0.5]}).understand([a_message("x")])
    assert understood.services[0].code == "HOLE"
    assert understood.services[0].confidence == pytest.approx(0.45)


def test_the_model_calls_an_emergency_only_when_it_is_sure() -> None:
    sure = {"x": [0.1, 0.55, 0, 0, 0.35]}
    unsure = {"x": [0.1, 0.45, 0, 0.05, 0.4]}
    (understood,) = understander(sure).understand([a_message("x")])
    assert (understood.kind, understood.emergency) == (Kind.EMERGENCY, EmergencyKind.GAS)
    assert kind_of(a_message("x"), unsure) is Kind.SERVICE


A_FIRE = EmergencyMention(EmergencyKind.FIRE, "fire", "en")


def test_a_rule_calls_an_emergency_where_the_model_alone_would_not() -> None:
    message = replace(a_message("fire"), emergency=A_FIRE)
    (understood,) = understander({"fire": [0.1, 0.1, 0.1, 0.1, 0.6]}).understand([message])
    assert (understood.kind, understood.emergency, understood.confidence) == (Kind.EMERGENCY, EmergencyKind.FIRE, 1.0)


def test_a_rule_is_not_believed_where_the_model_sees_no_danger_at_all() -> None:
    message = replace(a_message("the film had a fire"), emergency=A_FIRE)
    (understood,) = understander({"the film had a fire": [0.02, 0, 0.05, 0.9, 0.03]}).understand([message])
    assert (understood.kind, understood.emergency) == (Kind.OTHER, None)


def test_one_sentence_in_certain_danger_is_enough_to_believe_the_rule() -> None:
    message = replace(a_message("hello. fire here. bye"), emergency=A_FIRE, segments=("hello", "fire here", "bye"))
    (understood,) = understander({"fire here": [0.95, 0, 0, 0, 0.05]}).understand([message])
    assert understood.emergency is EmergencyKind.FIRE


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (CommandName.STATUS, Kind.STATUS),
        (CommandName.AGENT, Kind.AGENT),
        (CommandName.THANKS, Kind.GREETING),
        (CommandName.STOP, Kind.COMMAND),
    ],
)
def test_a_command_needs_no_model(name: CommandName, kind: Kind) -> None:
    assert kind_of(a_message("x", command=a_command(name)), {}) is kind


def test_a_no_with_words_behind_it_is_understood_by_its_words() -> None:
    message = a_message("no, the light", command=a_command(CommandName.NO, rest="the light"))
    assert kind_of(message, {}) is Kind.SERVICE


def test_each_sentence_is_understood_for_itself() -> None:
    message = replace(a_message("hole. light"), segments=("hole", "light"))
    (understood,) = understander({}, {"light": [0.1, 0.9]}).understand([message])
    assert [part.services[0].code for part in understood.parts] == ["HOLE", "LIGHT"]
