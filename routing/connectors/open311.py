"""Cases go to a city that already has an Open311 GeoReport v2 endpoint, and what becomes of them is read back from its list."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from typing import Any, Literal, NoReturn
from urllib.parse import quote
from xml.etree.ElementTree import TreeBuilder
from xml.parsers import expat

import httpx2

from routing.connectors.ports import CaseRecord, Filed, ReceiverAwayError, ReceiverRefusedError, RemoteChange

TOKEN = "token:"
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
# GeoReport v2: a description has at most 4,000 letters, and a range of dates spans at most 90 days.
_DESCRIPTION_LETTERS = 4000
_WINDOW = timedelta(days=90)
# No request may be missed: their clock may run ahead of ours, and endpoints disagree on whether a range holds its limit.
_AHEAD, _OVERLAP = timedelta(hours=1), timedelta(seconds=1)
_REASON_LETTERS = 200
_BUSY = frozenset({408, 425, 429})
_REFERENCE = re.compile(r"\[ref\s+([^\[\]\r\n]+)\]")
_WORD = re.compile(r"\w+")
_STRING_OR_BARE_CODE = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])0\d+(?![\w.])', re.DOTALL)
_Item = Mapping[str, Any]


@dataclass(frozen=True)
class FromRecord:
    """An attribute's value that is taken from the case."""

    field: Literal["number", "service_name", "department_name", "priority", "description", "place", "language", "channel"]


@dataclass(frozen=True)
class Open311Settings:
    """One endpoint, as its city describes it. Both maps have codes as keys: `services` ours, leading to theirs, `attributes` theirs."""

    endpoint: str
    api_key: str = field(repr=False)
    services: Mapping[str, str]
    # What the required attributes of a service are answered with; a tuple is a multivalue list.
    attributes: Mapping[str, Mapping[str, str | tuple[str, ...] | FromRecord]] = field(default_factory=dict)
    jurisdiction_id: str = ""  # Only an endpoint that serves several cities asks for it.
    formats: tuple[Literal["json", "xml"], ...] = ("json", "xml")  # XML is mandatory, JSON is not.
    # None where the endpoint does not page. Chicago gives 500 at most; Boston 100, and calls the size `per_page`.
    page_size: int | None = None
    page_size_name: str = "page_size"
    knows_updated_after: bool = False
    most_results: int = 1000  # The most requests that one question is answered with; more are cut off without a word.
    search_days: int = 7  # How far back `find` looks for a request whose answer was lost: at most 90.
    follow_days: int = 365  # How long a case may stay open and still be followed, where `updated_after` is not known.
    zone: tzinfo = UTC  # The zone of times that come without one, against the specification.


class Open311Cases:
    """A case system behind GeoReport v2 (github.com/open311), with the paging and `updated_after` of its extensions.

    The list of requests is public and has no field for a key of ours, so the correlation, without brackets, ends the description: "[ref …]".
    """

    name = "open311"

    def __init__(
        self, settings: Open311Settings, client: httpx2.Client, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._format = "json" if "json" in settings.formats else "xml"

    def find(self, correlation: str) -> Filed | None:
        """Look for the request among all of the city's of the last `search_days`.

        Costs a call for each page, or for each `most_results`, until it is found: a city with 700 requests a day and pages of 100 is asked
        some 50 times for a week. Raises ReceiverAwayError where the request is listed without an id yet: a second one would be a duplicate.
        """
        end = self._clock() + _AHEAD
        start = end - min(timedelta(days=self._settings.search_days), _WINDOW)
        for item in self._between(start, end, is_by_update=False):
            if _reference(item) == correlation:
                return _filed(item) or _wait("listed without an id yet")
        return None

    def file(self, record: CaseRecord) -> Filed:
        """Create the request; where the endpoint gives a token only, the id is "token:<token>" and the number empty until `resolve`."""
        hidden = f"{self._settings.api_key} {record.description} {record.place}".casefold()
        items = self._send("POST", "requests", hidden=hidden, data=self._form(record), headers=_FORM)
        item = items[0] if items else _wait("the answer holds no request")
        # A service of type "blackbox" never tells an id. To file again would only make a duplicate, so a person has to look.
        return _filed(item) or _refuse(f"taken, with neither id nor token {_reason(items, hidden)}")

    def resolve(self, token: str) -> Filed | None:
        """Ask what has become of a token, with or without "token:" before it; None as long as there is no id."""
        items = self._send("GET", f"tokens/{quote(token.removeprefix(TOKEN), safe='')}", params=self._query())
        return next((_filed(item) for item in items if _text(item, "service_request_id")), None)

    def changes(self, since: datetime) -> Iterable[RemoteChange]:
        """Our requests that changed at or after `since`, oldest first, each once.

        Without `updated_after` this reads all requests of the last `follow_days`, since dates there are those of the report. A request
        without a readable time of change is always among them, at `since`, so that nobody moves on beyond what was seen.
        """
        newest: dict[str, RemoteChange] = {}
        for change in filter(None, (self._change(item, since) for item in self._touched(since))):
            if change.id not in newest or newest[change.id].changed_at < change.changed_at:
                newest[change.id] = change
        return sorted(newest.values(), key=lambda change: change.changed_at)

    def _form(self, record: CaseRecord) -> dict[str, str | list[str]]:
        code = self._settings.services.get(record.service) or _refuse(f"no service code for {record.service}; mend the map")
        reference = f"\n[ref {record.correlation}]"
        form: dict[str, str | list[str]] = {
            **self._query(api_key=self._settings.api_key, service_code=code, account_id=record.correlation),
            **_location(record),
            "description": record.description[: _DESCRIPTION_LETTERS - len(reference)] + reference,
        }
        for attribute, value in self._settings.attributes.get(code, {}).items():
            if isinstance(value, tuple):
                form[f"attribute[{attribute}][]"] = list(value)
            else:
                form[f"attribute[{attribute}]"] = getattr(record, value.field) if isinstance(value, FromRecord) else value
        return form

    def _touched(self, since: datetime) -> Iterator[_Item]:
        is_by_update = self._settings.knows_updated_after
        followed = since if is_by_update else min(since, self._clock() - timedelta(days=self._settings.follow_days))
        start, end = followed - _OVERLAP, self._clock() + _AHEAD
        while end > start + _OVERLAP:
            begin = max(start, end - _WINDOW)
            yield from self._between(begin, end, is_by_update=is_by_update)
            end = begin + _OVERLAP

    def _between(self, start: datetime, end: datetime, *, is_by_update: bool) -> Iterator[_Item]:
        """All requests of a range, some twice: an answer that was cut off is asked for again in halves, newest first."""
        names = ("updated_after", "updated_before") if is_by_update else ("start_date", "end_date")
        dated = "updated_datetime" if is_by_update else "requested_datetime"
        found, slack, is_kept_to = 0, end - start, True
        limits = (time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for time in (start, end))
        for page in self._pages(dict(zip(names, limits, strict=True))):
            found += len(page)
            times = (self._time(item, dated) for item in page)
            is_kept_to = is_kept_to and all(start - slack <= time <= end + slack for time in times if time)
            yield from page
        # Halving helps only where the endpoint keeps to the range; one that ignores it would be asked without end.
        if found == self._settings.most_results and is_kept_to and end - start > 4 * _OVERLAP:
            middle = start + (end - start) / 2
            yield from self._between(middle - _OVERLAP, end, is_by_update=is_by_update)
            yield from self._between(start, middle, is_by_update=is_by_update)

    def _pages(self, dates: Mapping[str, str]) -> Iterator[list[_Item]]:
        if self._settings.page_size is None:
            yield self._send("GET", "requests", params=self._query(**dates))
            return
        size = {self._settings.page_size_name: str(self._settings.page_size)}
        before: list[_Item] = []
        for number in count(1):
            page = self._send("GET", "requests", params=self._query(**dates, page=str(number), **size))
            # A short page is not always the last, since an endpoint may cap the size; one that ignores `page` repeats itself.
            if not page or page == before:
                return
            yield page
            before = page

    def _query(self, **values: str) -> dict[str, str]:
        return values | ({"jurisdiction_id": self._settings.jurisdiction_id} if self._settings.jurisdiction_id else {})

    def _send(self, method: str, path: str, *, hidden: str = "", **content: Any) -> list[_Item]:
        url = f"{self._settings.endpoint.rstrip('/')}/{path}.{self._format}"
        try:
            # A redirect would lead the key to a host that the city has not named.
            response = self._client.request(method, url, follow_redirects=False, **content)
        except httpx2.RequestError as error:
            _wait(f"no answer ({type(error).__name__})", error)
        if response.status_code not in {200, 201}:
            _fail(response, hidden)
        try:
            return _items(response.text)
        except ValueError as error:
            _wait(f"status {response.status_code}, an answer that cannot be read", error)

    def _change(self, item: _Item, since: datetime) -> RemoteChange | None:
        correlation, request_id, status = _reference(item), _text(item, "service_request_id"), _text(item, "status")
        changed_at = self._time(item, "updated_datetime") or since
        # Chicago lists requests before they have an id; they come again once they do.
        if not correlation or not request_id or changed_at < since:
            return None
        return RemoteChange(correlation, request_id, status, status.lower() != "closed", _text(item, "status_notes"), changed_at)

    def _time(self, item: _Item, name: str) -> datetime | None:
        try:
            time = datetime.fromisoformat(_text(item, name))
        except ValueError:
            return None
        return (time if time.tzinfo else time.replace(tzinfo=self._settings.zone)).astimezone(UTC)


def _location(record: CaseRecord) -> dict[str, str]:
    # The words of a place help a crew to find it; the specification's own sample sends them beside the coordinates.
    place = {"address_string": record.place} if record.place else {}
    if record.latitude is not None and record.longitude is not None:
        return place | {"lat": f"{record.latitude:.6f}", "long": f"{record.longitude:.6f}"}
    return place or _refuse("neither coordinates nor a place")


def _reference(item: _Item) -> str:
    # Ours is the last: a resident's own words, which stand before it, may hold another.
    found = _REFERENCE.findall(_text(item, "description"))
    return found[-1].strip() if found else ""


def _filed(item: _Item) -> Filed | None:
    request_id, token = _text(item, "service_request_id"), _text(item, "token")
    if request_id:
        return Filed(request_id, request_id)
    return Filed(f"{TOKEN}{token}", "") if token else None


def _fail(response: httpx2.Response, hidden: str) -> NoReturn:
    try:
        reason = _reason(_items(response.text), hidden)
    except ValueError:
        # Not the endpoint but something on the way to it answered, with a page of its own.
        reason = ""
    status, wait = response.status_code, response.headers.get("Retry-After", "")[:40]
    message = f"status {status} {reason}"
    # 202 and 204 are no answers of the specification, and may mean that the work was done.
    if status in _BUSY or status >= 500 or response.is_success:
        _wait(f"{message} (again after {wait})" if wait else message)
    _refuse(message)


def _reason(items: list[_Item], hidden: str) -> str:
    """Their errors in one line, without our key and without a resident's words, which an endpoint may repeat whole or in part."""
    words = set(_WORD.findall(hidden))

    def show(found: re.Match[str]) -> str:
        word = found[0].casefold()
        # Languages without spaces have no single words to compare.
        return "…" if word in words or (not word.isascii() and word in hidden) else found[0]

    reason = "; ".join(f"{_text(item, 'code')} {_WORD.sub(show, _text(item, 'description'))}" for item in items)
    return " ".join(reason.split())[:_REASON_LETTERS]


def _items(text: str) -> list[_Item]:
    """Read the records of an answer in either format; all are flat lists. Raises ValueError where it is neither."""
    text = text.lstrip("\ufeff \t\r\n")
    content: Any = _xml_items(text) if text.startswith("<") else _json(text)
    items = content if isinstance(content, list) else [content]
    if not all(isinstance(item, dict) for item in items):
        raise ValueError("no list of records")
    return items


def _json(text: str) -> Any:
    # Numbers stay as written. The specification's own samples have `"service_code":001`, which is no JSON: such a code is quoted.
    try:
        return json.loads(text, strict=False, parse_int=str, parse_float=str)
    except ValueError:
        mended = _STRING_OR_BARE_CODE.sub(lambda found: found[0] if found[0].startswith('"') else f'"{found[0]}"', text)
        return json.loads(mended, strict=False, parse_int=str, parse_float=str)


def _xml_items(text: str) -> list[dict[str, str]]:
    """Read the children of the root, each a dictionary of its own children's texts. Raises ValueError.

    A DOCTYPE is refused as it begins, before an entity can be declared, let alone expanded: defusedxml is no dependency of ours, `fromstring`
    cannot refuse it, and a search for the word would also refuse a list in which a resident's text holds it.
    """
    builder, parser = TreeBuilder(), expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = builder.start, builder.end, builder.data
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ValueError("no XML") from error
    return [{part.tag: part.text or "" for part in item} for item in builder.close()]


def _no_doctype(*_: object) -> NoReturn:
    raise ValueError("a DOCTYPE")


def _text(item: _Item, name: str) -> str:
    # An empty value, a null and an absent one are the same, says the specification.
    return str(item.get(name) or "").strip()


def _refuse(reason: str) -> NoReturn:
    raise ReceiverRefusedError(f"open311: {reason.strip()}")


def _wait(reason: str, cause: Exception | None = None) -> NoReturn:
    raise ReceiverAwayError(f"open311: {reason.strip()}") from cause
