"""A LibreTranslate server as tests play it: a real HTTP server that knows a few sentences, with the moods that servers have."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from tests.local_server import serving


@dataclass
class FakeLibreTranslate:
    """Translates by `sentences`, and marks what it does not know as translated. `fail_next` statuses come before anything else.

    `targets` are the languages by source; without `lists_targets` they are left out of the list, as old servers do. After `calls_allowed`
    requests it says that there were too many. With `hangs` it takes the request and says nothing.
    """

    sentences: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"en": ("es", "zt"), "es": ("en",), "zt": ("en",)})
    lists_targets: bool = True
    api_key: str = ""
    calls_allowed: int | None = None
    hangs: bool = False
    fail_next: list[int] = field(default_factory=list)
    raw_next: list[bytes] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._let_go = threading.Event()
        self._life = serving(_handler(self))
        self._port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._let_go.set()
        self._life.__exit__(None, None, None)

    def answer(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """What it says: a status and a value."""
        self.asked.append({"path": path, **body})
        if self.hangs:
            self._let_go.wait(10)
        if self.fail_next:
            return self.fail_next.pop(0), {"error": f"an error about {body.get('q')}"}
        if self.calls_allowed is not None and len(self.asked) > self.calls_allowed:
            return 429, {"error": "Slowdown: too many requests"}
        if path == "/languages":
            return 200, [self._language(code) for code in self.targets]
        if path != "/translate":
            return 404, {"error": "Not Found"}
        if self.api_key and body.get("api_key") != self.api_key:
            return 403, {"error": "Invalid API key"}
        if body["target"] not in self.targets.get(body["source"], ()):
            return 400, {"error": f"{body['source']} is not supported"}
        return 200, {"translatedText": [self.sentences.get(text, f"[{body['target']}] {text}") for text in body["q"]]}

    def _language(self, code: str) -> dict[str, Any]:
        return {"code": code, "name": code} | ({"targets": list(self.targets[code])} if self.lists_targets else {})


def _handler(server: FakeLibreTranslate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*server.answer(self.path, {}))

        def do_POST(self) -> None:
            self._say(*server.answer(self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
            """Say nothing."""

        def _say(self, status: int, value: Any) -> None:
            content = server.raw_next.pop(0) if server.raw_next else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
