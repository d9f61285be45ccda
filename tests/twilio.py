"""Twilio as tests play it: webhooks with its fields and its signature."""

from collections.abc import Mapping
from uuid import uuid4
from xml.etree import ElementTree as ET

from fastapi.testclient import TestClient
from httpx2 import Response
from twilio.request_validator import RequestValidator

from tests.conftest import ACCOUNT, AUTH_TOKEN, PUBLIC_URL

PHONE = "+16175550123"


def sms_form(text: str, *, sender: str = PHONE, sid: str | None = None, media: Mapping[str, str] | None = None) -> dict[str, str]:
    """The form of an inbound message as Twilio sends it; `media` maps addresses to types."""
    sid = sid or f"SM{uuid4().hex}"
    files = list((media or {}).items())
    attachments = {f"MediaUrl{n}": url for n, (url, _) in enumerate(files)}
    attachments |= {f"MediaContentType{n}": kind for n, (_, kind) in enumerate(files)}
    return {
        "ToCountry": "US",
        "SmsMessageSid": sid,
        "NumMedia": str(len(files)),
        "SmsSid": sid,
        "Body": text,
        "FromCountry": "US",
        "To": "+16175550311",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
        **attachments,
    }


def post_signed(client: TestClient, path: str, form: Mapping[str, str]) -> Response:
    """Post a webhook with the signature that Twilio would make."""
    signature = RequestValidator(AUTH_TOKEN).compute_signature(PUBLIC_URL + path, dict(form))
    response: Response = client.post(path, data=dict(form), headers={"X-Twilio-Signature": signature})
    return response


def texts_in(twiml: str) -> list[str]:
    """The messages of a TwiML answer."""
    return [message.text or "" for message in ET.fromstring(twiml).iter("Message")]  # noqa: S314 - our own answer.


class SmsPhone:
    """A phone: sends texts, remembers nothing, returns what comes back."""

    def __init__(self, client: TestClient, number: str = PHONE) -> None:
        self._client = client
        self._number = number

    def send(self, text: str, *, media: Mapping[str, str] | None = None) -> str:
        response = post_signed(self._client, "/sms", sms_form(text, sender=self._number, media=media))
        assert response.status_code == 200, response.text
        return "\n".join(texts_in(response.text))
