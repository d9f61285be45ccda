"""For operators: `/healthz` (alive), `/readyz` (can answer), `/metrics` (figures)."""

import hmac
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from intake.errors import RejectRequest
from intake.wiring import Service

router = APIRouter()


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request, response: Response) -> dict[str, Any]:
    """Say whether messages can be answered, and with what."""
    service: Service = request.app.state.service
    is_reachable = await run_in_threadpool(_database_answers, service)
    knowledge = service.knowledge()
    response.status_code = 200 if is_reachable else 503
    return {
        "status": "ok" if is_reachable else "database unreachable",
        "city": service.intake.city.id,
        "bundle": service.bundle.name,
        "languages": list(service.intake.city.languages),
        "sms": bool(service.settings.twilio_auth_token.get_secret_value()),
        "translation": {
            able.language: {"to_english": able.to_english, "from_english": able.from_english, "why": able.why}
            for able in service.translations.capabilities()
        },
        "systems": [
            name for name in (service.delivery.receivers.case_system_name, service.delivery.receivers.asset_system_name) if name
        ],
        "knowledge": {"articles": len(knowledge.articles), "faults": list(knowledge.source.faults)},
    }


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Write Prometheus figures; with a token set, only to those who have it."""
    service: Service = request.app.state.service
    token = service.settings.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and not hmac.compare_digest(given.encode(), token.encode()):
        raise RejectRequest(401, "the token is missing or wrong")
    backlog = await run_in_threadpool(service.intake.store.backlog, service.clock())
    answers = await run_in_threadpool(service.answer_tallies.read, service.clock())
    return Response(service.metrics.render(backlog, answers), media_type="text/plain; version=0.0.4; charset=utf-8")


def _database_answers(service: Service) -> bool:
    try:
        with service.engine.connect() as connection:
            connection.execute(text("SELECT 1 FROM messages LIMIT 1"))
    except SQLAlchemyError:
        return False
    return True
