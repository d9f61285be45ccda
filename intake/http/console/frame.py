"""What all of the console's routes share: who is asking, whether they may, and the frame of a page."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from intake.console.access import Role, may
from intake.console.sessions import SignedIn
from intake.dates import write_moment
from intake.errors import IntakeError, RejectRequest
from intake.phrases import is_right_to_left
from intake.wiring import Service

COOKIE = "console"
# Asked by pages themselves, so an empty desk does not stay signed in for ever.
_BY_ITSELF = frozenset(
    {
        "/console/events",
        "/console/waiting",
        "/console/conversations/rows",
        "/console/conversations/{conversation_id}/turns",
        "/console/conversations/{conversation_id}/events",
    }
)
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_TEMPLATES = Path(__file__).resolve().parent.parent.parent / "pages"
_NAVIGATION = (
    ("/console", "Queue"),
    ("/console/conversations", "Conversations"),
    ("/console/cases", "Cases"),
    ("/console/insight", "Insight"),
    ("/console/models", "Models"),
    ("/console/translation", "Translation"),
    ("/console/people", "People"),
    ("/console/audit", "Audit"),
)
# Everybody may come to the first address, and is led on from it; only those with a queue may read what waits.
_ASKED_FOR = {"/console": "/console/waiting"}


class NotSignedInError(IntakeError):
    """The browser has to go and sign in first."""


async def admit(request: Request) -> None:
    """Let a request of the console in, or refuse it: a dependency of every route. Puts `signed_in` on the request's state."""
    service: Service = request.app.state.service
    token = request.cookies.get(COOKIE, "")
    path, method = request.scope["route"].path, request.method
    is_activity = path not in _BY_ITSELF
    found = await run_in_threadpool(service.console.sessions.signed_in, token, service.clock(), is_activity=is_activity)
    if found is None:
        raise NotSignedInError
    if method in _CHANGES and not await _has_csrf(request, found.csrf):
        raise RejectRequest(403, "this form is out of date; load the page again")
    if not may(found.person.role, "GET" if method == "HEAD" else method, path):
        raise RejectRequest(403, f"this is not for the role {found.person.role}")
    request.state.signed_in = found


async def _has_csrf(request: Request, expected: str) -> bool:
    given = request.headers.get("x-csrf") or str((await request.form()).get("csrf", ""))
    return secrets.compare_digest(given.encode(), expected.encode())


def pages_for(role: Role) -> list[tuple[str, str]]:
    """The paths and names of the pages that a role may open; the first is where its people begin."""
    return [(path, name) for path, name in _NAVIGATION if may(role, "GET", _ASKED_FOR.get(path, path))]


def signed_in(request: Request) -> SignedIn:
    """Who asks; `admit` has let them in."""
    found: SignedIn = request.state.signed_in
    return found


async def to_sign_in(request: Request, error: Exception) -> Response:
    """Send a browser to the sign-in page, and tell a script."""
    if "text/html" not in request.headers.get("accept", ""):
        return Response('{"detail":"sign in"}', status_code=401, media_type="application/json")
    return RedirectResponse("/console/sign-in", status_code=303)


class ConsolePages:
    """Renders the console's templates, in English: it is the language that staff share."""

    def __init__(self, service: Service, static_url: Callable[[str], str]) -> None:
        self._service = service
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["direction_of"] = lambda code: "rtl" if is_right_to_left(code or "en") else "ltr"
        self._environment.globals["static_url"] = static_url
        self._environment.globals["has_provider"] = service.console.provider is not None
        zone = service.intake.city.timezone
        self._environment.filters["moment"] = lambda moment: write_moment(moment, zone)

    def render(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Render `console/<template>` for whoever asks."""
        found: SignedIn | None = getattr(request.state, "signed_in", None)
        html = self._environment.get_template(f"console/{template}").render(
            city=self._service.intake.city,
            person=found.person if found else None,
            csrf=found.csrf if found else "",
            navigation=pages_for(found.person.role) if found else [],
            here=request.url.path,
            now=self._service.clock(),
            **values,
        )
        return HTMLResponse(html, status_code=status, headers={"Cache-Control": "no-store"})


def console_pages(request: Request) -> ConsolePages:
    """The renderer of this application."""
    pages: ConsolePages = request.app.state.console_pages
    return pages
