"""`POST /sms`: Twilio's webhook for text messages, answered within the request."""

from fastapi import APIRouter, Request, Response

from channels.segments import count_segments
from channels.twilio_sms import answer_sms, is_answered_by_carrier, read_sms, text_of
from intake.errors import RejectRequest
from intake.http.answering import answer
from intake.http.twilio import TWIML, genuine_form
from intake.wiring import Service

router = APIRouter()


@router.post("/sms")
async def receive_sms(request: Request) -> Response:
    """Answer a text message with TwiML. A forged request gets 403 and leaves nothing behind."""
    service: Service = request.app.state.service
    form = await genuine_form(request, service)
    try:
        inbound = read_sms(form, service.clock())
    except (KeyError, ValueError) as error:
        raise RejectRequest(400, f"field missing or wrong: {error}") from error
    answered = await answer(inbound, service)
    # Twilio's Advanced Opt-Out has told the resident already; the ledger still had to learn of it.
    replies = () if is_answered_by_carrier(form) else answered.replies
    for reply in replies:
        segments = count_segments(text_of(reply))
        service.metrics.segments.labels(segments.encoding).inc(segments.count)
    return Response(answer_sms(replies), media_type=TWIML)
