"""`/console/people`: administrators add people, say what they may do and what they read, and lock them out."""

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from intake.console.access import Role
from intake.errors import RejectRequest
from intake.http.console.frame import admit, console_pages, signed_in
from intake.wiring import Service

router = APIRouter(dependencies=[Depends(admit)])


@router.get("/console/people")
async def list_people(request: Request) -> Response:
    """Show everybody."""
    return await run_in_threadpool(_page, request)


@router.post("/console/people")
async def add_person(request: Request) -> Response:
    """Add somebody; without a password they sign in with their city account only."""
    form = await request.form()
    error = await run_in_threadpool(_add, request, form)
    return RedirectResponse("/console/people", status_code=303) if not error else await run_in_threadpool(_page, request, error)


@router.post("/console/people/{person_id}")
async def change_person(request: Request, person_id: int) -> Response:
    """Change somebody's role, languages, or whether they may sign in."""
    form = await request.form()
    error = await run_in_threadpool(_change, request, person_id, form)
    return RedirectResponse("/console/people", status_code=303) if not error else await run_in_threadpool(_page, request, error)


@router.post("/console/people/{person_id}/password")
async def set_password(request: Request, person_id: int) -> Response:
    """Give somebody a new password."""
    form = await request.form()
    error = await run_in_threadpool(_set_password, request, person_id, str(form.get("password", "")))
    return RedirectResponse("/console/people", status_code=303) if not error else await run_in_threadpool(_page, request, error)


def _page(request: Request, error: str = "") -> Response:
    service: Service = request.app.state.service
    return console_pages(request).render(
        request,
        "people.html",
        status=422 if error else 200,
        error=error,
        people=service.console.people.list(),
        roles=list(Role),
        languages=service.intake.city.languages,
    )


def _add(request: Request, form: FormData) -> str:
    service: Service = request.app.state.service
    try:
        service.console.people.add(
            str(form.get("login", "")),
            str(form.get("name", "")),
            _role(form),
            service.clock(),
            password=str(form.get("password", "")) or None,
            languages=_languages(form, service),
            actor=signed_in(request).person.login,
        )
    except ValueError as error:
        return str(error)
    return ""


def _change(request: Request, person_id: int, form: FormData) -> str:
    service: Service = request.app.state.service
    me = signed_in(request).person
    role, is_disabled = _role(form), "is_disabled" in form
    if person_id == me.id and (is_disabled or role is not Role.ADMINISTRATOR):
        return "You cannot lock yourself out; let another administrator do it."
    changed = service.console.people.change(
        person_id,
        service.clock(),
        role=role,
        languages=_languages(form, service),
        is_disabled=is_disabled,
        actor=me.login,
    )
    return "" if changed else "There is no such person."


def _set_password(request: Request, person_id: int, password: str) -> str:
    service: Service = request.app.state.service
    person = service.console.people.one(person_id)
    if person is None:
        return "There is no such person."
    try:
        service.console.people.set_password(person.login, password, service.clock(), actor=signed_in(request).person.login)
    except ValueError as error:
        return str(error)
    return ""


def _role(form: FormData) -> Role:
    try:
        return Role(str(form.get("role", "")))
    except ValueError as error:
        raise RejectRequest(422, f"no such role; there are: {', '.join(Role)}") from error


def _languages(form: FormData, service: Service) -> list[str]:
    chosen = [str(code) for code in form.getlist("languages")]
    return [code for code in chosen if code in service.intake.city.languages] or ["en"]
