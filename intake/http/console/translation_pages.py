"""`/console/translation`: what can be translated, and a message's translation for people who know better."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy.exc import NoResultFound
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from intake.console.reason_words import language_name
from intake.errors import RejectRequest
from intake.http.console.frame import admit, console_pages, signed_in
from intake.wiring import Service
from nlp.personal_data import redact

router = APIRouter(dependencies=[Depends(admit)])
_LETTERS = 4_000


@dataclass(frozen=True)
class Original:
    """A message as its translation's page shows it, without personal data."""

    message_id: int
    conversation_id: int
    text: str
    language: str


@router.get("/console/translation")
async def show_matrix(request: Request) -> Response:
    """Show which engine reads and writes each language, and why none does."""
    service: Service = request.app.state.service
    rows = await run_in_threadpool(service.translations.capabilities)
    return console_pages(request).render(request, "translation.html", rows=rows, language_name=language_name)


@router.get("/console/messages/{message_id}/translation")
async def show_translation(request: Request, message_id: int) -> Response:
    """Show a message, what stands for it in English, and what is similar."""
    return await run_in_threadpool(_show, request, message_id, "")


@router.post("/console/messages/{message_id}/translation")
async def correct_translation(request: Request, message_id: int) -> Response:
    """Mark a translation as wrong, or keep a person's own."""
    form = await request.form()
    english = str(form.get("english", "")).strip()
    if "wrong" not in form and not english:
        return await run_in_threadpool(_show, request, message_id, "Write what it means, or mark the translation as wrong.")
    if len(english) > _LETTERS:
        return await run_in_threadpool(_show, request, message_id, f"At most {_LETTERS} letters.")
    original = await run_in_threadpool(_correct, request, message_id, "" if "wrong" in form else english)
    return RedirectResponse(f"/console/conversations/{original.conversation_id}", status_code=303)


def _show(request: Request, message_id: int, error: str) -> Response:
    service: Service = request.app.state.service
    original = _original(service, message_id)
    return console_pages(request).render(
        request,
        "message_translation.html",
        status=422 if error else 200,
        error=error,
        original=original,
        stored=service.translations.of_message(message_id),
        similar=service.translations.similar(original.text, original.language),
        language_name=language_name,
    )


def _correct(request: Request, message_id: int, english: str) -> Original:
    service: Service = request.app.state.service
    person = signed_in(request).person
    original = _original(service, message_id)
    if english:
        service.translations.improve(message_id, english, person.id)
    else:
        service.translations.mark_wrong(message_id, person.id)
    name = "translation_improved" if english else "translation_marked_wrong"
    service.console.audit.note(person.login, name, f"message {message_id}", service.clock())
    return original


def _original(service: Service, message_id: int) -> Original:
    try:
        message = service.intake.store.read(message_id)
    except NoResultFound as error:
        raise RejectRequest(404, "no such message") from error
    return Original(message.message_id, message.conversation_id, redact(message.text), message.language or "en")
