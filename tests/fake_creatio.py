"""Creatio as tests play it: a real HTTP server with its logins, its table Case, its look-ups and the oddities of its OData."""

import json
import random
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import groupby
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID
from zlib import crc32

from tests.local_server import serving

USER, PASSWORD = "intake", "a password of tests"
CLIENT_ID, CLIENT_SECRET = "a client of tests", "a secret of tests"
PAGE = 1000
NOTHING = str(UUID(int=0))
LOOK_UPS = {
    "CaseStatus": ("New", "In progress", "Waiting for response", "Resolved", "Closed", "Canceled", "Reopened"),
    "CasePriority": ("Low", "Medium", "High", "Critical"),
    "CaseOrigin": ("Call", "Email", "Portal", "311"),
    "CaseCategory": ("Incident", "Service request", "Pothole", "Public Works"),
}

Case = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    status: int
    body: Mapping[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """A request as it arrived; the names of headers are in lower case, the query's options are decoded."""

    method: str
    path: str
    options: Mapping[str, str]
    headers: Mapping[str, str]


class FakeCreatio:
    """Keeps `cases` and what was `asked` of its OData; tests turn its knobs at any time.

    `session_calls` is how many requests a session or token lasts, `token_seconds` what a token says of its own life, `created` the answer's
    status to a new case (204 comes without the row), `fail_next` answers that come instead of work. `fail_share` and `lose_share` are
    chances that a request is answered by 503, or does its work and gets no answer. `now` is when cases are made.
    """

    def __init__(self, *, path_prefix: str = "/0", column: str = "UsrCorrelation", seed: int = 1) -> None:
        self.path_prefix, self.column = path_prefix, column
        self.cases: list[Case] = []
        self.asked: list[Asked] = []
        self.logins = 0
        self.session_calls: int | None = None
        self.token_seconds = 3600
        self.created = 201
        self.fail_next: list[Answer] = []
        self.fail_share = self.lose_share = self.delay_seconds = 0.0
        self.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
        self._chance = random.Random(seed)
        self.look_ups = {table: {name: self._new_id() for name in names} for table, names in LOOK_UPS.items()}
        self._calls: dict[str, int] = {}
        self._lock = threading.Lock()
        self._life = serving(_handler(self))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token_url(self) -> str:
        return f"{self.url}/connect/token"

    def __enter__(self) -> Self:
        self.port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def add(self, values: Case, *, at: datetime | None = None) -> Case:
        """Make a case with Creatio's own fields and defaults."""
        self.cases.append({**self._blank(at or self.now), **values})
        return self.cases[-1]

    def move(self, correlation: str, status: str, at: datetime, *, note: str = "") -> None:
        """Do what staff do: set a status, and perhaps write a note."""
        for case in self.cases:
            if case[self.column] == correlation:
                case.update(StatusId=self.look_ups["CaseStatus"][status], ModifiedOn=_written(at), Notes=note)

    def end_sessions(self) -> None:
        self._calls.clear()

    def log_in(self, body: str) -> Answer:
        asked = json.loads(body)
        is_right = (asked["UserName"], asked["UserPassword"]) == (USER, PASSWORD)
        message = "" if is_right else "You entered an incorrect login or password, or your account is inactive."
        result = {
            "Code": int(not is_right),
            "Message": message,
            **dict.fromkeys(("Exception", "PasswordChangeUrl", "RedirectUrl")),
        }
        if not is_right:
            return Answer(200, result)
        key = self._open_session()
        cookies = {"BPMLOADER": "loader", ".ASPXAUTH": key, "BPMCSRF": f"csrf-{key}", "UserName": "73%7C78"}
        return Answer(200, result, tuple(("Set-Cookie", f"{name}={value}; path=/; HttpOnly") for name, value in cookies.items()))

    def give_token(self, body: str) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if form != {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}:
            return Answer(400, {"error": "invalid_client"})
        return Answer(200, {"access_token": self._open_session(), "expires_in": self.token_seconds, "token_type": "Bearer"})

    def answer(self, asked: Asked, body: str) -> Answer | None:
        """Work on a request to OData; None is a line that goes dead."""
        with self._lock:
            self.asked.append(asked)
            if self.fail_next:
                return self.fail_next.pop(0)
            if self._chance.random() < self.fail_share:
                return _error(503, "The service is unavailable.")
            if not self._lets_in(asked.headers):
                return _error(401, "Unauthorized")
            done = self._work(asked, body)
            return None if self._chance.random() < self.lose_share else done

    def _blank(self, at: datetime) -> Case:
        """A new case; look-ups without a value are zeros, texts without one are empty."""
        return {
            "Id": self._new_id(),
            "Number": f"SR{len(self.cases) + 1:08d}",
            **dict.fromkeys(("Subject", "Symptoms", "Notes", self.column), ""),
            **dict.fromkeys(("PriorityId", "OriginId", "CategoryId", "ContactId", "AccountId"), NOTHING),
            "StatusId": self.look_ups["CaseStatus"]["New"],
            **dict.fromkeys(("RegisteredOn", "CreatedOn", "ModifiedOn"), _written(at)),
        }

    def _work(self, asked: Asked, body: str) -> Answer:
        folder, _, collection = asked.path.rpartition("/")
        if folder != f"{self.path_prefix}/odata" or collection not in {"Case", *self.look_ups}:
            return _error(404, "No HTTP resource was found that matches the request URI.")
        if asked.method == "POST":
            return self._create(json.loads(body))
        is_case = collection == "Case"
        rows = self.cases if is_case else [{"Id": key, "Name": name} for name, key in self.look_ups[collection].items()]
        columns = self._blank(self.now).keys() if is_case else ("Id", "Name")
        try:
            return Answer(200, {"@odata.context": f"{folder}/$metadata#{collection}", **_listed(rows, columns, asked.options)})
        except (KeyError, TypeError, ValueError):
            # Creatio says no more of a request that it cannot read.
            return _error(500, "An error has occurred.")

    def _create(self, values: Case) -> Answer:
        unknown = sorted(values.keys() - self._blank(self.now).keys())
        if unknown:
            return _error(400, f"The property '{unknown[0]}' does not exist on type 'Terrasoft.Configuration.OData.Case'.")
        row = self.add(values)
        return Answer(self.created, None if self.created == 204 else row)

    def _open_session(self) -> str:
        with self._lock:
            self.logins += 1
            key = self._new_id()
            self._calls[key] = 0
            return key

    def _lets_in(self, headers: Mapping[str, str]) -> bool:
        key = headers.get("authorization", "").removeprefix("Bearer ") or _cookie_key(headers)
        if key not in self._calls or self._calls[key] == self.session_calls:
            return False
        self._calls[key] += 1
        return True

    def _new_id(self) -> str:
        return str(UUID(int=self._chance.getrandbits(128), version=4))


def _cookie_key(headers: Mapping[str, str]) -> str:
    """The session's key, where the cookies are all there and the header repeats theirs."""
    cookies = dict(part.split("=", 1) for part in headers.get("cookie", "").split("; ") if "=" in part)
    is_whole = cookies.keys() >= {"BPMLOADER", ".ASPXAUTH", "BPMCSRF", "UserName"} and headers.get("forceusesession") == "true"
    return cookies[".ASPXAUTH"] if is_whole and headers.get("bpmcsrf") == cookies["BPMCSRF"] else ""


def _listed(rows: list[Case], columns: Collection[str], options: Mapping[str, str]) -> dict[str, Any]:
    """The list's answer. Raises an error where Creatio answers 500: every column asked for, or a wrong filter."""
    selected = options["$select"].split(",")
    found = _filtered(rows, options["$filter"], columns) if "$filter" in options else list(rows)
    start = int(options.get("$skip", 0))
    # Rows that the order does not tell apart come in another sequence each time, as databases may give them.
    found.sort(key=lambda row: crc32(f"{row['Id']} {start}".encode()))
    for part in reversed(options["$orderby"].split(",") if "$orderby" in options else []):
        column, _, direction = part.strip().partition(" ")
        found.sort(key=partial(_field, column), reverse=direction == "desc")
    page = found[start : start + min(int(options.get("$top", PAGE)), PAGE)]
    count = {"@odata.count": len(found)} if options.get("$count") == "true" else {}
    return {**count, "value": [{column: row[column] for column in selected} for row in page]}


def _filtered(rows: list[Case], text: str, columns: Collection[str]) -> list[Case]:
    """The rows that a filter of comparisons (eq, ge) with and, or lets through. Raises ValueError for anything else, as `in` is."""
    word = r"\s*('(?:[^']|'')*+'|[^\s']++)"
    words = re.findall(word, text)
    if not re.fullmatch(rf"(?:{word})+\s*", text) or words.count("or") > 15:
        raise ValueError(text)
    either = [[_comparison(part, columns) for part in _split(both, "and")] for both in _split(words, "or")]
    return [row for row in rows if any(all(holds(row) for holds in both) for both in either)]


def _split(words: Sequence[str], separator: str) -> list[list[str]]:
    return [list(group) for is_part, group in groupby(words, key=lambda word: word != separator) if is_part]


def _comparison(words: Sequence[str], columns: Collection[str]) -> Callable[[Case], bool]:
    column, operator, value = words
    if column not in columns or operator not in {"eq", "ge"}:
        raise ValueError(f"{column} {operator}")
    asked = value[1:-1].replace("''", "'") if value.startswith("'") else _read(value)
    return lambda row: _field(column, row) == asked if operator == "eq" else _field(column, row) >= asked


def _field(column: str, row: Case) -> Any:
    return _read(row[column])


def _read(value: str) -> Any:
    """A moment where the text is one, as Edm.DateTimeOffset compares, and the text itself elsewhere."""
    with suppress(ValueError):
        return datetime.fromisoformat(value) if value.endswith("Z") else value
    return value


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _error(status: int, message: str) -> Answer:
    return Answer(status, {"error": {"code": "", "message": message}})


def _handler(creatio: FakeCreatio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._respond("")

        def do_POST(self) -> None:
            self._respond(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
            """Say nothing."""

        def _respond(self, body: str) -> None:
            time.sleep(creatio.delay_seconds)
            # A caller that has given up waiting is gone.
            with suppress(ConnectionError):
                self._send(self._answer(body))

        def _answer(self, body: str) -> Answer | None:
            parts = urlsplit(self.path)
            if parts.path == "/ServiceModel/AuthService.svc/Login":
                return creatio.log_in(body)
            if parts.path == "/connect/token":
                return creatio.give_token(body)
            # A plus stays one here, as OData's own servers read addresses.
            options = dict(unquote(part).split("=", 1) for part in parts.query.split("&") if part)
            headers = {name.lower(): value for name, value in self.headers.items()}
            return creatio.answer(Asked(self.command, unquote(parts.path), options, headers), body)

        def _send(self, answer: Answer | None) -> None:
            if answer is None:
                return
            content = b"" if answer.body is None else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(content))), *answer.headers):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler
