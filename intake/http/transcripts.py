"""`POST /transcripts`: calls that were transcribed elsewhere."""

import hmac
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError

from channels.transcripts import Transcript, read_transcript
from intake.errors import RejectRequest
from intake.http.answering import answer
from intake.http.chat import case_json, reply_json
from intake.wiring import Service

router = APIRouter()


@router.post("/transcripts")
async def receive_transcript(request: Request) -> dict[str, Any]:
    """Understand a transcript; complete reports are opened, the rest is put before a person."""
    service: Service = request.app.state.service
    _check_key(request, service)
    transcript = await _read(request)
    try:
        inbound = read_transcript(transcript, service.clock())
    except ValueError as error:
        raise RejectRequest(422, str(error)) from error
    answered = await answer(inbound, service)
    cases = service.intake.store.cases(answered.case_numbers)
    return {
        "id": transcript.id,
        "replies": [reply_json(reply) for reply in answered.replies],
        "cases": [case_json(case, service, answered.language) for case in cases],
    }


async def _read(request: Request) -> Transcript:
    try:
        return Transcript.model_validate_json(await request.body())
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise RejectRequest(422, faults) from error


def _check_key(request: Request, service: Service) -> None:
    keys = service.settings.transcript_api_keys
    if not keys:
        raise RejectRequest(503, "no API key is set up: set INTAKE_TRANSCRIPT_API_KEYS")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ") or request.headers.get("X-API-Key", "")
    if not any(hmac.compare_digest(given.encode(), key.get_secret_value().encode()) for key in keys):
        raise RejectRequest(401, "the API key is missing or wrong")
