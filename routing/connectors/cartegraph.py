"""Work orders become tasks in Cartegraph (OpenGov EAM), and what crews write there comes back.

Sources: the public clients caRtegraph (City of Pittsburgh) and workflow-activities-cartegraph (VertiGIS), and OpenGov's description of the
interface. Classes, fields and status names are each tenant's own, so all of them are settings.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any, assert_never
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx2

from routing.connectors.cartegraph_fields import (
    WorkOrderFields,
    equals,
    is_filled,
    is_known,
    mentions,
    oid_of,
    point,
    read_time,
    reason_of,
    rows_of,
    total_of,
    write_time,
)
from routing.connectors.ports import Filed, ReceiverAwayError, ReceiverRefusedError, RemoteChange, WorkOrderRecord

_SYSTEM = "Cartegraph"
_REASON_LETTERS = 200
_SIGNED_OUT = frozenset({401, 403})
_TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True)
class BasicLogin:
    """Name and password go with every call."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class SessionLogin:
    """Name and password are exchanged for a cookie, the one way that OpenGov documents."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class CartegraphSettings:
    """Where a tenant is and how it names things.

    `activities` are keyed by our issue, `asset_types` by our asset class. `time_zone` is that of times which the tenant sends without an
    offset. A status that is not among `closed_statuses` is open, in whatever case it is written.
    """

    base_url: str
    org: str
    login: BasicLogin | SessionLogin
    activity_fallback: str
    activities: Mapping[str, str] = field(default_factory=dict)
    asset_types: Mapping[str, str] = field(default_factory=dict)
    work_order_class: str = "cgTasksClass"
    correlation_field: str = "RequestIDField"
    fields: WorkOrderFields = field(default_factory=WorkOrderFields)
    open_status: str = "Planned"
    closed_statuses: tuple[str, ...] = ("Completed", "Cancelled", "Canceled")
    time_zone: str = "UTC"
    page_size: int = 200


class CartegraphWorkOrders:
    """An AssetSystem. The first call reads the class's metadata and refuses a map with fields that it does not have."""

    def __init__(self, settings: CartegraphSettings, client: httpx2.Client) -> None:
        self._settings = settings
        self._door = _Door(settings, client)
        self._is_checked = False

    @property
    def name(self) -> str:
        """A short name, stored with what was filed there."""
        return "cartegraph"

    def find(self, correlation: str) -> Filed | None:
        """Look for a task of ours. Raises ReceiverRefusedError where the tenant answers the filter with another task."""
        wanted = self._settings.correlation_field
        answer = self._list(["Oid", self._settings.fields.number, wanted], equals(wanted, correlation), limit=1)
        rows = rows_of(answer, self._settings.work_order_class)
        if not rows:
            return None
        if rows[0].get(wanted) != correlation:
            raise ReceiverRefusedError(f"{_SYSTEM}: the filter on {wanted} was answered with another record")
        return self._filed(rows[0])

    def file(self, record: WorkOrderRecord) -> Filed:
        """Create the task; an answer without its Oid counts as lost."""
        self._check_fields()
        name = self._settings.work_order_class
        # Field errors may quote what was sent; a resident's words do not belong in our errors.
        hidden = (record.description, record.place)
        response = self._door.call("POST", f"classes/{quote(name)}", hidden=hidden, json={name: [self._values(record)]})
        rows = rows_of(_json(response), name)
        if not rows:
            raise ReceiverAwayError(f"{_SYSTEM}: status 200 without a record")
        return self._filed(rows[0])

    def attach(self, filed: Filed, name: str, content_type: str, content: bytes) -> None:
        """Add a file to a task, unless one of this name is there: a lost answer may have left it.

        The bytes are the body and the name is in the address, as the City of Pittsburgh sends them; the child class's name follows from the
        class's own (cgTasks_cgAttachmentsClass).
        """
        parent = self._settings.work_order_class
        child = f"{parent.removesuffix('Class')}_cgAttachmentsClass"
        path = f"attachments/{quote(parent)}/{quote(filed.id)}"
        if mentions(_json(self._door.call("GET", path)), name):
            return
        self._door.call(
            "POST", f"{path}/{quote(child)}/", params={"fileName": name}, content=content, headers={"Content-Type": content_type}
        )

    def changes(self, since: datetime) -> Sequence[RemoteChange]:
        """Our tasks that changed at or after `since`, to the second, oldest first, each once."""
        start = since.replace(microsecond=0)
        found: dict[str, RemoteChange] = {}
        for change in takewhile(lambda change: change.changed_at >= start, self._latest_first()):
            found.setdefault(change.id, change)
        return sorted(found.values(), key=lambda change: change.changed_at)

    def _latest_first(self) -> Iterator[RemoteChange]:
        """All our tasks, page by page.

        A task that changes while we turn pages moves to the front: with the latest first the others come twice, with the oldest first one
        of them would slip through.
        """
        fields, correlation = self._settings.fields, self._settings.correlation_field
        keys = ["Oid", correlation, fields.status, fields.notes, fields.modified]
        offset, total = 0, 1
        while offset < total:
            order = f"{fields.modified}:desc,Oid:desc"
            answer = self._list(keys, is_filled(correlation), limit=self._settings.page_size, sort=order, offset=offset)
            rows, total = rows_of(answer, self._settings.work_order_class), total_of(answer)
            if not rows:
                return
            # A task that was never modified has no change to tell.
            yield from (self._change(row) for row in rows if row.get(correlation) and row.get(fields.modified))
            offset += len(rows)

    def _change(self, row: Mapping[str, Any]) -> RemoteChange:
        fields, written = self._settings.fields, str(row[self._settings.fields.modified])
        try:
            changed_at = read_time(written, ZoneInfo(self._settings.time_zone))
        except ValueError as error:
            raise ReceiverRefusedError(
                f"{_SYSTEM}: {fields.modified} of record {oid_of(row)} is no time: {written[:40]}"
            ) from error
        status = str(row.get(fields.status) or "")
        closed = {name.casefold() for name in self._settings.closed_statuses}
        return RemoteChange(
            correlation=str(row[self._settings.correlation_field]),
            id=oid_of(row),
            status=status,
            is_open=status.casefold() not in closed,
            note=str(row.get(fields.notes) or ""),
            changed_at=changed_at,
        )

    def _list(self, keys: Sequence[str], condition: str, **paging: str | int) -> Any:
        self._check_fields()
        params = {"fields": ",".join(key for key in keys if key), "filter": condition, **paging}
        return _json(self._door.call("GET", f"classes/{quote(self._settings.work_order_class)}", params=params))

    def _check_fields(self) -> None:
        if self._is_checked:
            return
        name = self._settings.work_order_class
        metadata = _json(self._door.call("GET", f"meta/Classes/{quote(name)}"))
        for wanted in [self._settings.correlation_field, *self._settings.fields.names()]:
            if not wanted or not is_known(wanted, metadata):
                raise ReceiverRefusedError(f"{_SYSTEM}: {wanted!r} is not a field of {name}; mend the map")
        self._is_checked = True

    def _values(self, record: WorkOrderRecord) -> dict[str, Any]:
        settings, fields = self._settings, self._settings.fields
        description = record.description if fields.case_number else f"{record.case_number}: {record.description}"
        values: dict[str, Any] = {
            settings.correlation_field: record.correlation,
            fields.status: settings.open_status,
            fields.activity: settings.activities.get(record.issue, settings.activity_fallback),
            fields.department: record.department_name,
            fields.issue: record.issue,
            fields.description: description,
            fields.place: record.place,
            fields.case_number: record.case_number,
            fields.due: write_time(record.due_at),
            **self._asset(record),
        }
        if record.latitude is not None and record.longitude is not None:
            values["CgShape"] = point(record.latitude, record.longitude)
        return {name: value for name, value in values.items() if name}

    def _asset(self, record: WorkOrderRecord) -> dict[str, str]:
        if record.asset is None:
            return {}
        kind = self._settings.asset_types.get(record.asset_class)
        if kind is None:
            raise ReceiverRefusedError(f"{_SYSTEM}: no asset type is set for our class {record.asset_class!r}; mend the map")
        fields = self._settings.fields
        return {fields.asset_type: kind, fields.asset: record.asset, fields.asset_label: f"{kind} {record.asset}"}

    def _filed(self, row: Mapping[str, Any]) -> Filed:
        oid = oid_of(row)
        return Filed(oid, str(row.get(self._settings.fields.number) or oid))


class _Door:
    """One call to a tenant: with credentials, and with its failures sorted."""

    def __init__(self, settings: CartegraphSettings, client: httpx2.Client) -> None:
        self._url = f"{settings.base_url.rstrip('/')}/{quote(settings.org)}/api/v1/"
        self._login = settings.login
        self._client = client
        self._cookie = ""

    def call(self, method: str, path: str, *, hidden: Sequence[str] = (), **request: Any) -> httpx2.Response:
        """Return an answer of success. A session that has ended is renewed once; the texts in `hidden` are kept out of errors."""
        headers = request.pop("headers", {})
        response = self._send(method, path, headers=headers | self._credentials(), **request)
        if isinstance(self._login, SessionLogin) and response.status_code in _SIGNED_OUT:
            # The answer to the login also tells when the session expires, but no source tells the unit: the refusal is what we go by.
            self._cookie = ""
            response = self._send(method, path, headers=headers | self._credentials(), **request)
        _check(response, hidden)
        return response

    def _credentials(self) -> dict[str, str]:
        match self._login:
            case BasicLogin(user, password):
                return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}
            case SessionLogin() as login:
                self._cookie = self._cookie or self._sign_in(login)
                return {"Cookie": self._cookie}
            case _:
                assert_never(self._login)

    def _sign_in(self, login: SessionLogin) -> str:
        body = {"userName": login.user, "password": login.password, "isInternalRequest": False}
        response = self._send("POST", "authenticate", json=body)
        _check(response, ())
        cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in response.cookies.jar)
        if not cookie:
            # No source says which LogOnStatus is success; a login that works sets a cookie.
            raise ReceiverRefusedError(f"{_SYSTEM}: the login was refused: {response.text[:_REASON_LETTERS]}")
        return cookie

    def _send(self, method: str, path: str, **request: Any) -> httpx2.Response:
        try:
            # A redirect would take the credentials elsewhere.
            return self._client.request(method, self._url + path, follow_redirects=False, **request)
        except httpx2.RequestError as error:
            raise ReceiverAwayError(f"{_SYSTEM}: {type(error).__name__}: {error}") from error


def _check(response: httpx2.Response, hidden: Sequence[str]) -> None:
    """Let nothing pass but 200, which is success for reading and writing alike.

    Another 2xx may have done the work, so it counts as a lost answer. A redirect is a wrong address, and a person has to look.
    """
    status = response.status_code
    if status == 200:
        return
    if status >= 500 or status in _TRY_AGAIN or response.is_success:
        raise ReceiverAwayError(f"{_SYSTEM}: status {status}")
    raise ReceiverRefusedError(f"{_SYSTEM}: status {status}: {reason_of(response, hidden)[:_REASON_LETTERS]}")


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except ValueError as error:
        raise ReceiverAwayError(f"{_SYSTEM}: status {response.status_code} without JSON") from error
