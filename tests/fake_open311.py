"""An Open311 GeoReport v2 endpoint as tests play it: a real HTTP server in both formats, with the freedoms that endpoints take."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from random import Random
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from tests.local_server import serving

Items = list[dict[str, str]]
Form = dict[str, list[str]]


class EndpointError(Exception):
    """What the endpoint says no with."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


@dataclass
class Kept:
    """A request as the endpoint keeps it. Without an id it is still on its way, with a token or with nothing."""

    form: Form
    id: str
    token: str
    requested_at: datetime
    updated_at: datetime
    status: str = "open"
    note: str = ""
    asks: int = 0
    is_unnamed: bool = False

    def value(self, name: str) -> str:
        return self.form.get(name, [""])[0]

    def shown(self) -> dict[str, str]:
        named = (
            {"service_request_id": self.id} if self.id else {"token": self.token} if self.token and not self.is_unnamed else {}
        )
        return named | {
            "status": self.status,
            "status_notes": self.note,
            "service_code": self.value("service_code"),
            "description": self.value("description"),
            "requested_datetime": self.requested_at.isoformat(),
            "updated_datetime": self.updated_at.isoformat(),
            "address": self.value("address_string"),
        }


@dataclass
class FakeOpen311:
    """Keeps requests and lists them by the rules of the specification.

    `fail_share` of calls are answered with 503, and of `lose_share` the work is done but the answer lost; both by `seed`. `raw_next` answers
    come before anything else, each (status, content type, body).
    """

    clock: Callable[[], datetime]
    api_key: str = "a key of tests"
    jurisdiction: str = ""
    formats: tuple[str, ...] = ("json", "xml")
    services: tuple[str, ...] = ("001",)
    required: dict[str, tuple[str, ...]] = field(default_factory=dict)
    created_status: int = 201
    # A batch service gives tokens, which have an id after so many questions; a black box gives nothing; some hide what has no id yet.
    asks_until_id: int | None = None
    is_black_box: bool = False
    is_listing_unnamed: bool = False
    pages: int | None = None
    size_name: str = "page_size"
    knows_updated_after: bool = False
    is_ignoring_dates: bool = False
    limit: int = 1000
    calls_allowed: int | None = None
    # The specification's own samples write codes without quotes.
    is_bare: bool = False
    fail_share: float = 0.0
    lose_share: float = 0.0
    seed: int = 0
    delay_seconds: float = 0.0
    raw_next: list[tuple[int, str, bytes]] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/open311/v2"

    def __enter__(self) -> Self:
        self._chance = Random(self.seed)
        self._life = serving(_handler(self))
        self._port = self._life.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def add(self, description: str, at: datetime, *, id: str = "") -> Kept:  # noqa: A002 - the specification's word.
        """Keep a request that came in another way."""
        form = {"service_code": ["001"], "description": [description]}
        self.kept.append(Kept(form, id or f"{len(self.kept) + 1:06d}", "", at, at))
        return self.kept[-1]

    def fill(self, number: int) -> None:
        """Keep requests of ours, case-0 and on, one every two hours until now."""
        for n in range(number):
            self.add(f"A hole\n[ref case-{n}]", self.clock() - timedelta(hours=2 * (number - n)))

    def request(self, correlation: str) -> Kept:
        return next(kept for kept in self.kept if kept.value("account_id") == correlation)

    def move(self, correlation: str, status: str, note: str, at: datetime) -> None:
        kept = self.request(correlation)
        kept.status, kept.note, kept.updated_at = status, note, at

    def chances(self) -> tuple[bool, bool]:
        """Whether this call fails, and whether its answer is lost."""
        return self._chance.random() < self.fail_share, self._chance.random() < self.lose_share

    def is_over_rate(self) -> bool:
        return self.calls_allowed is not None and len(self.calls) > self.calls_allowed

    def create(self, form: Form) -> Items:
        self._check(form)
        now = self.clock()
        number = len(self.kept) + 1
        is_batch = self.asks_until_id is not None
        token = f"t/{number}:x" if is_batch else ""
        unnamed = is_batch or self.is_black_box
        kept = Kept(form, "" if unnamed else f"{number:06d}", token, now, now, is_unnamed=self.is_listing_unnamed)
        self.kept.append(kept)
        named = {"token": token} if token else {"service_request_id": kept.id} if kept.id else {}
        return [{**named, "service_notice": "", "account_id": kept.value("account_id")}]

    def resolve(self, token: str) -> Items:
        kept = next((kept for kept in self.kept if kept.token == token), None)
        if kept is None or self.asks_until_id is None:
            raise EndpointError(404, "token not found")
        kept.asks += 1
        if kept.asks >= self.asks_until_id:
            kept.id = kept.id or f"{self.kept.index(kept) + 1:06d}"
        return [{"token": token} | ({"service_request_id": kept.id} if kept.id else {})]

    def listed(self, query: Form) -> Items:
        self._check_jurisdiction(query)
        found = [kept for kept in self.kept if (kept.id or kept.token) and self._is_asked(kept, query)]
        found.sort(key=lambda kept: kept.requested_at, reverse=True)
        found = found[: self.limit]
        if self.pages is not None:
            size = min(int(query.get(self.size_name, ["50"])[0]), self.pages)
            start = (int(query.get("page", ["1"])[0]) - 1) * size
            found = found[start : start + size]
        return [kept.shown() for kept in found]

    def _is_asked(self, kept: Kept, query: Form) -> bool:
        if self.is_ignoring_dates:
            return True
        if self.knows_updated_after and "updated_after" in query:
            start, end = _range(query, "updated_after", "updated_before", self.clock())
            return start < kept.updated_at < end
        start, end = _range(query, "start_date", "end_date", self.clock())
        return start <= kept.requested_at < end

    def _check(self, form: Form) -> None:
        if form.get("api_key") != [self.api_key]:
            raise EndpointError(403, f"api_key {form.get('api_key', [''])[0]} is not valid")
        self._check_jurisdiction(form)
        code = form.get("service_code", [""])[0]
        if code not in self.services:
            raise EndpointError(404, f"service_code {code} was not found")
        if not (("lat" in form and "long" in form) or "address_string" in form):
            raise EndpointError(400, "a location is required")
        if len(form.get("description", [""])[0]) > 4000:
            raise EndpointError(400, f"too long: {form['description'][0]}")
        for attribute in self.required.get(code, ()):
            if not ({f"attribute[{attribute}]", f"attribute[{attribute}][]"} & form.keys()):
                raise EndpointError(400, f"attribute {attribute} is required")

    def _check_jurisdiction(self, form: Form) -> None:
        if self.jurisdiction and form.get("jurisdiction_id") != [self.jurisdiction]:
            raise EndpointError(404, "jurisdiction_id was not found")


def _range(query: Form, first: str, last: str, now: datetime) -> tuple[datetime, datetime]:
    end = datetime.fromisoformat(query[last][0]) if last in query else now + timedelta(seconds=1)
    start = datetime.fromisoformat(query[first][0]) if first in query else end - timedelta(days=90)
    if start.tzinfo is None or end.tzinfo is None:
        raise EndpointError(400, "a date needs its zone")
    if end - start > timedelta(days=90):
        raise EndpointError(400, "a range spans 90 days at most")
    return start, end


def _handler(city: FakeOpen311) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_form = self.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8"
            self._serve(parse_qs(body) if is_form else {})

        def do_GET(self) -> None:
            self._serve(parse_qs(urlsplit(self.path).query))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
            """Say nothing."""

        def _serve(self, values: Form) -> None:
            city.calls.append(f"{self.command} {self.path}")
            time.sleep(city.delay_seconds)
            fails, is_lost = city.chances()
            if city.raw_next:
                self._say(*city.raw_next.pop(0))
            elif city.is_over_rate():
                self._say_items(429, "errors", [{"code": "429", "description": "rate limit"}])
            elif fails:
                self._say(503, "text/html", b"<html>away</html>")
            else:
                status, root, items = self._work(values)
                # Whatever was asked is done; only the answer is lost.
                self.close_connection = is_lost
                if not is_lost:
                    self._say_items(status, root, items)

        def _work(self, values: Form) -> tuple[int, str, Items]:
            try:
                return (city.created_status if self.command == "POST" else 200), "service_requests", self._items(values)
            except EndpointError as error:
                return error.status, "errors", [{"code": str(error.status), "description": error.description}]

        def _items(self, values: Form) -> Items:
            path, _, ending = urlsplit(self.path).path.removeprefix("/open311/v2/").rpartition(".")
            if ending not in city.formats:
                raise EndpointError(404, "no such format")
            if path == "requests":
                return city.create(values) if self.command == "POST" else city.listed(values)
            if path.startswith("tokens/") and path.count("/") == 1:
                return city.resolve(unquote(path.removeprefix("tokens/")))
            raise EndpointError(404, "no such address")

        def _say_items(self, status: int, root: str, items: Items) -> None:
            if urlsplit(self.path).path.endswith(".json") and "json" in city.formats:
                self._say(status, "application/json; charset=utf-8", _json(items, is_bare=city.is_bare))
            else:
                self._say(status, "text/xml; charset=utf-8", _xml(root, items))

        def _say(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            if status == 429:
                self.send_header("Retry-After", "30")
            self.end_headers()
            self.wfile.write(content)

    return Handler


def _json(items: Items, *, is_bare: bool) -> bytes:
    text = json.dumps(items, ensure_ascii=False)
    # As in the specification's samples, where codes and ids have no quotes.
    return (re.sub(r'("service_(?:code|request_id)"): "(\d+)"', r"\1:\2", text) if is_bare else text).encode()


def _xml(root: str, items: Items) -> bytes:
    tree = Element(root)
    for item in items:
        record = SubElement(tree, "error" if root == "errors" else "request")
        for name, value in item.items():
            SubElement(record, name).text = value or None
    return str(tostring(tree, encoding="unicode")).encode()
