"""`/cases/<number>?key=…`: a case's state and time line, behind a link that cannot be guessed, and the question whether it is fixed."""

from collections.abc import Iterator
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from intake.casework.case_page import CaseView, Happened
from intake.dates import write_date
from intake.http.pages import Pages
from intake.wiring import Service

router = APIRouter()
# The key stands in the address, so neither a search engine nor a shared cache may keep the page.
_PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store"}


@router.get("/cases/{number}")
async def show_case(request: Request, number: str, key: str = "") -> Response:
    """Show a case to whoever has its key; a wrong key and a wrong number look the same."""
    service: Service = request.app.state.service
    view = await run_in_threadpool(service.case_pages.read, number, key, service.clock())
    response = _not_found(request) if view is None else _page(request, service, view, key)
    response.headers.update(_PRIVATE)
    return response


@router.post("/cases/{number}")
async def rate_case(request: Request, number: str) -> Response:
    """Take the answer to "Is it fixed?", and show the case again."""
    service: Service = request.app.state.service
    form = await request.form()
    key, fixed = str(form.get("key", "")), form.get("fixed")
    if fixed not in ("yes", "no") or not await run_in_threadpool(
        service.case_pages.rate, number, key, service.clock(), is_fixed=fixed == "yes"
    ):
        return _not_found(request)
    return RedirectResponse(f"{request.url.path}?{urlencode({'key': key})}", status_code=303)


def _not_found(request: Request) -> Response:
    pages: Pages = request.app.state.pages
    return pages.message(request, "error-not-found", status=404)


def _page(request: Request, service: Service, view: CaseView, key: str) -> Response:
    pages: Pages = request.app.state.pages
    language = pages.language(request)
    catalog, timezone = service.intake.city.catalog, service.intake.city.timezone
    return pages.render(
        request,
        "case.html",
        view=view,
        key=key,
        service_name=catalog.service_name(view.case.service, language),
        department=catalog.department_name(view.state.department, language),
        is_late=view.state.is_open and view.state.due_at < service.clock(),
        day=lambda moment: write_date(moment, language, timezone),
        lines=[(line.at, _words(line, language, service)) for line in _heard_of(view, language, service)],
    )


def _heard_of(view: CaseView, language: str, service: Service) -> Iterator[Happened]:
    """The time line without moves between crews that residents know by one department's name."""
    known = ""
    for line in view.history:
        name = service.intake.city.catalog.department_name(line.department, language) if line.department else known
        if line.name != "moved" or name != known:
            yield line
        known = name


def _words(line: Happened, language: str, service: Service) -> str:
    speaker, catalog = service.intake.speaker, service.intake.city.catalog
    match line.name:
        case "opened" | "moved":
            return speaker.say(language, f"event-{line.name}", department=catalog.department_name(line.department, language))
        case "merged":
            return speaker.say(language, "event-merged", number=line.number)
        case "closed":
            return speaker.say(language, "case-is-closed")
        case _:
            return speaker.say(language, f"event-{line.name}")
