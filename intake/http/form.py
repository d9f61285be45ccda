"""`/report`: the web form. It is a conversation rendered as pages, so that it asks for what is missing and works without JavaScript."""

import secrets
from dataclasses import dataclass, replace

import phonenumbers
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from channels.messages import Attachment, Channel, InboundMessage, Location
from intake.errors import TellResident
from intake.http.answering import answer
from intake.http.pages import Pages
from intake.http.photo_upload import keep_photo
from intake.pipeline import Answer, process_message
from intake.wiring import Service
from routing.drafts import State

router = APIRouter()
_WHAT_LETTERS = 4000


@dataclass(frozen=True)
class _Report:
    """The first page of the form, as it was sent."""

    session: str
    key: str
    what: str
    where: str
    phone: str
    language: str
    location: Location | None
    attachments: tuple[Attachment, ...]

    @property
    def sender(self) -> str:
        return self.phone or f"form:{self.session}"


@router.get("/report")
def show_form(request: Request) -> Response:
    """Show the empty form."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "report.html", session=_token(), key=_token(), fields={}, error=None)


@router.post("/report")
async def receive_report(request: Request) -> Response:
    """Take the first page; what is missing is asked on the next one."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        language = _language(fields, request, pages, service)
        try:
            report = await _read(form, fields, language, service)
        except TellResident as error:
            return _form_again(request, fields, language, error)
    answered = await _answer_report(report, service)
    return await _page(request, service, answered, report.session, report.sender, language, report.where)


@router.post("/report/answer")
async def receive_answer(request: Request) -> Response:
    """Take the answer to the question of the page before."""
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    language = _language(fields, request, pages, service)
    session, sender = fields.get("session", ""), fields.get("sender", "")
    if not session or not service.form_seal.is_ours(fields.get("seal", ""), session, sender):
        return pages.message(request, "error-expired", status=422)
    text = (fields.get("choice") or fields.get("text", ""))[:_WHAT_LETTERS]
    inbound = InboundMessage(
        Channel.FORM,
        f"{session}:{fields.get('key') or _token()}",
        sender,
        text,
        service.clock(),
        language_hint=language,
        thread=session[:64],
    )
    where = fields.get("where", "")[:300]
    answered = await _with_place(await answer(inbound, service), inbound, where, service)
    return await _page(request, service, answered, session, sender, language, where)


def _form_again(request: Request, fields: dict[str, str], language: str, error: TellResident) -> Response:
    service: Service = request.app.state.service
    pages: Pages = request.app.state.pages
    return pages.render(
        request,
        "report.html",
        status=422,
        language=language,
        session=fields.get("session") or _token(),
        key=fields.get("key") or _token(),
        fields=fields,
        error=service.intake.speaker.say(language, error.phrase, **error.values),
    )


async def _read(form: FormData, fields: dict[str, str], language: str, service: Service) -> _Report:
    """Check the first page. Raises TellResident."""
    photo = form.get("photo")
    attachments = (await keep_photo(photo, service),) if isinstance(photo, UploadFile) and photo.filename else ()
    what = fields.get("what", "").strip()
    if not what and not attachments:
        raise TellResident("error-what-missing")
    if len(what) > _WHAT_LETTERS:
        raise TellResident("error-too-long", limit=str(_WHAT_LETTERS))
    return _Report(
        session=fields.get("session") or _token(),
        key=fields.get("key") or _token(),
        what=what,
        where=fields.get("where", "").strip()[:300],
        phone=_phone(fields.get("phone", "")),
        language=language,
        location=_location(fields),
        attachments=attachments,
    )


async def _answer_report(report: _Report, service: Service) -> Answer:
    """Say what is wrong, and then where: as two messages, since both may be in any language."""
    first = InboundMessage(
        Channel.FORM,
        f"{report.session}:{report.key}",
        report.sender,
        report.what,
        service.clock(),
        location=report.location,
        attachments=report.attachments,
        language_hint=report.language,
        thread=report.session[:64],
    )
    answered = await answer(first, service)
    if answered.is_repeat:
        return await run_in_threadpool(_last_said, service, report.session)
    return await _with_place(answered, first, report.where, service)


def _last_said(service: Service, session: str) -> Answer:
    """What was last said in a report whose first page comes again, since its answer was lost on the way: the talk went on meanwhile."""
    newest = service.intake.store.last_message(Channel.FORM.value, session[:64])
    assert newest is not None
    return process_message(newest, service.intake, service.clock())


async def _with_place(answered: Answer, said: InboundMessage, where: str, service: Service) -> Answer:
    """Where the place is what is missing now, give the one that stood on the first page."""
    state = await run_in_threadpool(_state, service, said.sender, said.thread)
    if not where or state is not State.NEEDS_PLACE:
        return answered
    # Said once only: an answer that led nowhere must not be given again and again.
    place = replace(said, provider_id=f"{said.thread}:where", text=where, location=None, attachments=())
    given = await answer(place, service)
    return answered if given.is_repeat else given


def _state(service: Service, sender: str, thread: str) -> State:
    conversation = service.intake.store.conversation(sender, Channel.FORM.value, thread)
    return conversation.state if conversation else State.READY


async def _page(
    request: Request, service: Service, answered: Answer, session: str, sender: str, language: str, where: str
) -> Response:
    pages: Pages = request.app.state.pages
    cases = await run_in_threadpool(service.intake.store.cases, answered.case_numbers)
    state = await run_in_threadpool(_state, service, sender, session[:64])
    return pages.render(
        request,
        "report_next.html",
        language=language,
        replies=answered.replies,
        cases=cases,
        is_open=state not in (State.READY, State.WITH_STAFF, State.STOPPED),
        is_read_back=state is State.CONFIRMING,
        session=session,
        sender=sender,
        where=where,
        seal=service.form_seal.seal(session, sender),
        key=_token(),
    )


def _language(fields: dict[str, str], request: Request, pages: Pages, service: Service) -> str:
    chosen = fields.get("language", "")
    return chosen if chosen in service.intake.city.languages else pages.language(request)


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException as error:
        raise TellResident("error-phone") from error
    if not phonenumbers.is_possible_number(number):
        raise TellResident("error-phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _location(fields: dict[str, str]) -> Location | None:
    try:
        latitude, longitude = float(fields["lat"]), float(fields["lon"])
    except (KeyError, ValueError):
        return None
    return Location(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _token() -> str:
    return secrets.token_urlsafe(12)
