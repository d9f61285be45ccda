"""`/console/sign-in` and `/console/sign-out`: a local account's name and password become a session's cookie."""

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from intake.console.people import Person
from intake.errors import RejectRequest
from intake.http.console.frame import COOKIE, admit, console_pages, signed_in
from intake.wiring import Service

open_router = APIRouter()
router = APIRouter(dependencies=[Depends(admit)])


@open_router.get("/console/sign-in")
def show_sign_in(request: Request) -> Response:
    """Show the form; nobody has to be signed in for it."""
    return console_pages(request).render(request, "sign_in.html", error="", login="")


@open_router.post("/console/sign-in")
async def sign_in(request: Request) -> Response:
    """Let somebody in, or say that name or password is wrong without saying which."""
    service: Service = request.app.state.service
    form = await request.form()
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    if not service.console.sign_in_limit.allows(request.client.host if request.client else ""):
        raise RejectRequest(429, "too many tries; wait a minute")
    person = await run_in_threadpool(service.console.people.sign_in, login, password, service.clock())
    if person is None:
        error = "Name or password is wrong. After five wrong tries an account is locked for five minutes."
        return console_pages(request).render(request, "sign_in.html", status=401, error=error, login=login)
    return await run_in_threadpool(let_in, person, service)


def let_in(person: Person, service: Service) -> Response:
    """Begin a session and go to the queue."""
    token = service.console.sessions.begin(person, service.clock())
    response = RedirectResponse("/console", status_code=303)
    is_secure = service.settings.public_url.startswith("https://")
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=is_secure, path="/console")
    return response


@router.post("/console/sign-out")
def sign_out(request: Request) -> Response:
    """End the session."""
    service: Service = request.app.state.service
    service.console.sessions.end(request.cookies.get(COOKIE, ""), service.clock())
    response = RedirectResponse("/console/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/console")
    return response


@router.get("/console/me")
def show_me(request: Request) -> Response:
    """Show one's own account."""
    return console_pages(request).render(request, "me.html", me=signed_in(request).person)
