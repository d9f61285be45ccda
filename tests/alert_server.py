"""A chat tool's webhook as tests play it: a real HTTP server that keeps what it was told and can be told to fail."""

import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.local_server import serving


class AlertServer:
    """Keeps the posted objects in `told`; each of `fail_next` is the status of one answer, 0 a line that goes dead."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.kinds: list[str] = []
        self.fail_next: list[int] = []
        self._life = serving(self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/services/T1/secret"

    def __enter__(self) -> Self:
        self.port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = server.fail_next.pop(0) if server.fail_next else 200
                if status == 200:
                    server.told.append(json.loads(body))
                    server.kinds.append(self.headers["Content-Type"])
                if status == 0:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Location", f"http://127.0.0.1:{server.port}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
                """Say nothing."""

        return Handler
