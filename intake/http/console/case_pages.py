"""`/console/cases`: cases are found, and one is looked at in full."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from channels.messages import Channel
from intake.console.access import may
from intake.console.case_form import FIELDS, CaseForm, read_form, whole_number
from intake.console.case_in_full import CaseInFull
from intake.console.case_search import CasePage, CaseQuery, Order, Standing
from intake.console.reason_words import language_name
from intake.errors import RejectRequest
from intake.http.console.frame import admit, console_pages, signed_in
from intake.http.console.queue_pages import write_wait
from intake.wiring import Service
from routing.catalog import Priority
from routing.drafts import Place

router = APIRouter(dependencies=[Depends(admit)])
STANDINGS = {
    Standing.OPEN: "open",
    Standing.LATE: "open and late",
    Standing.CLOSED: "closed",
    Standing.MERGED: "merged into another",
    Standing.WITHDRAWN: "withdrawn",
    Standing.NOT_FILED: "not yet in the CRM",
    Standing.FAILED: "delivery failed",
}
_ORDERS = {Order.NEWEST: "newest first", Order.URGENT: "urgent first, then by deadline"}
_NOBODY = "Nobody has written or called from there."
_NO_CONTACT = "Type a phone number with its area code, or an e-mail address."


@router.get("/console/cases")
async def list_cases(request: Request) -> Response:
    """Show the search form with what it finds; a whole number leads to its case."""
    return await run_in_threadpool(_list, request)


@router.post("/console/cases/contact")
async def find_contact(request: Request) -> Response:
    """Look a phone number or address up; the answer's address holds the contact's id, so the number stands in no log or history."""
    form = await request.form()
    return await run_in_threadpool(_find_contact, request, str(form.get("contact_words", "")).strip())


@router.get("/console/cases/{number}")
async def show_case(request: Request, number: str) -> Response:
    """Show one case."""
    return await run_in_threadpool(case_page, request, number)


@router.post("/console/cases/{number}/text")
async def show_text(request: Request, number: str) -> Response:
    """Show a case with all that its resident wrote. Who looked is noted, so this is no address to come back to."""
    return await run_in_threadpool(_reveal, request, number)


def case_page(
    request: Request, number: str, error: str = "", candidates: tuple[Place, ...] = (), typed: Mapping[str, str] | None = None
) -> Response:
    """A case's page, with what went wrong or the places to choose from. Raises RejectRequest where there is no such case."""
    service: Service = request.app.state.service
    case = service.console.cases.read(number)
    if case is None:
        raise RejectRequest(404, f"there is no case {number}")
    status = 409 if error else 200
    return _render(request, case, status=status, error=error, candidates=candidates, typed=typed or {}, is_shown=False)


def _list(request: Request) -> Response:
    service: Service = request.app.state.service
    desk = service.console.cases
    form = desk.read_form(request.query_params)
    whole = whole_number(form.typed["number"])
    if whole is not None and form.query == CaseQuery(number=whole, order=form.query.order) and desk.has(whole):
        return RedirectResponse(f"/console/cases/{whole}", status_code=303)
    after = request.query_params.get("after", "")
    page = desk.find(form, service.clock(), after=int(after[:9]) if after.isdecimal() and after.isascii() else None)
    return _found(request, form, page)


def _find_contact(request: Request, words: str) -> Response:
    service: Service = request.app.state.service
    if "@" not in words and sum(letter.isdigit() for letter in words) < 10:
        return _empty(request, _NO_CONTACT)
    contact = service.console.cases.contact_of(words, signed_in(request).person, service.clock())
    if contact is None:
        return _empty(request, _NOBODY)
    return RedirectResponse(f"/console/cases?contact={contact}", status_code=303)


def _empty(request: Request, fault: str) -> Response:
    service: Service = request.app.state.service
    blank = read_form({}, service.intake.city)
    return _found(request, CaseForm(blank.typed, blank.query, (fault,)), CasePage((), 0, None))


def _found(request: Request, form: CaseForm, page: CasePage) -> Response:
    service: Service = request.app.state.service
    asked = {name: value for name, value in form.typed.items() if value}
    return console_pages(request).render(
        request,
        "cases.html",
        status=422 if form.faults else 200,
        typed=form.typed,
        faults=form.faults,
        page=page,
        is_asked=any(form.typed[name] for name in FIELDS),
        older="" if page.last is None else urlencode({**asked, "after": page.last}),
        standings=STANDINGS,
        orders=_ORDERS,
        channels={channel.value: channel.value for channel in Channel},
        languages={code: language_name(code) for code in service.intake.city.languages},
        **_words(service),
    )


def _reveal(request: Request, number: str) -> Response:
    service: Service = request.app.state.service
    case = service.console.cases.reveal(number, signed_in(request).person, service.clock())
    if case is None:
        raise RejectRequest(404, f"there is no case {number}")
    return _render(request, case, status=200, error="", candidates=(), typed={}, is_shown=True)


def _render(request: Request, case: CaseInFull, *, status: int, typed: Mapping[str, str], **values: Any) -> Response:
    service: Service = request.app.state.service
    catalog = service.intake.city.catalog
    return console_pages(request).render(
        request,
        "case.html",
        status=status,
        case=case,
        points=_points(case),
        priorities=list(Priority),
        asset_classes=sorted({one.asset_class for one in catalog.services.values() if one.asset_class}),
        may_withdraw=may(signed_in(request).person.role, "POST", "/console/cases/{number}/withdraw"),
        language=language_name(case.language),
        # A field that was not sent is an empty one.
        typed=defaultdict(str, typed),
        **_words(service),
        **values,
    )


def _words(service: Service) -> dict[str, Any]:
    """Names of services and departments, and how late something is."""
    catalog, now = service.intake.city.catalog, service.clock()
    return {
        "services": {code: catalog.service_name(code, "en") for code in catalog.services},
        "departments": {code: department.name for code, department in catalog.departments.items()},
        "late_by": lambda due_at: write_wait(now - due_at) if due_at < now else "",
    }


def _points(case: CaseInFull) -> list[dict[str, Any]]:
    place = case.place or {}
    if place.get("latitude") is None or place.get("longitude") is None:
        return []
    return [{"lat": place["latitude"], "lon": place["longitude"], "label": case.words.place, "kind": "case"}]
