"""Chat: `POST /chat` as JSON for any client, the same as a form for browsers without JavaScript, and a WebSocket."""

import json
import secrets
from typing import Any

from fastapi import APIRouter, Request, Response, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from channels.messages import Channel, InboundMessage, Location, Reply
from intake.casework.cases import Case
from intake.errors import RejectRequest
from intake.http.answering import answer
from intake.http.chat_push import ChatPush
from intake.http.pages import Pages
from intake.wiring import Service

router = APIRouter()
_SESSION = r"^[A-Za-z0-9_.:-]{1,100}$"


class Place(BaseModel):
    """A position that the browser gave, WGS 84 degrees."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class ChatMessage(BaseModel):
    """What a chat client sends. `id` makes a repeat safe: the same id gets the same replies."""

    model_config = ConfigDict(extra="ignore")

    session: str | None = Field(default=None, pattern=_SESSION)
    text: str = Field(default="", max_length=10_000)
    language: str | None = None
    id: str | None = Field(default=None, pattern=_SESSION)
    location: Place | None = None


@router.post("/chat")
async def receive_chat(request: Request) -> Response:
    """Answer a chat message: JSON for JSON, a page for a form."""
    service: Service = request.app.state.service
    if request.headers.get("content-type", "").startswith("application/json"):
        answered = await _respond(_parse(await request.body()), service)
        return Response(json.dumps(answered, ensure_ascii=False), media_type="application/json")
    return await _respond_with_page(request, service)


@router.get("/chat")
def show_chat(request: Request) -> Response:
    """Show an empty chat."""
    pages: Pages = request.app.state.pages
    session, key = _new_session(), secrets.token_urlsafe(12)
    return pages.render(request, "chat.html", session=session, key=key, said="", replies=(), before=(), after=())


@router.websocket("/chat")
async def talk(socket: WebSocket) -> None:
    """Answer messages one by one; each frame holds what `POST /chat` takes, each answer what it gives. What a person writes is pushed."""
    service: Service = socket.app.state.service
    push: ChatPush = socket.app.state.chat_push
    await socket.accept()
    try:
        async with push.line(socket.send_json) as line:
            while True:
                frame = await socket.receive_text()
                if not await line.hear(frame):
                    await socket.send_json(await _respond_to_frame(frame, service))
    except WebSocketDisconnect:
        return


async def _respond_to_frame(frame: str, service: Service) -> dict[str, Any]:
    try:
        return await _respond(_parse(frame.encode()), service)
    except RejectRequest as error:
        return {"error": error.detail, "status": error.status}


async def _respond(message: ChatMessage, service: Service) -> dict[str, Any]:
    session = message.session or _new_session()
    if not service.chat_limit.allows(session):
        raise RejectRequest(429, "too many messages; wait a minute")
    answered = await answer(_inbound(message, session, service), service)
    cases = await run_in_threadpool(service.intake.store.cases, answered.case_numbers)
    return {
        "session": session,
        "id": message.id,
        "replies": [reply_json(reply) for reply in answered.replies],
        "cases": [case_json(case, service, answered.language) for case in cases],
    }


async def _respond_with_page(request: Request, service: Service) -> Response:
    pages: Pages = request.app.state.pages
    push: ChatPush = request.app.state.chat_push
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str) and value}
    language = pages.language(request)
    try:
        message = ChatMessage.model_validate({"language": language, **fields})
    except ValidationError as error:
        raise RejectRequest(422, "the form cannot be read") from error
    session = message.session or _new_session()
    answered = await answer(_inbound(message, session, service), service)
    said_at = (await run_in_threadpool(service.intake.store.read, answered.message_id)).received_at
    written = await run_in_threadpool(push.shown_in, session)
    return pages.render(
        request,
        "chat.html",
        session=session,
        key=secrets.token_urlsafe(12),
        said=message.text,
        replies=answered.replies,
        before=[words for words in written if words.at <= said_at],
        after=[words for words in written if words.at > said_at],
    )


def _inbound(message: ChatMessage, session: str, service: Service) -> InboundMessage:
    languages = service.intake.city.languages
    return InboundMessage(
        channel=Channel.CHAT,
        provider_id=f"{session}:{message.id or secrets.token_urlsafe(12)}",
        sender=f"chat:{session}",
        text=message.text,
        received_at=service.clock(),
        location=Location(message.location.lat, message.location.lon) if message.location else None,
        language_hint=message.language if message.language in languages else None,
    )


def _parse(body: bytes) -> ChatMessage:
    try:
        return ChatMessage.model_validate_json(body)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise RejectRequest(422, faults or "no JSON") from error


def _new_session() -> str:
    return secrets.token_urlsafe(18)


def reply_json(reply: Reply) -> dict[str, Any]:
    """A reply as chat clients get it."""
    return {
        "text": reply.text,
        "language": reply.language,
        "choices": [{"value": choice.value, "label": choice.label} for choice in reply.choices],
        "links": list(reply.links),
    }


def case_json(case: Case, service: Service, language: str) -> dict[str, Any]:
    """A case as its resident's client gets it."""
    catalog = service.intake.city.catalog
    return {
        "number": case.number,
        "service_code": case.service,
        "service_name": catalog.service_name(case.service, language),
        "department": catalog.department_name(case.department, language),
        "place": case.place,
        "status": "open" if case.is_open else "closed",
        "expected": case.due_at.isoformat(),
        "link": service.intake.speaker.status_link(case),
    }
