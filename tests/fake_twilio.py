"""Twilio's REST interface as tests play it: a real HTTP server that keeps what was sent and can be told to fail."""

import base64
import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs

from tests.local_server import serving


class FakeTwilio:
    """Takes messages and gives media; `fail_next` answers are errors, each (status, code)."""

    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self.fail_next: list[tuple[int, int]] = []
        self.authorized: list[str] = []
        self._life = serving(self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                twilio.authorized.append(_user(self.headers.get("Authorization", "")))
                if twilio.fail_next:
                    status, code = twilio.fail_next.pop(0)
                    self._answer(status, {"code": code, "message": "a failure of tests", "status": status})
                    return
                twilio.sent.append({name: values[0] for name, values in parse_qs(body).items()})
                self._answer(201, {"sid": f"SM{len(twilio.sent):032d}", "status": "queued"})

            def do_GET(self) -> None:
                twilio.authorized.append(_user(self.headers.get("Authorization", "")))
                kind, content = twilio.media.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind or "text/plain")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
                """Say nothing."""

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


def _user(authorization: str) -> str:
    return base64.b64decode(authorization.removeprefix("Basic ")).decode().split(":")[0] if authorization else ""
