"""A real HTTP server on this machine that answers what a test has written down, and keeps what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.local_server import serving


@dataclass(frozen=True)
class Answer:
    """What the server says; status 0 is a line that goes dead without a word."""

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; the names of headers are in lower case."""

    path: str
    headers: Mapping[str, str]


class ScriptedServer:
    """Answers each path by `answers`, a path without an answer by 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
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
        script = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self._answer()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
                """Say nothing."""

            def _answer(self) -> None:
                script.asked.append(Asked(self.path, {name.lower(): value for name, value in self.headers.items()}))
                answer = script.answers.get(self.path, Answer(404))
                if answer.status == 0:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

        return Handler
