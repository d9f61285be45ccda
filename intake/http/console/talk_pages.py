"""`/console/conversations`: talks that wait for a person or that one has; each with what was said, live, and an answer box."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, StreamingResponse

from intake.console.reason_words import language_name
from intake.console.talk_history import Turn
from intake.console.talks import Talk
from intake.errors import RejectRequest
from intake.http.chat_push import ChatPush
from intake.http.console.canned_answers import CannedAnswer, canned_answers
from intake.http.console.frame import admit, console_pages, signed_in
from intake.http.console.talk_words import Refused, own_words
from intake.translation.translations import DraftTranslation, Similar
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])
_PAGE = "/console/conversations/{conversation_id}"
_POLL_SECONDS = 1.0
# A stream ends by itself and the browser asks anew: so a session that is over is noticed, and a server can stop.
_POLLS = 20
# Looking up similar sentences takes a while, and only what was just said needs it.
_SIMILAR_FOR = 4


@dataclass(frozen=True)
class ShownTurn:
    """A turn with what helps to read it where there is no translation."""

    turn: Turn
    similar: tuple[Similar, ...]


@dataclass(frozen=True)
class Answering:
    """What the answer box holds: the words so far, a translation to look at or why there is none, and articles that may answer."""

    text: str = ""
    draft: DraftTranslation | None = None
    no_draft: str = ""
    question: str = ""
    articles: tuple[CannedAnswer, ...] = ()
    error: str = ""


@router.get("/console/conversations")
def list_talks(request: Request) -> Response:
    """Show one's own talks, those that wait, and those of others."""
    return _list(request, "talks.html")


@router.get("/console/conversations/rows")
def list_rows(request: Request) -> Response:
    """The same table alone, for a page that is open and asks by itself."""
    return _list(request, "talk_rows.html")


@router.get(_PAGE)
def show_talk(request: Request, conversation_id: int, q: str = "") -> Response:
    """Show a talk; with `q`, articles that may answer it. They are looked for by the resident's last words first."""
    service: Service = request.app.state.service
    talk = _talk(request, conversation_id)
    if talk.is_mine and talk.answered_in not in (None, conversation_id):
        return _to_page(talk)
    turns = service.console.talks.history(conversation_id)
    question = q.strip() or next((turn.text for turn in reversed(turns) if turn.who == "resident"), "")
    articles = canned_answers(question, talk.language, service) if talk.is_mine else ()
    return _page(request, talk, turns, Answering(question=question, articles=articles))


@router.get(_PAGE + "/turns")
def show_turns(request: Request, conversation_id: int) -> Response:
    """What was said alone, for a page that is open and asks by itself."""
    service: Service = request.app.state.service
    talk = _talk(request, conversation_id)
    turns = _shown(service.console.talks.history(conversation_id), service)
    return console_pages(request).render(request, "talk_turns.html", talk=talk, turns=turns, language_name=language_name)


@router.get(_PAGE + "/events")
def tell_changes(request: Request, conversation_id: int) -> Response:
    """Tell an open page when something in the talk changes, as server-sent events."""
    _talk(request, conversation_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(request, conversation_id), media_type="text/event-stream", headers=headers)


@router.post(_PAGE + "/take")
def take(request: Request, conversation_id: int) -> Response:
    """Take a talk over."""
    service: Service = request.app.state.service
    is_taken = service.console.talks.take(conversation_id, signed_in(request).person, service.clock())
    talk = _talk(request, conversation_id)
    if is_taken:
        return _to_page(talk)
    error = f"{talk.holder} has this conversation." if talk.holder else "There is no way to write to this resident."
    return _page(request, talk, service.console.talks.history(conversation_id), Answering(error=error), status=409)


@router.post(_PAGE + "/hand-back")
def hand_back(request: Request, conversation_id: int) -> Response:
    """Let the service answer again."""
    service: Service = request.app.state.service
    talk = _talk(request, conversation_id)
    service.console.talks.hand_back(conversation_id, signed_in(request).person, service.clock())
    return _to_page(talk)


@router.post(_PAGE + "/preview")
async def preview(request: Request, conversation_id: int) -> Response:
    """Show what the resident would read, and what it says when it is translated back."""
    text = str((await request.form()).get("text", "")).strip()
    return await run_in_threadpool(_preview, request, conversation_id, text)


@router.post(_PAGE + "/send")
async def send(request: Request, conversation_id: int) -> Response:
    """Send words of one's own, a translation of them, or an article. The same key again sends nothing again."""
    return await run_in_threadpool(_send, request, conversation_id, await request.form())


@router.post(_PAGE + "/typing", status_code=204)
async def note_typing(request: Request, conversation_id: int) -> None:
    """Let the resident's chat show that somebody is writing."""
    push: ChatPush = request.app.state.chat_push
    push.typing.note(conversation_id, "staff")


def _list(request: Request, template: str) -> Response:
    service: Service = request.app.state.service
    talks = service.console.talks.list(signed_in(request).person, service.clock())
    return console_pages(request).render(request, template, talks=talks, language_name=language_name)


def _talk(request: Request, conversation_id: int) -> Talk:
    service: Service = request.app.state.service
    talk = service.console.talks.one(conversation_id, signed_in(request).person)
    if talk is None:
        raise RejectRequest(404, "there is no such conversation")
    return talk


def _to_page(talk: Talk) -> Response:
    return RedirectResponse(f"/console/conversations/{talk.answered_in or talk.conversation_id}", status_code=303)


def _preview(request: Request, conversation_id: int, text: str) -> Response:
    service: Service = request.app.state.service
    talk = _mine(request, conversation_id)
    draft = service.translations.draft_for_resident(text, talk.language) if text else None
    why = "" if draft or not text else _why_none(talk.language, service)
    error = "" if text else "Write something first."
    turns = service.console.talks.history(conversation_id)
    return _page(request, talk, turns, Answering(text=text, draft=draft, no_draft=why, error=error))


def _send(request: Request, conversation_id: int, form: FormData) -> Response:
    service: Service = request.app.state.service
    talk, person = _mine(request, conversation_id), signed_in(request).person
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        words = own_words(given, talk, person, service)
    except Refused as refused:
        answering = Answering(text=given.get("text", ""), error=str(refused))
        return _page(request, talk, service.console.talks.history(conversation_id), answering, status=422)
    key = f"{person.id}:{given.get('key') or secrets.token_urlsafe(12)}"[:64]
    service.console.talks.send(conversation_id, person, words, key, service.clock())
    return _to_page(talk)


def _mine(request: Request, conversation_id: int) -> Talk:
    talk = _talk(request, conversation_id)
    if not talk.is_mine:
        raise RejectRequest(409, "take this conversation over first")
    return talk


def _page(request: Request, talk: Talk, turns: tuple[Turn, ...], answering: Answering, *, status: int = 200) -> Response:
    service: Service = request.app.state.service
    return console_pages(request).render(
        request,
        "talk.html",
        status=status,
        talk=talk,
        turns=_shown(turns, service),
        answering=answering,
        key=secrets.token_urlsafe(12),
        language_name=language_name,
        why_untranslated=_why_untranslated(talk.language, service),
    )


def _shown(turns: tuple[Turn, ...], service: Service) -> list[ShownTurn]:
    """The turns, the last untranslated ones with known sentences that are similar."""
    unread = [turn for turn in turns if turn.who == "resident" and turn.language != "en" and turn.translation is None]
    looked_up = {id(turn): service.translations.similar(turn.text, turn.language) for turn in unread[-_SIMILAR_FOR:]}
    return [ShownTurn(turn, looked_up.get(id(turn), ())) for turn in turns]


def _why_none(language: str, service: Service) -> str:
    for one in service.translations.capabilities():
        if one.language == language and not one.from_english:
            return one.why or "no engine writes it"
        if one.language == language:
            return "it could not be made just now, or did not keep every number and name"
    return "no engine writes it"


def _why_untranslated(language: str, service: Service) -> str:
    for one in service.translations.capabilities():
        if one.language == language:
            return "" if one.to_english else one.why
    return "" if language == "en" else "no engine reads it"


async def _changes(request: Request, conversation_id: int) -> AsyncIterator[str]:
    service: Service = request.app.state.service
    push: ChatPush = request.app.state.chat_push
    yield "retry: 1000\n\n"
    seen: dict[str, Any] = {}
    for _ in range(_POLLS):
        marker = await run_in_threadpool(service.console.talks.marker, conversation_id)
        found = {"marker": marker, "is_typing": push.typing.is_typing(conversation_id, "resident")}
        if found != seen:
            seen = found
            yield f"event: talk\ndata: {json.dumps(found)}\n\n"
        await asyncio.sleep(_POLL_SECONDS)
