"""`GET /cases/<number>`: a case's state, behind a link that cannot be guessed."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from intake.dates import write_date
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
    language = pages.language(request)
    city = service.intake.city
    moment = case.due_at if case.is_open else (case.closed_at or case.due_at)
    text = service.intake.speaker.say(
        language,
        "status-open" if case.is_open else "status-closed",
        number=case.number,
        service=city.catalog.service_name(case.service, language),
        department=city.catalog.department_name(case.department, language),
        date=write_date(moment, language, city.timezone),
    )
    return pages.render(request, "message.html", text=text)
