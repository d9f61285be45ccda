"""`GET /help` and `/help/<id>`: the knowledge base for reading and searching, in every language, without a script."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from intake.dates import write_day
from intake.http.pages import Pages
from intake.knowledge.facts import fill_in
from intake.wiring import Service
from routing.articles import ENGLISH, Article
from routing.knowledge import Knowledge

router = APIRouter()
_QUESTION_LETTERS = 300
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Shown:
    """An article as the list shows it: its title, first answer, and the language that both are in."""

    id: str
    title: str
    answer: str
    language: str


@dataclass(frozen=True)
class Part:
    """An answer for some residents: the neighbourhoods that it is for, "" where it is for all."""

    neighborhoods: str
    answer: str


@router.get("/help")
async def list_articles(request: Request, q: str = "") -> Response:
    """Show all topics, or the answers that may fit the question `q`."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    language = pages.language(request)
    knowledge = service.knowledge()
    question = q.strip()[:_QUESTION_LETTERS]
    found = await run_in_threadpool(_search, question, language, service, knowledge) if question else []
    return pages.render(request, "help.html", question=question, found=found, groups=_groups(knowledge, language, service))


@router.get("/help/{article_id}")
def show_article(request: Request, article_id: str) -> Response:
    """Show one article."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    knowledge = service.knowledge()
    article = knowledge.articles.get(article_id)
    if article is None:
        return pages.message(request, "error-not-found", status=404)
    language = pages.language(request)
    wording, served = article.wording_in(language)
    return pages.render(
        request,
        "article.html",
        article=article,
        title=wording.title,
        served=served,
        parts=_parts(article, language, service, knowledge),
        more=_web_text(article, service, knowledge),
        checked=write_day(wording.reviewed.month, wording.reviewed.day, language, year=wording.reviewed.year),
    )


def _search(question: str, language: str, service: Service, knowledge: Knowledge) -> list[Shown]:
    scores = service.find_articles(question, language)
    likely = [
        score.id
        for score in scores
        if score.confidence >= service.intake.city.policy.answer_confidence and score.id in knowledge.articles
    ]
    return [_shown(knowledge.articles[id_], language, service, knowledge) for id_ in likely]


def _groups(knowledge: Knowledge, language: str, service: Service) -> list[tuple[str, list[Shown]]]:
    """Each group's name with its articles by title; what stands in no group comes last, without a name."""
    names = {group.id: group.names.get(language) or group.names[ENGLISH] for group in knowledge.source.groups}
    members: dict[str, list[Shown]] = {code: [] for code in (*names, "")}
    for article in knowledge.articles.values():
        members[article.group if article.group in names else ""].append(_shown(article, language, service, knowledge))
    for shown in members.values():
        shown.sort(key=lambda one: one.title.casefold())
    return [(names.get(code, ""), shown) for code, shown in members.items() if shown]


def _shown(article: Article, language: str, service: Service, knowledge: Knowledge) -> Shown:
    wording, served = article.wording_in(language)
    return Shown(article.id, wording.title, _parts(article, language, service, knowledge)[0].answer, served)


def _parts(article: Article, language: str, service: Service, knowledge: Knowledge) -> list[Part]:
    """The answer for everybody today, then those for single neighbourhoods and for named days."""
    today, holidays = service.today(), service.intake.city.hours.holidays
    general = article.variant_for("", None, today, holidays)
    parts = [Part("", _answer(article, general, language, service, knowledge))]
    for name, condition in article.conditions.items():
        if condition.season is None and name != general:
            areas = ", ".join(sorted(condition.neighborhoods))
            parts.append(Part(areas, _answer(article, name, language, service, knowledge)))
    return parts


def _answer(article: Article, variant: str | None, language: str, service: Service, knowledge: Knowledge) -> str:
    raw, served = article.answer_in(language, variant)
    return fill_in(raw, knowledge.source.facts, service.intake.city.phone, served)


def _web_text(article: Article, service: Service, knowledge: Knowledge) -> Markup:
    """The longer English text as HTML; Markdown that a city's editor wrote, in which HTML is only text."""
    filled = fill_in(article.wordings[ENGLISH].web, knowledge.source.facts, service.intake.city.phone, ENGLISH)
    return Markup(_MARKDOWN.render(filled))  # noqa: S704 - The renderer escapes everything that is not Markdown.
