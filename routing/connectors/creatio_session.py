"""A way into Creatio: logging in with a cookie or by OAuth, logging in again when it has expired, and what its answers ask of us."""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, assert_never

import httpx2

from routing.connectors.ports import ReceiverAwayError, ReceiverRefusedError

_MESSAGE_LETTERS = 200
_LOGIN_NEEDED = frozenset({401, 403})
# A token is renewed at nine tenths of its life, so that none expires on its way.
_TOKEN_SHARE = 0.9
# RFC 6749 lets a server leave the life of a token out; an hour is what Creatio's Identity Service gives.
_TOKEN_SECONDS = 3600


@dataclass(frozen=True)
class CookieLogin:
    """A user of Creatio, as staff are users."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class OAuthLogin:
    """A client of Creatio's Identity Service; `token_url` ends in /connect/token."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


Login = CookieLogin | OAuthLogin


@dataclass(frozen=True)
class Ticket:
    """The headers that let requests in, until `renew_at` on the session's clock."""

    headers: Mapping[str, str]
    renew_at: float


class Session:
    """Logs in when first needed and keeps the ticket; safe for several threads.

    `clock` gives seconds that never go back. Raises ReceiverRefusedError where the login itself is refused.
    """

    def __init__(self, base_url: str, login: Login, client: httpx2.Client, clock: Callable[[], float]) -> None:
        self._base_url = base_url
        self._login = login
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._ticket: Ticket | None = None

    def request(self, method: str, url: str, *, content: bytes | None = None) -> httpx2.Response:
        """Send a request with the ticket, with a new one where the old one has expired, and give a successful answer."""
        ticket = self._valid_ticket()
        response = self._send(ticket, method, url, content)
        if response.status_code in _LOGIN_NEEDED:
            self._drop(ticket)
            response = self._send(self._valid_ticket(), method, url, content)
        if response.status_code in _LOGIN_NEEDED:
            raise ReceiverAwayError(f"Creatio answered {response.status_code} right after a login{_reason(response)}")
        check_answer(response)
        return response

    def _send(self, ticket: Ticket, method: str, url: str, content: bytes | None) -> httpx2.Response:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json; charset=utf-8; IEEE754Compatible=true",
            **ticket.headers,
        }
        return ask(self._client, method, url, headers=headers, content=content)

    def _valid_ticket(self) -> Ticket:
        with self._lock:
            if self._ticket is None or self._clock() >= self._ticket.renew_at:
                self._ticket = self._new_ticket()
            return self._ticket

    def _drop(self, ticket: Ticket) -> None:
        # Another thread may have logged in again since this ticket was turned away; its new one is good.
        with self._lock:
            if self._ticket is ticket:
                self._ticket = None

    def _new_ticket(self) -> Ticket:
        match self._login:
            case CookieLogin():
                return _log_in(self._client, self._base_url, self._login)
            case OAuthLogin():
                return _fetch_token(self._client, self._login, self._clock())
            case _:
                assert_never(self._login)


def ask(client: httpx2.Client, method: str, url: str, **options: Any) -> httpx2.Response:
    """Send a request and give its answer, whatever the status. Raises ReceiverAwayError where none came."""
    try:
        return client.request(method, url, **options)
    except httpx2.RequestError as error:
        # The text of an error may hold the address, and with it what was searched for; its kind says enough.
        raise ReceiverAwayError(f"Creatio gave no answer: {type(error).__name__}") from error


def check_answer(response: httpx2.Response) -> None:
    """Accept a success. Raises ReceiverAwayError where a later try may succeed, ReceiverRefusedError where none will."""
    status = response.status_code
    if response.is_success:
        return
    # Creatio answers 500 to wrong requests too (an unknown field, too long a filter), and nothing tells those from an outage:
    # what might succeed later is tried again, and the number of tries ends it. A redirect leads to a login or maintenance page.
    if status >= 500 or status in {408, 425, 429} or response.is_redirect:
        raise ReceiverAwayError(f"Creatio answered {status}{_reason(response)}{_wait(response)}")
    raise ReceiverRefusedError(f"Creatio answered {status}{_reason(response)}")


def json_object(response: httpx2.Response) -> dict[str, Any]:
    """The answer's JSON object, an empty one where the body is something else."""
    try:
        body = response.json()
    except ValueError:
        # Not Creatio but something on the way to it answered, with a page of its own.
        return {}
    return body if isinstance(body, dict) else {}


def _log_in(client: httpx2.Client, base_url: str, login: CookieLogin) -> Ticket:
    """Creatio says in `Code`, not in the status, whether the login succeeded (academy.creatio.com, AuthService.svc)."""
    response = ask(
        client,
        "POST",
        f"{base_url}/ServiceModel/AuthService.svc/Login",
        headers={"Accept": "application/json", "ForceUseSession": "true"},
        json={"UserName": login.user, "UserPassword": login.password},
    )
    check_answer(response)
    answer = json_object(response)
    if "Code" not in answer:
        raise ReceiverAwayError("Creatio answered a login with something else than its result")
    if answer["Code"] != 0:
        message = str(answer.get("Message") or "")[:_MESSAGE_LETTERS]
        raise ReceiverRefusedError(f"Creatio refused the login with code {answer['Code']}: {message}")
    # The client keeps the cookies, because Creatio prolongs them in later answers; the header has to repeat one of them.
    return Ticket({"ForceUseSession": "true", "BPMCSRF": response.cookies.get("BPMCSRF") or ""}, math.inf)


def _fetch_token(client: httpx2.Client, login: OAuthLogin, now: float) -> Ticket:
    form = {"client_id": login.client_id, "client_secret": login.client_secret, "grant_type": "client_credentials"}
    response = ask(client, "POST", login.token_url, headers={"Accept": "application/json"}, data=form)
    check_answer(response)
    answer = json_object(response)
    if "access_token" not in answer:
        raise ReceiverAwayError("Creatio's Identity Service answered without a token")
    seconds = float(answer.get("expires_in") or _TOKEN_SECONDS)
    return Ticket({"Authorization": f"Bearer {answer['access_token']}"}, now + seconds * _TOKEN_SHARE)


def _reason(response: httpx2.Response) -> str:
    """What OData (`error` is an object with a message) or OAuth (`error` is a code) say about a refusal, after a colon."""
    error = json_object(response).get("error")
    message = error.get("message") if isinstance(error, dict) else error
    return f": {str(message)[:_MESSAGE_LETTERS]}" if message else ""


def _wait(response: httpx2.Response) -> str:
    seconds = response.headers.get("Retry-After", "")
    return f" (asks to wait {seconds} seconds)" if seconds.isdecimal() else ""
