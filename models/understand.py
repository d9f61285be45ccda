"""Normalized messages become understandings: one batch through the shared features and both heads."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.knowledge import ArticleIndex
from models.understanding import ArticleScore, Kind, ServiceScore, Understanding
from nlp.message import CommandName, EmergencyKind, NormalizedMessage
from nlp.normalize import is_asked

SERVICES_KEPT = 5
_EMERGENCY = "emergency"
# A text that is less likely a question than this is not looked up: most reports are spared the search.
_WORTH_A_SEARCH = 0.02
# A sentence torn from its message ("if there is a fire we cannot get out") sounds worse than it is.
_SENTENCE_IN_DANGER = 0.9
# A yes or no with words behind it is a correction: the words still have to be understood.
_KIND_OF_COMMAND = {
    CommandName.STATUS: Kind.STATUS,
    CommandName.AGENT: Kind.AGENT,
    CommandName.GREETING: Kind.GREETING,
    CommandName.THANKS: Kind.GREETING,
}

_Found = tuple[ArticleScore, ...]


class Understander:
    """Asks a bundle what messages mean.

    At `emergency_confidence` the model alone calls an emergency. A rule calls it too, unless the model gives the danger less than
    `emergency_doubt`: rules cannot tell a fire from a film about one, and people stop reading warnings that come for nothing.
    `articles` gives the index of the knowledge base as it is now.
    """

    def __init__(
        self, bundle: Bundle, *, emergency_confidence: float, emergency_doubt: float, articles: Callable[[], ArticleIndex]
    ) -> None:
        self._bundle = bundle
        self._articles = articles
        self._emergency_confidence = emergency_confidence
        self._emergency_doubt = emergency_doubt
        self._kinds = bundle.card.labels["kind"]
        self._services = np.array(bundle.card.labels["service"])

    @property
    def made_by(self) -> str:
        """The bundle's name and version."""
        return self._bundle.name

    def understand(self, messages: Sequence[NormalizedMessage]) -> list[Understanding]:
        """Understand messages in their order; sentences of a message are understood in the same batch."""
        texts = [text for message in messages for text in (message.text, *message.segments)]
        if not texts:
            return []
        languages = [message.language.code for message in messages for _ in (message.text, *message.segments)]
        rows = self._bundle.transform(texts, languages)
        kinds = self._bundle.probabilities("kind", rows)
        services = self._bundle.probabilities("service", rows)
        articles = self._search(texts, languages, rows, kinds)
        understood = []
        position = 0
        for message in messages:
            end = position + 1 + len(message.segments)
            understood.append(self._one(message, kinds[position:end], services[position:end], articles[position:end]))
            position = end
        return understood

    def _search(self, texts: Sequence[str], languages: Sequence[str], rows: Any, kinds: NDArray[np.float64]) -> list[_Found]:
        """Find articles for the texts that may be questions; their confidence contains the probability that they are."""
        asks = kinds[:, self._kinds.index(Kind.INFO.value)]
        likely = [i for i, text in enumerate(texts) if asks[i] >= _WORTH_A_SEARCH or is_asked(text)]
        found: list[_Found] = [()] * len(texts)
        if not likely:
            return found
        answers = self._articles().search(
            [texts[i] for i in likely], [languages[i] for i in likely], self._bundle.meanings(rows[likely])
        )
        for i, scores in zip(likely, answers, strict=True):
            found[i] = tuple(ArticleScore(score.id, score.if_asked * float(asks[i]), score.if_asked) for score in scores)
        return found

    def _one(
        self,
        message: NormalizedMessage,
        kinds: NDArray[np.float64],
        services: NDArray[np.float64],
        articles: Sequence[_Found],
    ) -> Understanding:
        whole = self._judge(message, kinds[0], services[0])
        is_believed = message.emergency is not None and self._is_danger_likely(kinds)
        parts = tuple(
            replace(self._judge(_segment(message, text), kinds[i], services[i]), articles=articles[i])
            for i, text in enumerate(message.segments, 1)
        )
        kind, confidence = _kind_with_rules(message, whole, is_emergency=is_believed)
        return Understanding(
            message,
            kind,
            confidence,
            whole.services,
            articles[0],
            emergency=message.emergency.kind if message.emergency and is_believed else whole.emergency,
            parts=parts,
            made_by=self.made_by,
        )

    def _is_danger_likely(self, kinds: NDArray[np.float64]) -> bool:
        """Whether the message as a whole, or one of its sentences almost certainly, may be about danger."""
        whole, *sentences = map(self._danger, kinds)
        return whole >= self._emergency_doubt or max(sentences, default=0.0) >= _SENTENCE_IN_DANGER

    def _danger(self, kinds: NDArray[np.float64]) -> float:
        return float(sum(p for label, p in zip(self._kinds, kinds, strict=True) if label.startswith(_EMERGENCY)))

    def _judge(self, message: NormalizedMessage, kinds: NDArray[np.float64], services: NDArray[np.float64]) -> Understanding:
        by_label = dict(zip(self._kinds, kinds.tolist(), strict=True))
        danger = {label: p for label, p in by_label.items() if label.startswith(_EMERGENCY)}
        total_danger = self._danger(kinds)
        calm = {label: p for label, p in by_label.items() if label not in danger}
        is_danger = total_danger >= self._emergency_confidence
        # Below its threshold the model's fear does not decide: an emergency answer to a pothole costs trust.
        kind = Kind.EMERGENCY if is_danger else Kind(max(calm, key=lambda label: calm[label]))
        confidence = total_danger if is_danger else calm[kind.value]
        best = np.argsort(-services)[:SERVICES_KEPT]
        share = by_label[Kind.SERVICE.value]
        scores = tuple(ServiceScore(str(self._services[i]), float(services[i]) * share) for i in best)
        emergency = _emergency_kind(danger) if is_danger else None
        return Understanding(message, kind, confidence, scores, emergency=emergency, made_by=self.made_by)


def _segment(message: NormalizedMessage, text: str) -> NormalizedMessage:
    return NormalizedMessage(original=text, text=text, language=message.language)


def _emergency_kind(danger: dict[str, float]) -> EmergencyKind:
    label = max(danger, key=lambda label: danger[label])
    return EmergencyKind(label.partition(".")[2] or EmergencyKind.MEDICAL)


def _kind_with_rules(message: NormalizedMessage, whole: Understanding, *, is_emergency: bool) -> tuple[Kind, float]:
    if is_emergency:
        return Kind.EMERGENCY, 1.0
    if message.command is not None and not message.command.rest:
        return _KIND_OF_COMMAND.get(message.command.name, Kind.COMMAND), 1.0
    return whole.kind, whole.confidence
