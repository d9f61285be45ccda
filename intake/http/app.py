"""The web application: routes, layers and error pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from intake.errors import RejectRequest
from intake.http import (
    cases,
    chat,
    chat_photo,
    city_map,
    form,
    health,
    help_pages,
    home,
    open311,
    sms,
    sms_status,
    transcripts,
    voice,
    widget,
)
from intake.http.chat_push import ChatPush
from intake.http.compressing import Compressing
from intake.http.console import (
    audit_page,
    canned_answers,
    case_actions,
    case_pages,
    insight_pages,
    lookups,
    model_pages,
    oidc_pages,
    people_pages,
    photos,
    queue_pages,
    review_actions,
    review_pages,
    signing_in,
    taking,
    talk_pages,
    translation_pages,
)
from intake.http.console.frame import ConsolePages, NotSignedInError, to_sign_in
from intake.http.headers import SafeHeaders
from intake.http.origins import ChatOrigins
from intake.http.pages import Pages
from intake.http.static_files import STATIC_FOLDER, StaticUrls, VersionedFiles
from intake.limits import BodyLimit
from intake.wiring import Service

# A part of the console is one line here and its routes in the table of access.
CONSOLE_ROUTERS = (
    signing_in.open_router,
    signing_in.router,
    oidc_pages.open_router,
    people_pages.router,
    audit_page.router,
    insight_pages.router,
    model_pages.router,
    queue_pages.router,
    taking.router,
    review_pages.router,
    review_actions.router,
    lookups.router,
    canned_answers.router,
    photos.router,
    case_pages.router,
    case_actions.router,
    talk_pages.router,
    translation_pages.router,
)
_log = structlog.get_logger()


def create_app(service: Service, *, delivers: bool) -> FastAPI:
    """Build the application; with `delivers` this process also carries out effects and sweeps."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if delivers:
            # The engine refuses to be set up inside an event loop.
            await run_in_threadpool(service.start_delivery)
        yield
        if delivers:
            await run_in_threadpool(service.stop_delivery)

    app = FastAPI(title=f"{service.intake.city.name} 311 intake", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.service = service
    static_urls = StaticUrls()
    app.state.pages = Pages(service, static_urls)
    app.state.console_pages = ConsolePages(service, static_urls)
    app.state.chat_push = ChatPush(service.delivery.staff, service.clock)
    app.state.map_sheet = city_map.MapSheet(service)
    for module in (
        home,
        help_pages,
        city_map,
        sms,
        sms_status,
        voice,
        chat,
        chat_photo,
        widget,
        form,
        transcripts,
        cases,
        open311,
        health,
    ):
        app.include_router(module.router)
    for console_router in CONSOLE_ROUTERS:
        app.include_router(console_router)
    app.mount("/static", VersionedFiles(directory=STATIC_FOLDER, urls=static_urls), name="static")
    app.add_middleware(BodyLimit, byte_limit=_body_limit(service))
    app.add_middleware(ChatOrigins, settings=service.settings)
    app.add_middleware(Compressing)
    app.add_middleware(SafeHeaders, settings=service.settings)
    app.add_exception_handler(NotSignedInError, to_sign_in)
    app.add_exception_handler(RejectRequest, _rejected)
    app.add_exception_handler(StarletteHTTPException, _http_error)
    app.add_exception_handler(Exception, _broken)
    return app


def _body_limit(service: Service) -> int:
    policy = service.intake.city.policy
    return (policy.attachment_megabytes + 1) * 1_000_000


async def _rejected(request: Request, error: Exception) -> Response:
    assert isinstance(error, RejectRequest)
    request.app.state.service.metrics.refused.labels(request.scope.get("path", "")[:20]).inc()
    _log.warning("request_refused", path=request.url.path, status=error.status, reason=error.detail)
    return JSONResponse({"detail": error.detail}, status_code=error.status)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    if "text/html" in request.headers.get("accept", ""):
        pages: Pages = request.app.state.pages
        return pages.message(request, "error-not-found", status=error.status_code)
    return JSONResponse({"detail": error.detail}, status_code=error.status_code)


async def _broken(request: Request, error: Exception) -> Response:
    """What was received is recorded already; say so, and leave the rest to the sweep."""
    _log.exception("request_failed", path=request.url.path, exc_info=error)
    if "text/html" in request.headers.get("accept", ""):
        pages: Pages = request.app.state.pages
        return pages.message(request, "error-broken", status=500)
    return JSONResponse({"detail": "the request failed; what was received is kept"}, status_code=500)
