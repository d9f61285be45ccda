"""Twilio's SMS and MMS webhooks become our messages, our replies become TwiML, and replies of our own are sent by REST."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx2
from twilio.twiml.messaging_response import MessagingResponse

from channels.messages import Attachment, Channel, InboundMessage, Reply

# https://www.twilio.com/docs/api/errors: what a status or code asks of the sender.
OPTED_OUT = 21610
_MESSAGE_LETTERS = 1600
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class SendRetryableError(RuntimeError):
    """The provider is away or busy."""


class SendPermanentError(RuntimeError):
    """The provider will not send this; `code` is its own."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def read_sms(form: Mapping[str, str], now: datetime) -> InboundMessage:
    """Turn a webhook's form into a message. Raises KeyError where Twilio's fields are missing; unknown fields are left alone."""
    return InboundMessage(
        channel=Channel.SMS,
        # Message ids are unique within an account; sub-accounts share our webhook.
        provider_id=f"{form['AccountSid']}:{form['MessageSid']}",
        sender=form["From"],
        text=form.get("Body", ""),
        received_at=now,
        attachments=tuple(_attachments(form)),
    )


@dataclass(frozen=True)
class SmsStatus:
    """What became of a text: Twilio's id of it, its word for the state, and an error's code."""

    message_id: str
    status: str
    error_code: int | None


def read_status(form: Mapping[str, str]) -> SmsStatus:
    """Turn a status callback's form into a value. Raises KeyError or ValueError where a field is missing or wrong."""
    code = form.get("ErrorCode", "")
    return SmsStatus(form["MessageSid"], form["MessageStatus"], int(code) if code else None)


def is_answered_by_carrier(form: Mapping[str, str]) -> bool:
    """Whether Twilio's Advanced Opt-Out has answered already; a second answer would be one too many."""
    return bool(form.get("OptOutType"))


def answer_sms(replies: Sequence[Reply]) -> str:
    """Write replies as TwiML; no reply becomes the empty response that Twilio takes for "nothing to say"."""
    response = MessagingResponse()
    for reply in replies:
        response.message(text_of(reply))
    return str(response)


def text_of(reply: Reply) -> str:
    """A reply as one text message: the choices follow as numbered lines, then the links."""
    lines = [reply.text, *(f"{choice.value} {choice.label}" for choice in reply.choices), *reply.links]
    return "\n".join(lines)[:_MESSAGE_LETTERS]


class TwilioSender:
    """Sends text messages through Twilio's REST interface; what becomes of them is told to `status_url`."""

    def __init__(
        self, *, account_sid: str, auth_token: str, sender: str, api_url: str, status_url: str = "", timeout: float = 10.0
    ) -> None:
        self._url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._credentials = (account_sid, auth_token)
        self._sender = sender
        self._status_url = status_url
        self._timeout = timeout

    def send(self, to: str, text: str) -> str:
        """Send `text` and return Twilio's message id. Raises SendRetryableError or SendPermanentError."""
        field = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = {"To": to, field: self._sender, "Body": text[:_MESSAGE_LETTERS]}
        if self._status_url:
            form["StatusCallback"] = self._status_url
        try:
            response = httpx2.post(self._url, data=form, auth=self._credentials, timeout=self._timeout)
        except httpx2.TransportError as error:
            raise SendRetryableError(str(error)) from error
        if response.status_code in _TRY_AGAIN:
            raise SendRetryableError(f"status {response.status_code}")
        if response.is_error:
            raise _refusal(response)
        return str(response.json()["sid"])


def _refusal(response: httpx2.Response) -> SendPermanentError:
    try:
        answer = response.json()
    except ValueError:
        # Not Twilio but something on the way to it answered, with a page of its own.
        answer = {}
    return SendPermanentError(int(answer.get("code", response.status_code)), str(answer.get("message", "")))


def _attachments(form: Mapping[str, str]) -> list[Attachment]:
    count = int(form.get("NumMedia") or 0)
    return [
        Attachment(form.get(f"MediaContentType{n}", ""), url=form[f"MediaUrl{n}"])
        for n in range(min(count, 10))
        if f"MediaUrl{n}" in form
    ]
