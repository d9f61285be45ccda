"""`GET /cases/<number>`: a case's state, behind a link that cannot be guessed."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from intake.http.pages import Pages
from intake.wiring import Service

router = APIRouter()


@router.get("/cases/{number}")
async def show_case(request: Request, number: str, key: str = "") -> Response:
    """Show a case to whoever has its key; a wrong key and a wrong number look the same."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    case = await run_in_threadpool(service.intake.store.case_by_token, number, key)
    if case is None:
        return pages.message(request, "error-not-found", status=404)
    text = service.intake.speaker.state_of_case(pages.language(request), case)
    return pages.render(request, "message.html", text=text)
