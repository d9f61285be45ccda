"""`/console/reviews/{id}`: one item on one screen. To open it is to take it; who comes second reads who has it."""

from dataclasses import dataclass, replace

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from intake.console.reason_words import language_name
from intake.console.review_item import ReviewItem
from intake.errors import RejectRequest
from intake.http.console.canned_answers import CannedAnswer, canned_answers
from intake.http.console.frame import admit, console_pages, signed_in
from intake.http.console.last_action import last_action
from intake.http.console.review_view import KINDS, view_of
from intake.translation.translations import DraftTranslation
from intake.wiring import Service
from routing.articles import ENGLISH

router = APIRouter(dependencies=[Depends(admit)])
_PAGE = "/console/reviews/{review_id}"
_KEYS = (
    ("Enter", "do what is said above the button: open the case, or done"),
    ("1–5", "choose one of the likeliest services; 0 chooses none"),
    ("/", "search all services"),
    ("w", "say where it is"),
    ("a", "answer the resident"),
    ("s", "make two cases of it"),
    ("j", "join the first case that is open nearby"),
    ("c", "close without a case"),
    ("u", "undo what you did last"),
    ("n", "leave it to others and take the next"),
    ("Esc", "back to the queue"),
    ("?", "this list"),
)


@dataclass(frozen=True)
class Answering:
    """What the answer box holds: the words so far, a translation to look at or why there is none, and articles that may answer."""

    text: str = ""
    draft: DraftTranslation | None = None
    no_draft: str = ""
    question: str = ""
    articles: tuple[CannedAnswer, ...] = ()
    is_open: bool = False


@router.get(_PAGE)
def show_review(review_id: int, request: Request, articles: str = "") -> Response:
    """Show an item to whoever can have it; with `articles`, answers of the knowledge base that fit these words."""
    service: Service = request.app.state.service
    service.console.queue.claim(review_id, signed_in(request).person, service.clock())
    if not articles:
        return review_page(request, review_id)
    language = read_item(request, review_id).language or ENGLISH
    found = canned_answers(articles, language, service)
    return review_page(request, review_id, answering=Answering(question=articles, articles=found, is_open=True))


@router.post(_PAGE + "/show")
def show_hidden(review_id: int, request: Request) -> Response:
    """Show the contact and what was hidden in the texts; that somebody looked is noted."""
    service: Service = request.app.state.service
    person, now = signed_in(request).person, service.clock()
    service.console.queue.claim(review_id, person, now)
    if not read_item(request, review_id).is_mine:
        return review_page(request, review_id)
    return review_page(request, review_id, item=service.console.items.reveal(review_id, person, now))


@router.post(_PAGE + "/preview")
async def preview_answer(review_id: int, request: Request) -> Response:
    """Show what the resident would read, and what it says when it is translated back."""
    text = str((await request.form()).get("text", "")).strip()
    return await run_in_threadpool(_preview, request, review_id, text)


def read_item(request: Request, review_id: int) -> ReviewItem:
    """An item for whoever asks. Raises RejectRequest where there is none."""
    service: Service = request.app.state.service
    item = service.console.items.read(review_id, signed_in(request).person, service.clock())
    if item is None:
        raise RejectRequest(404, "there is no such review")
    return item


def review_page(
    request: Request,
    review_id: int,
    *,
    item: ReviewItem | None = None,
    note: str = "",
    answering: Answering | None = None,
    status: int = 200,
) -> Response:
    """The item's page, or a word on who has it."""
    service: Service = request.app.state.service
    shown = item or read_item(request, review_id)
    pages, last = console_pages(request), last_action(signed_in(request).person, service)
    if not shown.is_mine:
        return pages.render(request, "review_taken.html", status=409, item=shown, keys=_KEYS, last=last)
    city = service.intake.city
    names = [(code, city.catalog.service_name(code, ENGLISH)) for code in city.catalog.services]
    return pages.render(
        request,
        "review.html",
        status=status,
        item=shown,
        view=view_of(shown, service),
        kinds=KINDS,
        languages=[(code, language_name(code)) for code in city.languages],
        services=sorted(names, key=lambda one: one[1].casefold()),
        answering=answering or Answering(),
        note=note,
        keys=_KEYS,
        last=last,
        language_name=language_name,
    )


def _preview(request: Request, review_id: int, text: str) -> Response:
    service: Service = request.app.state.service
    language = read_item(request, review_id).language or ENGLISH
    if not text:
        return review_page(request, review_id, note="Write something first.", answering=Answering(is_open=True), status=422)
    answering = Answering(text=text, draft=service.translations.draft_for_resident(text, language), is_open=True)
    if answering.draft is None:
        why = f"No translation into {language_name(language)} could be made. Send it in English, or send an article."
        answering = replace(answering, no_draft=why)
    return review_page(request, review_id, answering=answering)
