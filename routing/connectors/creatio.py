"""Cases go to Creatio, and what its staff do with them comes back, over OData 4."""

import html
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

import httpx2

from routing.connectors.creatio_odata import PAGE_LIMIT, LookUps, OData, Row, literal, moment, moment_in, rows_since, text_in
from routing.connectors.creatio_session import CookieLogin, Login, OAuthLogin, Session
from routing.connectors.ports import CaseRecord, Filed, ReceiverAwayError, ReceiverRefusedError, RemoteChange

__all__ = ["CookieLogin", "CreatioCases", "CreatioSettings", "OAuthLogin"]

_SUBJECT_LETTERS = 250


@dataclass(frozen=True)
class CreatioSettings:
    """What differs between installations of Creatio; names of look-ups are read without regard to case."""

    # Where the installation lives, such as https://city.creatio.com.
    base_url: str
    login: Login
    # The CaseOrigin that staff know our cases by.
    origin_name: str
    # "/0" before the interfaces; builds on .NET Core have none, so theirs is "".
    path_prefix: str = "/0"
    # A text column of Case that the installation adds for us, unique by our care.
    correlation_column: str = "UsrCorrelation"
    # Every other CaseStatus is open: one installation has 28 of them.
    closed_statuses: frozenset[str] = frozenset({"Closed", "Canceled", "Resolved"})
    # Our priorities and the CasePriority each becomes.
    priorities: Mapping[str, str] = field(
        default_factory=lambda: {"low": "Low", "normal": "Medium", "high": "High", "urgent": "Critical"}
    )
    page_size: int = 500

    def __post_init__(self) -> None:
        # A page starts with the last row of the page before it, so one row a page would never get on.
        if not 2 <= self.page_size <= PAGE_LIMIT:
            raise ValueError(f"page_size is {self.page_size}, not within 2 and {PAGE_LIMIT}")


class CreatioCases:
    """A CaseSystem over Creatio's table Case.

    `client` brings the time-out, and keeps the cookies of the login: it is this adapter's own. `clock` gives seconds that never go back.
    """

    def __init__(self, settings: CreatioSettings, client: httpx2.Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        base_url = settings.base_url.rstrip("/")
        session = Session(base_url, settings.login, client, clock)
        self._settings = settings
        self._odata = OData(f"{base_url}{settings.path_prefix}/odata", session)
        self._look_ups = LookUps(self._odata)
        self._closed = frozenset(name.casefold() for name in settings.closed_statuses)

    @property
    def name(self) -> str:
        """A short name, stored with what was filed there."""
        return "creatio"

    def find(self, correlation: str) -> Filed | None:
        """Look for a case of ours; the oldest where there are two."""
        rows = self._odata.rows(
            "Case",
            select=("Id", "Number"),
            where=f"{self._settings.correlation_column} eq {literal(correlation)}",
            order="CreatedOn",
            top=1,
        )
        return _filed(rows[0]) if rows else None

    def file(self, record: CaseRecord) -> Filed:
        """Create the case. Raises ReceiverRefusedError where a look-up lacks the priority or our origin."""
        row = self._odata.create("Case", self._values(record))
        if text_in(row, "Id") and text_in(row, "Number"):
            return _filed(row)
        # Creatio publishes no statuses: with 204, or where numbers come later than rows, the answer does not say what was made.
        found = self.find(record.correlation)
        if found is None:
            raise ReceiverAwayError("Creatio took the case but does not show it yet")
        return found

    def changes(self, since: datetime) -> Iterator[RemoteChange]:
        """Our cases that changed at or after `since`, oldest first; read while they are iterated over, which may raise.

        A case that changes while it is read comes twice, with its newer state later. Raises ReceiverRefusedError where one of
        `closed_statuses` is no CaseStatus, since a misspelt one would leave cases open for ever.
        """
        for status in sorted(self._settings.closed_statuses):
            self._look_ups.id_of("CaseStatus", status)
        column = self._settings.correlation_column
        select = ("Id", "StatusId", "Notes", "ModifiedOn", column)
        for row in rows_since(self._odata, "Case", since, select=select, page_size=self._settings.page_size):
            # The correlation is checked here, because no source tells how Creatio filters for a text that is there.
            if text_in(row, column):
                yield self._change(row)

    def _values(self, record: CaseRecord) -> Row:
        values = {
            "Subject": _subject(record),
            "Symptoms": _symptoms(record),
            "RegisteredOn": moment(record.opened_at),
            "OriginId": self._look_ups.id_of("CaseOrigin", self._settings.origin_name),
            "PriorityId": self._look_ups.id_of("CasePriority", self._priority_name(record.priority)),
            self._settings.correlation_column: record.correlation,
        }
        category = self._category(record)
        return values if category is None else {**values, "CategoryId": category}

    def _priority_name(self, priority: str) -> str:
        if priority not in self._settings.priorities:
            raise ReceiverRefusedError(f"no CasePriority of Creatio is set for our priority {priority!r}")
        return self._settings.priorities[priority]

    def _category(self, record: CaseRecord) -> str | None:
        known = (self._look_ups.id_if_known("CaseCategory", name) for name in (record.service_name, record.department_name))
        return next((found for found in known if found), None)

    def _change(self, row: Row) -> RemoteChange:
        status = self._look_ups.name_of("CaseStatus", text_in(row, "StatusId"))
        return RemoteChange(
            correlation=text_in(row, self._settings.correlation_column),
            id=text_in(row, "Id"),
            status=status,
            is_open=status.casefold() not in self._closed,
            note=_plain(text_in(row, "Notes")),
            changed_at=moment_in(row, "ModifiedOn"),
        )


class _Text(HTMLParser):
    """Collects what a reader of HTML sees; a break or a paragraph starts a new line."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"br", "p", "div", "li"}:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _filed(row: Row) -> Filed:
    return Filed(text_in(row, "Id"), text_in(row, "Number"))


def _subject(record: CaseRecord) -> str:
    parts = (f"{record.number} {record.service_name}", record.place)
    return ", ".join(part for part in parts if part)[:_SUBJECT_LETTERS]


def _symptoms(record: CaseRecord) -> str:
    """What staff read, as HTML: the resident's words, then what the service knows."""
    facts = {
        "Place": record.place,
        "Coordinates": _coordinates(record),
        "Department": record.department_name,
        "Language": record.language,
        "Channel": record.channel,
        "Due": moment(record.due_at),
    }
    known = [f"{name}: {fact}" for name, fact in facts.items() if fact]
    return _paragraph(record.description.splitlines()) + _paragraph(known)


def _coordinates(record: CaseRecord) -> str:
    if record.latitude is None or record.longitude is None:
        return ""
    return f"{record.latitude:.6f}, {record.longitude:.6f}"


def _paragraph(lines: Iterable[str]) -> str:
    # Only attributes need quotes escaped, and staff who search for O'Brien should find it.
    return f"<p>{'<br>'.join(html.escape(line, quote=False) for line in lines)}</p>"


def _plain(notes: str) -> str:
    """Notes without their HTML, which Creatio's editor of notes writes; residents read them as text."""
    text = _Text()
    text.feed(notes)
    text.close()
    lines = "".join(text.parts).replace("\xa0", " ").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())
