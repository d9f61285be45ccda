"""`/open311/v2`: Open311 GeoReport v2, for apps and other cities' systems."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as StarletteHTTPException

from channels.messages import Channel
from intake.api_keys import OPEN311
from intake.http.pages import Pages
from intake.open311.answers import definition, discovery, public_request, receipt, resolved_token, services
from intake.open311.cases import CaseOnFile, find_cases, open_report
from intake.open311.formats import Content, Format, write
from intake.open311.server import (
    Failure,
    Fields,
    Refusal,
    Search,
    check_jurisdiction,
    known_service,
    read_fields,
    read_report,
    read_search,
)
from intake.wiring import Service

_BASE = "/open311/v2"
router = APIRouter(prefix=_BASE)


@dataclass(frozen=True)
class _Call:
    """A request as far as Open311 is concerned; `caller` is the key's name, None where no valid key was given."""

    service: Service
    fields: Fields
    language: str
    caller: str | None
    repeat_key: str


@dataclass(frozen=True)
class _Answer:
    """What is written; `root` is the XML document's name."""

    root: str
    content: Content
    status: int = 200


_Handler = Callable[[_Call], _Answer]


@router.get("/discovery.{ending}")
async def show_discovery(request: Request, ending: str) -> Response:
    """Say where the interface is."""
    return await _answer(request, ending, _discovery)


@router.get("/services.{ending}")
async def list_services(request: Request, ending: str) -> Response:
    """List the services."""
    return await _answer(request, ending, _services)


@router.get("/services/{code}.{ending}")
async def define_service(request: Request, code: str, ending: str) -> Response:
    """Give a service's follow-up questions."""
    return await _answer(request, ending, partial(_definition, code=code))


@router.post("/requests.{ending}")
async def post_request(request: Request, ending: str) -> Response:
    """Open a case; needs a key."""
    return await _answer(request, ending, _open)


@router.get("/requests.{ending}")
async def find_requests(request: Request, ending: str) -> Response:
    """Find cases, newest first."""
    return await _answer(request, ending, _find)


@router.get("/requests/{number}.{ending}")
async def show_request(request: Request, number: str, ending: str) -> Response:
    """Show one case."""
    return await _answer(request, ending, partial(_show, number=number))


@router.get("/tokens/{token}.{ending}")
async def resolve_token(request: Request, token: str, ending: str) -> Response:
    """Turn a token into an id. Ids are given at once, so a case's number is its own token."""
    return await _answer(request, ending, partial(_token, token=token))


async def _answer(request: Request, ending: str, handler: _Handler) -> Response:
    """Answer in the format that was asked for, failures too; an unknown format gets XML, which every client must read."""
    written_as = Format(ending) if ending in {"xml", "json"} else Format.XML
    service: Service = request.app.state.service
    headers = {"Vary": "Accept-Language"}
    try:
        _check_ending(ending)
        call = await _read(request)
        answer = await run_in_threadpool(handler, call)
        headers["Content-Language"] = call.language
    except Refusal as refusal:
        service.metrics.refused.labels(_BASE).inc()
        answer = _Answer("errors", [asdict(failure) for failure in refusal.failures], refusal.status)
        if refusal.retry_seconds is not None:
            headers["Retry-After"] = str(refusal.retry_seconds)
    content = write(answer.root, answer.content, written_as)
    return Response(content, answer.status, headers, media_type=written_as.media_type)


def _check_ending(ending: str) -> None:
    if ending not in set(Format):
        raise Refusal([Failure(404, f"there is no format {ending}; ask for xml or json")])


async def _read(request: Request) -> _Call:
    service: Service = request.app.state.service
    query = read_fields(request.query_params.multi_items())
    form = await _form(request) if request.method == "POST" else {}
    fields = {**query, **form}
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    key = bearer.strip() if scheme.lower() == "bearer" else fields.get("api_key", "")
    caller = await run_in_threadpool(_caller, key, service)
    _check_limit(request, caller, service)
    if request.method == "GET":
        check_jurisdiction(fields, service.intake.city)
    return _Call(service, fields, _language(request, query, service), caller, request.headers.get("Idempotency-Key", "").strip())


async def _form(request: Request) -> dict[str, str]:
    try:
        async with request.form() as form:
            return read_fields((name, value) for name, value in form.multi_items() if isinstance(value, str))
    except StarletteHTTPException as error:
        raise Refusal([Failure(400, "the form cannot be read")]) from error


def _caller(key: str, service: Service) -> str | None:
    return service.api_keys.check(key, OPEN311) if key else None


def _check_limit(request: Request, caller: str | None, service: Service) -> None:
    address = request.client.host if request.client else ""
    seconds = service.open311_limit.seconds_to_wait(address, caller, service.clock().timestamp())
    if seconds:
        raise Refusal([Failure(429, f"too many requests; the next is taken in {seconds} seconds")], retry_seconds=seconds)


def _language(request: Request, query: Fields, service: Service) -> str:
    wanted = query.get("locale", "").replace("_", "-").lower()
    by_name = {code.lower(): code for code in service.intake.city.languages}
    pages: Pages = request.app.state.pages
    return by_name.get(wanted) or by_name.get(wanted.split("-")[0]) or pages.language(request)


def _discovery(call: _Call) -> _Answer:
    url = call.service.settings.public_url.rstrip("/") + _BASE
    return _Answer("discovery", discovery(call.service.intake.city, url))


def _services(call: _Call) -> _Answer:
    return _Answer("services", services(call.service.intake.city, call.language))


def _definition(call: _Call, *, code: str) -> _Answer:
    city = call.service.intake.city
    return _Answer("service_definition", definition(known_service(code, city), city, call.language))


def _open(call: _Call) -> _Answer:
    service = call.service
    if call.caller is None:
        raise Refusal([Failure(403, "the api_key is missing or not valid")])
    report = read_report(call.fields, service.intake.city)
    opened = open_report(report, call.caller, call.repeat_key, call.language, service.intake, service.clock())
    outcome = "repeat" if opened.is_repeat else "answered"
    service.metrics.messages.labels(Channel.OPEN311.value, call.language, outcome).inc()
    return _Answer("service_requests", receipt(opened.number), 201)


def _find(call: _Call) -> _Answer:
    cases = find_cases(read_search(call.fields, call.service.clock()), call.service.engine)
    return _requests(cases, call)


def _show(call: _Call, *, number: str) -> _Answer:
    cases = find_cases(Search(numbers=(number,)), call.service.engine)
    if not cases:
        raise Refusal([Failure(404, f"there is no service_request_id {number}")])
    return _requests(cases, call)


def _token(call: _Call, *, token: str) -> _Answer:
    cases = find_cases(Search(numbers=(token,)), call.service.engine)
    if not cases:
        raise Refusal([Failure(404, f"there is no token {token}")])
    return _Answer("service_requests", resolved_token(cases[0].number))


def _requests(cases: tuple[CaseOnFile, ...], call: _Call) -> _Answer:
    is_extended = call.fields.get("extensions") == "true"
    city = call.service.intake.city
    return _Answer("service_requests", [public_request(case, city, call.language, is_extended=is_extended) for case in cases])
