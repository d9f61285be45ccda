"""`POST /voice` and its follow-ups: a call, turn by turn. Each turn is an ordinary message, so a caller who hangs up loses nothing."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from channels.messages import Channel, Reply
from channels.twilio_voice import (
    Line,
    ask,
    has_speech,
    is_silent,
    keys_pressed,
    lines_of,
    misses_allow_another,
    read_turn,
    say_and_hang_up,
)
from intake.calls import review_abandoned, text_caller
from intake.errors import RejectRequest
from intake.http.answering import answer
from intake.http.twilio import TWIML, genuine_form
from intake.wiring import Service
from routing.drafts import State

router = APIRouter()


@router.post("/voice")
async def begin_call(request: Request) -> Response:
    """Greet a caller and let them choose a language, by key or by naming it."""
    service: Service = request.app.state.service
    await genuine_form(request, service)
    return _twiml(_language_menu(service, misses=0))


@router.post("/voice/language")
async def choose_language(request: Request, misses: int = 0) -> Response:
    """Go on in the chosen language, by speech where the provider hears it, by text message where it does not."""
    service: Service = request.app.state.service
    form = await genuine_form(request, service)
    language = _chosen(form, service)
    if language is None and misses_allow_another(misses + 1):
        return _twiml(_language_menu(service, misses=misses + 1))
    language = language or service.intake.city.languages[0]
    if not has_speech(language):
        await run_in_threadpool(_text_instead, form, language, service)
        return _twiml(say_and_hang_up([_line(service, language, "voice-by-text"), _line(service, language, "voice-goodbye")]))
    return _twiml(_listen([_line(service, language, "voice-describe")], language, turn=1))


@router.post("/voice/turn")
async def take_turn(request: Request, language: str, turn: int, misses: int = 0) -> Response:
    """Understand what the caller said or keyed in, and say what follows."""
    service: Service = request.app.state.service
    form = await genuine_form(request, service)
    if language not in service.intake.city.languages:
        raise RejectRequest(400, "unknown language")
    if is_silent(form):
        return _twiml(await _after_silence(form, service, language, turn, misses))
    answered = await answer(_turn(form, turn, language, service), service)
    conversation = await run_in_threadpool(service.intake.store.conversation, form["From"], Channel.VOICE.value, form["CallSid"])
    is_over = (
        any(reply.ends_call for reply in answered.replies)
        or bool(answered.case_numbers)
        or conversation is None
        or conversation.state in (State.WITH_STAFF, State.STOPPED)
    )
    lines = lines_of(answered.replies)
    language = answered.language
    if is_over:
        return _twiml(say_and_hang_up(lines or [_line(service, language, "voice-goodbye")]))
    if not has_speech(language):
        await run_in_threadpool(_text_instead, form, language, service)
        return _twiml(say_and_hang_up([_line(service, language, "voice-by-text")]))
    return _twiml(_listen(lines, language, turn=turn + 1))


@router.post("/voice/status")
async def end_call(request: Request) -> Response:
    """A call is over: what it left half collected goes before a person."""
    service: Service = request.app.state.service
    form = await genuine_form(request, service)
    if form.get("CallStatus") in ("completed", "busy", "failed", "no-answer", "canceled"):
        await run_in_threadpool(review_abandoned, service.intake.store, form.get("CallSid", ""), service.clock())
    return Response(status_code=204)


def _turn(form: dict[str, str], turn: int, language: str, service: Service) -> Any:
    try:
        return read_turn(form, turn=turn, language=language, now=service.clock())
    except KeyError as error:
        raise RejectRequest(400, f"field missing: {error}") from error


async def _after_silence(form: dict[str, str], service: Service, language: str, turn: int, misses: int) -> str:
    if misses_allow_another(misses + 1):
        return _listen([_line(service, language, "voice-not-heard")], language, turn=turn, misses=misses + 1)
    await run_in_threadpool(_text_instead, form, language, service)
    return say_and_hang_up([_line(service, language, "voice-by-text"), _line(service, language, "voice-goodbye")])


def _language_menu(service: Service, *, misses: int) -> str:
    languages = service.intake.city.languages
    lines = [_line(service, languages[0], "voice-welcome")]
    lines += [_line(service, code, "voice-choose-language", digit=str(n)) for n, code in enumerate(languages, 1)]
    names = ",".join(name for code in languages for name in service.language_names(code))
    return ask(lines, action=f"/voice/language?misses={misses}", listens_in=languages[0], hints=names[:900])


def _chosen(form: dict[str, str], service: Service) -> str | None:
    languages = service.intake.city.languages
    digits = keys_pressed(form)
    if digits.isdigit() and 1 <= int(digits) <= len(languages):
        return languages[int(digits) - 1]
    return service.language_named(form.get("SpeechResult", ""))


def _text_instead(form: dict[str, str], language: str, service: Service) -> None:
    """Open a text conversation in the caller's language; once a call, however often Twilio asks."""
    text = service.intake.speaker.say(language, "text-after-call")
    text_caller(service.intake.store, form["From"], form["CallSid"], Reply(text, language), service.clock())


def _listen(lines: list[Line], language: str, *, turn: int, misses: int = 0) -> str:
    query = urlencode({"language": language, "turn": turn, "misses": misses})
    return ask(lines, action=f"/voice/turn?{query}", listens_in=language)


def _line(service: Service, language: str, phrase: str, **values: str) -> Line:
    return Line(service.intake.speaker.say(language, phrase, **values), language)


def _twiml(document: str) -> Response:
    return Response(document, media_type=TWIML)
