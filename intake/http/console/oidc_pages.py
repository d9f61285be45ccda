"""`/console/oidc`: to the city's identity provider and back."""

import json

import structlog
from cryptography.fernet import Fernet, InvalidToken
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from intake.console.oidc import Going, OidcProvider, SignInRefusedError
from intake.console.people import Person
from intake.errors import RejectRequest
from intake.http.console.frame import console_pages
from intake.http.console.signing_in import let_in
from intake.wiring import Service

open_router = APIRouter()
_log = structlog.get_logger()
_COOKIE = "console-going"
_MINUTES = 10
_REFUSED = "Your city account could not be signed in here. Ask an administrator to add you."


@open_router.get("/console/oidc")
async def go(request: Request) -> Response:
    """Send a browser to the provider; what must be known when it comes back travels in a sealed cookie."""
    service: Service = request.app.state.service
    provider = _provider(service)
    try:
        url, going = await run_in_threadpool(provider.send_away)
    except SignInRefusedError as error:
        return _refused(request, str(error))
    response = RedirectResponse(url, status_code=303)
    sealed = _cipher(service).encrypt_at_time(json.dumps([going.state, going.nonce, going.verifier]).encode(), _seconds(service))
    response.set_cookie(
        _COOKIE,
        sealed.decode(),
        max_age=_MINUTES * 60,
        httponly=True,
        samesite="lax",
        secure=service.settings.public_url.startswith("https://"),
        path="/console/oidc",
    )
    return response


@open_router.get("/console/oidc/back")
async def come_back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
    """Let somebody in whom the provider vouches for and whom we know."""
    service: Service = request.app.state.service
    provider = _provider(service)
    going = _going(request, service)
    if error or going is None or not code or state != going.state:
        return _refused(request, error or "no sign-in was begun in this browser")
    try:
        person = await run_in_threadpool(_identify, provider, code, going, service)
    except SignInRefusedError as refusal:
        return _refused(request, str(refusal))
    if person is None:
        return _refused(request, "not known here")
    response = await run_in_threadpool(let_in, person, service)
    response.delete_cookie(_COOKIE, path="/console/oidc")
    return response


def _identify(provider: OidcProvider, code: str, going: Going, service: Service) -> Person | None:
    identity = provider.identify(code, going, service.clock())
    return service.console.membership.admit(identity, service.clock())


def _provider(service: Service) -> OidcProvider:
    if service.console.provider is None:
        raise RejectRequest(404, "no identity provider is set up")
    return service.console.provider


def _going(request: Request, service: Service) -> Going | None:
    sealed = request.cookies.get(_COOKIE, "")
    try:
        kept = _cipher(service).decrypt_at_time(sealed.encode(), _MINUTES * 60, _seconds(service))
    except InvalidToken:
        return None
    return Going(*json.loads(kept))


def _refused(request: Request, reason: str) -> Response:
    _log.warning("sign_in_refused", reason=reason)
    return console_pages(request).render(request, "sign_in.html", status=403, error=_REFUSED, login="")


def _cipher(service: Service) -> Fernet:
    return Fernet(service.console.going_key)


def _seconds(service: Service) -> int:
    return int(service.clock().timestamp())
