"""`POST /sms/status`: Twilio tells what became of a text that we sent."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from channels.twilio_sms import read_status
from intake.errors import RejectRequest
from intake.http.twilio import genuine_form
from intake.wiring import Service

router = APIRouter()


@router.post("/sms/status")
async def receive_status(request: Request) -> Response:
    """Take over a receipt. Late, repeated and unknown ones are answered like any other: Twilio has nothing to do about them."""
    service: Service = request.app.state.service
    form = await genuine_form(request, service)
    try:
        status = read_status(form)
    except (KeyError, ValueError) as error:
        raise RejectRequest(400, f"field missing or wrong: {error}") from error
    if await run_in_threadpool(service.delivery.receipts.take, status, service.clock()):
        service.metrics.receipts.labels(status.status).inc()
    return Response(status_code=204)
