"""`POST /chat/photo`: a photo in a chat, from a script or from a browser without one."""

import json
import secrets
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from channels.messages import Attachment, Channel, InboundMessage, Reply
from intake.errors import RejectRequest, TellResident
from intake.http.answering import answer
from intake.http.chat import ChatMessage, case_json, reply_json
from intake.http.chat_push import ChatPush
from intake.http.pages import Pages
from intake.http.photo_upload import keep_photo
from intake.pipeline import Answer
from intake.wiring import Service

router = APIRouter()


@dataclass(frozen=True)
class _Sent:
    """Whose photo it is, under which id, and the language of the page; the id makes a repeat safe."""

    session: str
    id: str
    text: str
    language: str


@router.post("/chat/photo")
async def receive_photo(request: Request) -> Response:
    """Answer a photo as a message is answered: JSON for whoever accepts it, else a page."""
    service: Service = request.app.state.service
    async with request.form() as form:
        photo = form.get("photo")
        sent = _read({name: value for name, value in form.items() if isinstance(value, str) and value}, request)
        if not service.chat_limit.allows(sent.session):
            raise RejectRequest(429, "too many messages; wait a minute")
        if not isinstance(photo, UploadFile) or not photo.filename:
            return await _refused(request, sent, TellResident("error-photo-type"))
        try:
            attachment = await keep_photo(photo, service)
        except TellResident as error:
            return await _refused(request, sent, error)
    return await _answered(request, sent, await answer(_inbound(sent, attachment, service), service))


def _read(fields: dict[str, str], request: Request) -> _Sent:
    pages: Pages = request.app.state.pages
    try:
        message = ChatMessage.model_validate(fields)
    except ValidationError as error:
        raise RejectRequest(422, "the form cannot be read") from error
    if message.session is None:
        raise RejectRequest(422, "session: missing")
    language = pages.nearest(message.language) if message.language else pages.language(request)
    return _Sent(message.session, message.id or secrets.token_urlsafe(12), message.text, language)


def _inbound(sent: _Sent, attachment: Attachment, service: Service) -> InboundMessage:
    return InboundMessage(
        channel=Channel.CHAT,
        provider_id=f"{sent.session}:{sent.id}",
        sender=f"chat:{sent.session}",
        text=sent.text,
        received_at=service.clock(),
        attachments=(attachment,),
        language_hint=sent.language,
    )


async def _refused(request: Request, sent: _Sent, error: TellResident) -> Response:
    service: Service = request.app.state.service
    text = service.intake.speaker.say(sent.language, error.phrase, **error.values)
    if _wants_json(request):
        return Response(json.dumps({"error": text}, ensure_ascii=False), status_code=422, media_type="application/json")
    return await _page(request, sent, (Reply(text, sent.language),), status=422)


async def _answered(request: Request, sent: _Sent, answered: Answer) -> Response:
    service: Service = request.app.state.service
    if not _wants_json(request):
        return await _page(request, sent, answered.replies)
    cases = await run_in_threadpool(service.intake.store.cases, answered.case_numbers)
    body = {
        "session": sent.session,
        "id": sent.id,
        "replies": [reply_json(reply) for reply in answered.replies],
        "cases": [case_json(case, service, answered.language) for case in cases],
    }
    return Response(json.dumps(body, ensure_ascii=False), media_type="application/json")


async def _page(request: Request, sent: _Sent, replies: tuple[Reply, ...], *, status: int = 200) -> Response:
    pages: Pages = request.app.state.pages
    push: ChatPush = request.app.state.chat_push
    return pages.render(
        request,
        "chat.html",
        status=status,
        language=sent.language,
        session=sent.session,
        key=secrets.token_urlsafe(12),
        said=sent.text,
        replies=replies,
        before=await run_in_threadpool(push.shown_in, sent.session),
        after=(),
    )


def _wants_json(request: Request) -> bool:
    return "application/json" in request.headers.get("accept", "")
