"""How sure a service is, and whether one message names two problems."""

from dataclasses import dataclass

from models.understanding import Kind, Understanding
from nlp.folding import letters_worth
from routing.city import City
from routing.decision import AskProblem, Decision
from routing.drafts import Situation
from routing.policy import Policy
from routing.reasons import Reason, ReasonCode, Reasons

_PROBLEMS_AT_MOST = 3
# Two sentences about one thing ("bags everywhere. someone dumped them") give each other's service some probability.
_SAME_PROBLEM = 0.1
_PLAUSIBLE = 0.1
# "at", "en la": words that go with a place and say nothing.
_LETTERS_OF_AN_AT = 4


@dataclass(frozen=True)
class Confidence:
    """The best service with the lowest of all confidences behind it, and the reasons that name what was low."""

    code: str
    value: float
    is_enough: bool
    reasons: Reasons


def confidence_in(u: Understanding, s: Situation, city: City) -> Confidence:
    """Take the minimum of language, speech and service, never one alone."""
    policy = city.policy
    best = u.services[0]
    opens_at = policy.opens_at(u.message.language.code)
    # A language that the conversation has settled is no longer in doubt.
    language = 1.0 if s.language is not None else u.message.language.confidence
    speech = 1.0 if s.speech_confidence is None else s.speech_confidence
    reasons = [Reason(ReasonCode.MODEL, best.code, best.confidence)]
    if best.confidence < opens_at:
        reasons.append(Reason(ReasonCode.SERVICE_UNSURE, best.code, best.confidence))
    if language < policy.language_confidence:
        reasons.append(Reason(ReasonCode.LANGUAGE_UNSURE, u.message.language.code, language))
    if speech < policy.speech_confidence:
        reasons.append(Reason(ReasonCode.SPEECH_UNSURE, "", speech))
    return Confidence(best.code, min(best.confidence, language, speech), len(reasons) == 1, tuple(reasons))


def problems_in(u: Understanding, policy: Policy) -> tuple[Understanding, ...]:
    """Return the sentences that name different problems, or the whole message where there is one."""
    parts: list[Understanding] = []
    for part in u.parts:
        is_sure = part.kind is Kind.SERVICE and part.services[0].confidence >= policy.split_confidence
        if is_sure and all(_is_another(part, other) for other in parts):
            parts.append(part)
    return tuple(parts[:_PROBLEMS_AT_MOST]) if len(parts) > 1 else (u,)


def plausible_services(u: Understanding, policy: Policy) -> tuple[str, ...]:
    """The services to choose from, best first: those that are not far less likely than the best."""
    best = u.services[0].confidence
    return tuple(score.code for score in u.services[: policy.choices_offered] if score.confidence >= best * _PLAUSIBLE)


def letters_besides_places(u: Understanding) -> int:
    """How much a message says besides naming places: a bare address corrects the place, not the problem."""
    named = {index for mention in u.message.places for index in range(mention.start, mention.end)}
    return letters_worth("".join(c for index, c in enumerate(u.message.original) if index not in named and c.isalpha()))


def nothing_said(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Ask what the problem is where a message has no words, or only names a place: no model can know what is wrong there."""
    is_bare_place = bool(u.message.places) and letters_besides_places(u) < _LETTERS_OF_AN_AT
    if any(c.isalnum() for c in u.message.text) and not is_bare_place:
        return None
    return AskProblem(s.drafts, (Reason(ReasonCode.NOTHING_SAID, "photo" if s.has_photo else ""),))


def _is_another(part: Understanding, other: Understanding) -> bool:
    return (
        _probability(part, other.services[0].code) < _SAME_PROBLEM and _probability(other, part.services[0].code) < _SAME_PROBLEM
    )


def _probability(u: Understanding, code: str) -> float:
    return next((score.confidence for score in u.services if score.code == code), 0.0)
