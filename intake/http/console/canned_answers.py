"""`GET /console/articles`: answers of the knowledge base, in a resident's language, for an agent to send."""

from dataclasses import asdict, dataclass

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import JSONResponse

from intake.http.console.frame import admit
from intake.knowledge.facts import fill_in
from intake.wiring import Service
from routing.articles import ENGLISH

router = APIRouter(dependencies=[Depends(admit)])
_SHOWN = 5
_QUESTION_LETTERS = 300


@dataclass(frozen=True)
class CannedAnswer:
    """An article's answer in `language`, and its title in English for who sends it."""

    id: str
    title: str
    text: str
    language: str


@router.get("/console/articles")
def find_articles(request: Request, q: str = "", language: str = ENGLISH) -> Response:
    """Find answers to a question, as JSON."""
    service: Service = request.app.state.service
    return JSONResponse({"articles": [asdict(found) for found in canned_answers(q, language, service)]})


def canned_answers(question: str, language: str, service: Service) -> tuple[CannedAnswer, ...]:
    """The answers that fit `question` best, in `language` where the article is up to date in it, else in English."""
    kept = question.strip()[:_QUESTION_LETTERS]
    if not kept:
        return ()
    articles = service.knowledge().articles
    found = [score.id for score in service.find_articles(kept, language) if score.id in articles][:_SHOWN]
    return tuple(answer for id_ in found if (answer := canned_answer(id_, language, service)) is not None)


def canned_answer(article_id: str, language: str, service: Service) -> CannedAnswer | None:
    """One article's answer for everybody today; None where there is no such article."""
    knowledge = service.knowledge()
    article = knowledge.articles.get(article_id)
    if article is None:
        return None
    variant = article.variant_for("", None, service.today(), service.intake.city.hours.holidays)
    raw, served = article.answer_in(language, variant)
    text = fill_in(raw, knowledge.source.facts, service.intake.city.phone, served)
    return CannedAnswer(article.id, article.wording_in(ENGLISH)[0].title, text, served)
