"""What all of Twilio's webhooks share: the signature is checked before a field is believed."""

from starlette.datastructures import FormData
from starlette.requests import Request

from channels.twilio_signature import SETTINGS_HEADER, SIGNATURE_HEADER, NotConfiguredError, SignedRequest
from intake.errors import RejectRequest
from intake.wiring import Service

TWIML = "application/xml"


async def genuine_form(request: Request, service: Service) -> dict[str, str]:
    """Return a webhook's form. Raises RejectRequest: 403 forged, 400 no form, 500 where no secret is set."""
    form = await request.form()
    _check(request, service, form)
    account = service.settings.twilio_account_sid
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if account and fields.get("AccountSid", account) != account and not service.settings.twilio_subaccounts:
        raise RejectRequest(403, "another account")
    return fields


def _check(request: Request, service: Service, form: FormData) -> None:
    signed = SignedRequest(
        path_and_query=_as_requested(request),
        body=form,  # type: ignore[arg-type]  # The validator reads repeated fields through `getlist`, as FormData has it.
        signature=request.headers.get(SIGNATURE_HEADER),
        signature_settings=request.headers.get(SETTINGS_HEADER),
    )
    try:
        is_genuine = service.signatures.is_genuine(signed)
    except NotConfiguredError as error:
        raise RejectRequest(500, "Twilio is not set up: set INTAKE_TWILIO_AUTH_TOKEN") from error
    if not is_genuine:
        raise RejectRequest(403, "the signature is missing or wrong")


def _as_requested(request: Request) -> str:
    """Path and query exactly as they came, still encoded: the signature is over these bytes."""
    raw_path: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    path = raw_path.split(b"?")[0].decode("latin-1")
    return f"{path}?{query.decode('latin-1')}" if query else path
