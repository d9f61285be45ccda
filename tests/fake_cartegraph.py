"""Cartegraph as tests play it: a real HTTP server with one class of tasks, both logins, its filter language and its moods."""

import json
import re
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler
from random import Random
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from tests.local_server import serving

ORG = "AnytownUSA"
USER, PASSWORD = "intake", "päss:word"
CLASS = "cgTasksClass"
FIELDS = (
    *("IDField", "ActivityField", "DepartmentField", "StatusField", "RequestIssueField", "TaskDescriptionField"),
    *("RequestLocationField", "cgAssetTypeField", "cgAssetIDField", "cgAssetAndIdField", "NotesField", "RequestIDField"),
    *("CaseNumberField", "DueField", "EntryDateField", "cgLastModifiedField"),
)

_ROOT = f"/{ORG}/api/v1"
_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[(),])|\[(?P<name>[^\]]+)\]|"(?P<text>(?:[^"]|"")*)"|(?P<word>is not equal to|is equal to|<>|=|in\b|AND\b|OR\b))'
)

Row = dict[str, Any]
Test = Callable[[Row], bool]
Answer = tuple[int, Any]


class BadRequestError(Exception):
    """The request is not understood; `field` is the one at fault, if any."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class FakeCartegraph:
    """Keeps `tasks` and `attachments`.

    `fail_share` of the calls are answered with `fail_status`; `lose_share` of the writes are done, and the line goes dead. Sessions end after
    `session_calls`. `zone` makes times come without an offset, in that zone. `activities`, if given, are the only ones that the class takes.
    """

    def __init__(self, *, seed: int = 0) -> None:
        self.tasks: list[Row] = []
        self.attachments: list[tuple[str, str, str, bytes]] = []
        self.asked: list[str] = []
        self.logins = 0
        self.fields: tuple[str, ...] = FIELDS
        self.ignores_filters = False
        self.activities: frozenset[str] = frozenset()
        self.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        self.zone: ZoneInfo | None = None
        self.fail_share = 0.0
        self.fail_status = 503
        self.lose_share = 0.0
        self.delay_seconds = 0.0
        self.session_calls: int | None = None
        self._sessions: dict[str, int] = {}
        self._random = Random(seed)
        self._lock = threading.Lock()
        self._life = serving(self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def move(self, correlation: str, status: str, note: str, at: datetime) -> None:
        """Let a crew set a task's status and note at a time."""
        task = next(task for task in self.tasks if task["RequestIDField"] == correlation)
        task.update(StatusField=status, NotesField=note, cgLastModifiedField=self._written(at))

    def _written(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S") if self.zone else at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        city = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
                """Say nothing."""

            def _serve(self, body: bytes) -> None:
                time.sleep(city.delay_seconds)
                if (answer := city._answer(self.command, self.path, self.headers, body)) is None:
                    self.close_connection = True
                    return
                status, said = answer
                content = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                if status == 200 and self.path == f"{_ROOT}/authenticate" and said["LogOnStatus"] == 1:
                    self.send_header("Set-Cookie", f"cgsession={city.logins}; path=/; HttpOnly")
                self.end_headers()
                self.wfile.write(content)

        return Handler

    def _answer(self, method: str, target: str, headers: Message, body: bytes) -> Answer | None:
        """The status and JSON of an answer; None is a line that goes dead."""
        with self._lock:
            self.asked.append(f"{method} {target}")
            if self._random.random() < self.fail_share:
                return self.fail_status, {"Message": "A failure of tests."}
            answer = self._permitted(method, target, headers, body)
            is_lost = method == "POST" and not target.endswith("/authenticate") and self._random.random() < self.lose_share
            return None if is_lost else answer

    def _permitted(self, method: str, target: str, headers: Message, body: bytes) -> Answer:
        if target == f"{_ROOT}/authenticate":
            return self._sign_in(json.loads(body))
        if not self._is_signed_in(headers):
            return 401, {"Message": "Authorization has been denied for this request."}
        try:
            return self._routed(method, target, headers, body)
        except BadRequestError as error:
            errors = [{"GUID": "0f8fad5b", "FieldName": error.field, "Message": str(error)}] if error.field else []
            return 400, {"Message": "The record could not be saved." if error.field else str(error), "Errors": errors}

    def _sign_in(self, said: Mapping[str, Any]) -> Answer:
        # The numbers are invented: no source tells which LogOnStatus is success.
        if (said["userName"], said["password"]) != (USER, PASSWORD):
            return 200, {"LogOnStatus": 2, "Expires": 0}
        self.logins += 1
        self._sessions[str(self.logins)] = 0
        return 200, {"LogOnStatus": 1, "Expires": 20}

    def _is_signed_in(self, headers: Message) -> bool:
        basic = headers.get("Authorization", "").removeprefix("Basic ")
        if basic:
            return b64decode(basic).decode() == f"{USER}:{PASSWORD}"
        cookie = SimpleCookie(headers.get("Cookie", "")).get("cgsession")
        if cookie is None or cookie.value not in self._sessions:
            return False
        self._sessions[cookie.value] += 1
        return self.session_calls is None or self._sessions[cookie.value] <= self.session_calls

    def _routed(self, method: str, target: str, headers: Message, body: bytes) -> Answer:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = unquote(parts.path).removeprefix(_ROOT)
        match method, path.strip("/").split("/"):
            case "GET", ["meta", "Classes", name] if name == CLASS:
                return 200, {CLASS: [{"Name": field, "Type": "String"} for field in self.fields]}
            case "GET", ["classes", name] if name == CLASS:
                return 200, self._list(query)
            case "POST", ["classes", name] if name == CLASS:
                return 200, {CLASS: [self._create(row) for row in json.loads(body)[CLASS]]}
            case "GET", ["attachments", name, oid] if name == CLASS:
                # Route from a client's source; the field that holds the file's name is invented.
                files = [file for file in self.attachments if file[0] == oid]
                return 200, {"cgTasks_cgAttachmentsClass": [{"Oid": n, "FileName": file[1]} for n, file in enumerate(files)]}
            case "POST", ["attachments", name, oid, "cgTasks_cgAttachmentsClass"] if name == CLASS:
                return self._attach(oid, query, headers, body)
            case _:
                return 404, {"Message": f"No resource was found at {path}."}

    def _list(self, query: Mapping[str, str]) -> Row:
        found = [row for row in self.tasks if self._test(query.get("filter", ""))(row)]
        # The last key is sorted by first: Python's sort leaves equal rows in their order.
        for order in reversed(query.get("sort", "Oid:asc").split(",")):
            name, direction = order.split(":")
            found.sort(key=lambda row: row[self._known(name)], reverse=direction == "desc")
        limit, offset = int(query.get("limit", "1000")), int(query.get("offset", "0"))
        keys = (
            [self._known(name) for name in query["fields"].split(",")] if "fields" in query else ["Oid", *self.fields, "CgShape"]
        )
        rows = [{key: row.get(key) for key in keys} for row in found[offset : offset + limit]]
        return {CLASS: rows, "_metadata": {"totalCount": len(found), "offset": offset, "limit": limit}}

    def _known(self, name: str) -> str:
        if name not in {"Oid", "CgShape", *self.fields}:
            raise BadRequestError(f"{name} is not a field.")
        return name

    def _create(self, said: Row) -> Row:
        for name in said:
            if name not in {"CgShape", *self.fields}:
                raise BadRequestError("This field does not exist.", name)
        activity = said.get("ActivityField")
        if self.activities and activity not in self.activities:
            raise BadRequestError(
                f"{activity} is not in the list. The task was: {said.get('TaskDescriptionField')}", "ActivityField"
            )
        oid = 240000 + len(self.tasks)
        moment = self._written(self.now)
        row = {"Oid": oid, "IDField": f"T-{oid}", "EntryDateField": moment, "cgLastModifiedField": moment, **said}
        self.tasks.append(row)
        return row

    def _attach(self, oid: str, query: Mapping[str, str], headers: Message, body: bytes) -> Answer:
        if oid not in {str(task["Oid"]) for task in self.tasks}:
            return 404, {"Message": "The record does not exist."}
        self.attachments.append((oid, query["fileName"], headers["Content-Type"], body))
        return 200, {"cgTasks_cgAttachmentsClass": [{"Oid": len(self.attachments)}]}

    def _test(self, text: str) -> Test:
        if self.ignores_filters:
            return lambda _: True
        return _Filter(text, {name.removesuffix("Field"): name for name in self.fields}).test() if text else lambda _: True


class _Filter:
    """A reader of filters, such as `(([Issue] is not equal to "") AND [ID] in ("A","B"))`; names come without their suffix."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._names = names
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if found is None:
                raise BadRequestError(f"The filter cannot be read at letter {position}.")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            position = found.end()

    def test(self) -> Test:
        read = self._joined()
        if self._tokens:
            raise BadRequestError("The filter goes on after its end.")
        return read

    def _joined(self) -> Test:
        left = self._single()
        while self._tokens and self._tokens[0] in {("word", "AND"), ("word", "OR")}:
            _, word = self._tokens.pop(0)
            left = _both(left, self._single(), all if word == "AND" else any)
        return left

    def _single(self) -> Test:
        if self._tokens and self._tokens[0] == ("mark", "("):
            self._take("mark")
            inner = self._joined()
            self._take("mark")
            return inner
        name = self._names.get(self._take("name"))
        if name is None:
            raise BadRequestError("The filter names an unknown field.")
        word = self._take("word")
        wanted = self._texts() if word == "in" else [self._text()]
        # An empty field equals the empty text here, as it does for a task that the office made without a request.
        is_wanted = word in {"in", "=", "is equal to"}
        return lambda row: (str(row.get(name) or "") in wanted) is is_wanted

    def _texts(self) -> Sequence[str]:
        self._take("mark")
        texts = [self._text()]
        while self._take("mark") == ",":
            texts.append(self._text())
        return texts

    def _text(self) -> str:
        return self._take("text").replace('""', '"')

    def _take(self, kind: str) -> str:
        if not self._tokens or self._tokens[0][0] != kind:
            raise BadRequestError("The filter is not well formed.")
        return self._tokens.pop(0)[1]


def _both(left: Test, right: Test, rule: Callable[[tuple[bool, bool]], bool]) -> Test:
    return lambda row: rule((left(row), right(row)))
