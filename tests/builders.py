"""Values for tests, with only the field that matters to be named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.understanding import Kind, ServiceScore, Understanding
from nlp.lexicon import EmergencyRule, Lexicon, PlaceWords
from nlp.message import Command, CommandName, EmergencyKind, Language, NormalizedMessage
from routing.drafts import CaseDraft, Place, Precision
from training.corpus import Row


def a_message(
    text: str = "there is a hole in the street",
    *,
    language: str = "en",
    sure: float = 1.0,
    command: Command | None = None,
) -> NormalizedMessage:
    return NormalizedMessage(original=text, text=text, language=Language(language, "Latn", sure), command=command)


def a_command(name: CommandName, argument: str | None = None, rest: str = "") -> Command:
    return Command(name, argument, rest)


def understood(
    text: str = "there is a hole in the street",
    *,
    kind: Kind = Kind.SERVICE,
    services: tuple[tuple[str, float], ...] = (("REQPOTHL", 0.9), ("RDWYRPR", 0.05), ("SDWRPR", 0.02)),
    command: Command | None = None,
    emergency: EmergencyKind | None = None,
    confidence: float = 0.95,
    language: str = "en",
    language_confidence: float = 1.0,
    parts: tuple[Understanding, ...] = (),
) -> Understanding:
    message = a_message(text, language=language, sure=language_confidence, command=command)
    scores = tuple(ServiceScore(code, value) for code, value in services)
    return Understanding(message, kind, confidence, scores, emergency=emergency, parts=parts, made_by="a test")


def said(name: CommandName, argument: str | None = None, rest: str = "", text: str = "") -> Understanding:
    """An understanding of a command word."""
    command = Command(name, argument, rest)
    return replace(understood(text or name.value, kind=Kind.COMMAND, command=command), confidence=1.0)


def a_place(text: str = "450 Blue Hill Ave", precision: Precision = Precision.ADDRESS) -> Place:
    return Place(text, precision)


def a_draft(service: str = "REQPOTHL", *, place: Place | None = None) -> CaseDraft:
    return CaseDraft(service, "there is a hole", 0.9, place)


def a_lexicon(
    language: str = "en",
    *,
    names: tuple[str, ...] = ("English",),
    fold_accents: bool = True,
    commands: Mapping[CommandName, tuple[str, ...]] | None = None,
    emergencies: Mapping[EmergencyKind, EmergencyRule] | None = None,
    places: PlaceWords | None = None,
    also: tuple[str, ...] = (),
    fillers: tuple[str, ...] = (),
) -> Lexicon:
    """A language with few words."""
    return Lexicon(
        language=language,
        names=names,
        fold_accents=fold_accents,
        commands=dict(commands or {}),
        emergencies=dict(emergencies or {}),
        places=places or PlaceWords(),
        also=also,
        fillers=fillers,
    )


class FixedScorer:
    """A language scorer that finds every text as probable in each language as it was told."""

    def __init__(self, **probabilities: float) -> None:
        self.classes_ = np.array([code.replace("_", "-") for code in probabilities])
        self._row = np.array(list(probabilities.values()))

    def predict_proba(self, texts: Sequence[str]) -> NDArray[np.float64]:
        return np.tile(self._row, (len(texts), 1))


def a_row(text: str, family: str = "", **fields: str) -> Row:
    """A labelled message of a corpus; by default a report of a hole, in English, a family of its own."""
    values = {"language": "en", "kind": "service", "label": "HOLE", "english": "", "channel": "sms", "writer": "a test", **fields}
    return Row(text=text, family=family or text, tags=frozenset(values.pop("tags", "").split()), **values)
