"""Rules about questions: which article answers, what it has to ask back, and what follows when it did not help."""

from dataclasses import replace

from models.understanding import ArticleScore, Kind, Understanding
from nlp.message import CommandName
from nlp.normalize import is_asked
from routing.city import City
from routing.decision import Answer, AskHowToGoOn, AskNeighborhood, CallAgent, Decision, DropDrafts, NoteHelped, NoteQuestion
from routing.drafts import CaseDraft, Place, Precision, Situation, State
from routing.reasons import Reason, ReasonCode
from routing.said import choice_index, rest, says
from routing.steps import next_step, placed

# In these states an open question of ours waits; a clear question is answered beside it.
_COLLECTING = frozenset(
    {
        State.NEEDS_PLACE,
        State.CHOOSING_PLACE,
        State.NEEDS_DETAIL,
        State.CHOOSING_SERVICE,
        State.CONFIRMING,
        State.JOINING,
        State.CORRECTING,
    }
)
_SERVICES_OFFERED = 2
_TORN_CONFIDENCE = 0.4


def answer_question(u: Understanding, s: Situation, city: City) -> Decision:
    """Answer a question with the article that is sure enough, or promise a person."""
    found = _sure_article(u, s, city.policy.answer_confidence)
    if found is not None:
        return _answer(found, u, s, city)
    best = u.articles[0] if u.articles else None
    reason = Reason(ReasonCode.NO_ARTICLE, best.id if best else "", best.confidence if best else None)
    return NoteQuestion((Reason(ReasonCode.MODEL, u.kind, u.confidence), reason))


def helped(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Hear the answer to "did that help?"; anything else is a message of its own."""
    if s.state is not State.ANSWERED or s.article is None:
        return None
    index = choice_index(u)
    reasons = (Reason(ReasonCode.CONFIRMED, s.article),)
    if index == 0 or says(u, CommandName.THANKS) or (says(u, CommandName.YES) and not rest(u)):
        return NoteHelped(s.article, reasons)
    if index == 1 or (says(u, CommandName.NO) and not rest(u)):
        article = s.articles.get(s.article)
        options = article.related_services[:_SERVICES_OFFERED] if article else ()
        return AskHowToGoOn(s.article, options, (Reason(ReasonCode.NOT_HELPFUL, s.article),))
    return None


def chosen_way_on(u: Understanding, s: Situation, city: City) -> Decision | None:
    """After an answer that did not help: open a case, call a person, or leave it."""
    if s.state is not State.CHOOSING_WAY_ON:
        return None
    index = choice_index(u)
    if index is not None and 0 <= index < len(s.options):
        draft = CaseDraft(s.options[index], s.asked, 1.0)
        return next_step(placed((draft,), s.places), city, (Reason(ReasonCode.CONFIRMED, s.options[index]),))
    if index == len(s.options) or (says(u, CommandName.YES) and not rest(u)):
        return CallAgent((Reason(ReasonCode.NOT_HELPFUL, s.article or ""),))
    if index is not None or (says(u, CommandName.NO) and not rest(u)):
        return DropDrafts((Reason(ReasonCode.COMMAND, "drop"),))
    return None


def given_neighborhood(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Hear where a question is for; a place in no known neighbourhood gets the answer for all."""
    if s.state is not State.NEEDS_NEIGHBORHOOD or s.article is None:
        return None
    article = s.articles.get(s.article)
    is_new_question = u.kind is Kind.INFO and not s.places and _sure_article(u, s, city.policy.answer_confidence) is not None
    if article is None or is_new_question or (u.kind is Kind.SERVICE and not s.places):
        return None
    return _answer(ArticleScore(article.id, 1.0, 1.0), u, s, city, asks=False)


def side_question(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Answer a clear question that comes while a case is being collected; what was asked stays asked."""
    if s.state not in _COLLECTING or s.places or u.message.command is not None or u.kind is not Kind.INFO:
        return None
    found = _sure_article(u, s, city.policy.answer_confidence)
    return None if found is None else _answer(found, u, s, city, asks=False)


def beside(report: Decision, u: Understanding, s: Situation, city: City) -> Decision:
    """Add an answer to what follows from a report, where the message also asks something that an article answers."""
    found = _asked_beside(u, s, city)
    answer = _answer(found, u, s, city, asks=False) if found is not None else None
    return replace(answer, then=report) if isinstance(answer, Answer) else report


def reported_beside(u: Understanding, s: Situation, city: City) -> Understanding | None:
    """The sentence that surely reports something, in a message that is a question as a whole; None where there is none."""
    if u.kind not in (Kind.INFO, Kind.STATUS, Kind.OTHER) or _asked_beside(u, s, city) is None:
        return None
    reports = (
        part for part in u.parts if part.kind is Kind.SERVICE and part.services[0].confidence >= city.policy.split_confidence
    )
    found = next(reports, None)
    # The whole message goes to the crew: its other half often says since when.
    return None if found is None else replace(u, confidence=found.confidence, services=found.services)


def _asked_beside(u: Understanding, s: Situation, city: City) -> ArticleScore | None:
    """The article for what a message asks besides reporting; a sentence torn from a report has to be surer than a message."""
    sure = _sure_article(u, s, city.policy.beside_confidence)
    asked = [part for part in u.parts if part.kind is not Kind.SERVICE and is_asked(part.message.text)]
    by_itself = (one for part in asked if (one := _sure_article(part, s, _TORN_CONFIDENCE)) is not None)
    found = next(by_itself, None) or sure
    # Where the message is no plain report, its question may lean on what is reported: "the trash was not taken, when do you come?".
    if found is None and asked and u.kind is not Kind.SERVICE and u.articles and u.articles[0].if_asked >= _TORN_CONFIDENCE:
        found = replace(u.articles[0], confidence=u.articles[0].if_asked)
    return found if found is not None and found.id in s.articles else None


def _sure_article(u: Understanding, s: Situation, threshold: float) -> ArticleScore | None:
    best = u.articles[0] if u.articles else None
    return best if best is not None and best.confidence >= threshold and best.id in s.articles else None


def _answer(found: ArticleScore, u: Understanding, s: Situation, city: City, *, asks: bool = True) -> Answer | AskNeighborhood:
    article = s.articles[found.id]
    named, holidays = u.message.day, city.hours.holidays
    neighborhood = _neighborhood(s.places)
    reasons = (Reason(ReasonCode.ARTICLE, found.id, found.confidence),)
    if asks and not neighborhood and article.depends_on_neighborhood(named, s.today, holidays):
        return AskNeighborhood(found.id, reasons)
    variant = article.variant_for(neighborhood, named, s.today, holidays)
    return Answer(found.id, variant, found.confidence, None, reasons)


def _neighborhood(places: tuple[Place, ...]) -> str:
    place = places[0] if places else None
    if place is None:
        return ""
    return place.text if place.precision is Precision.AREA else place.neighborhood
