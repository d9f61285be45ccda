"""Creatio's OData 4 interface: rows are read and made, and look-ups are translated between names and ids."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from routing.connectors.creatio_session import Session, json_object
from routing.connectors.ports import ReceiverAwayError, ReceiverRefusedError

# A tenant of 418,000 cases answered 500 to larger pages.
PAGE_LIMIT = 1000

Row = Mapping[str, Any]


class OData:
    """Requests to the collections under `root`, such as https://city.creatio.com/0/odata."""

    def __init__(self, root: str, session: Session) -> None:
        self._root = root
        self._session = session

    def rows(
        self, collection: str, *, select: Sequence[str], top: int, where: str = "", order: str = "", skip: int = 0
    ) -> list[Row]:
        """Read at most `top` rows from the `skip`-th on. `select` is never empty: Creatio answers 500 where every column is asked for."""
        options = {"$select": ",".join(select), "$filter": where, "$orderby": order, "$top": str(top), "$skip": str(skip or "")}
        response = self._session.request("GET", f"{self._root}/{collection}?{_encoded(options)}")
        found = json_object(response).get("value")
        if not isinstance(found, list):
            raise ReceiverAwayError(f"Creatio answered {response.status_code} without rows of {collection}")
        return found

    def create(self, collection: str, values: Row) -> Row:
        """Make a row and give it as Creatio shows it, empty where the answer has none (which 204 never has)."""
        content = json.dumps(values).encode()
        return json_object(self._session.request("POST", f"{self._root}/{collection}", content=content))


class LookUps:
    """Names and ids of Creatio's small tables; the ids differ in each installation, so they are read once and kept.

    Names are compared without regard to case.
    """

    def __init__(self, odata: OData) -> None:
        self._odata = odata
        self._names: dict[str, dict[str, str]] = {}

    def id_of(self, table: str, name: str) -> str:
        """The id of `name`. Raises ReceiverRefusedError where Creatio does not know it, even after a new look."""
        found = self.id_if_known(table, name) or _id_in(self._read(table), name)
        if found is None:
            raise ReceiverRefusedError(f"Creatio has no {table} named {name!r}")
        return found

    def id_if_known(self, table: str, name: str) -> str | None:
        """The id of `name`, None where the table as it was first read has none."""
        return _id_in(self._kept(table), name)

    def name_of(self, table: str, row_id: str) -> str:
        """The name of a row, with a new look where it is unknown; empty where Creatio has none."""
        return self._kept(table).get(row_id) or self._read(table).get(row_id, "")

    def _kept(self, table: str) -> Mapping[str, str]:
        return self._names[table] if table in self._names else self._read(table)

    def _read(self, table: str) -> Mapping[str, str]:
        rows = self._odata.rows(table, select=("Id", "Name"), top=PAGE_LIMIT, order="Name")
        self._names[table] = {text_in(row, "Id"): text_in(row, "Name") for row in rows}
        return self._names[table]


def rows_since(odata: OData, collection: str, since: datetime, *, select: Sequence[str], page_size: int) -> Iterator[Row]:
    """Rows modified at or after `since`, oldest first, each version of a row once; `select` holds Id and ModifiedOn.

    Deep skipping is slow in Creatio, so pages go by ModifiedOn: each starts at the moment at which the last one ended. Only a moment
    that fills a page, as after a change of thousands of rows at once, is paged by skipping.
    """
    place = _Place(since)
    seen: set[tuple[str, datetime]] = set()
    while True:
        page = _page(odata, collection, place, select, page_size)
        if place.is_lost(page):
            place = _Place(place.since)
            continue
        # By Id alone, a row that changes while it is read would lose its newer state.
        new = [row for row in page if _version(row) not in seen]
        yield from new
        seen.update(_version(row) for row in new)
        if not new and len(page) < page_size:
            return
        place = place.after(page)


def literal(text: str) -> str:
    """A string as filters hold it: in apostrophes, and its own ones twice (OData 4.01, URL conventions, 5.1.1.6.1)."""
    return "'" + text.replace("'", "''") + "'"


def moment(value: datetime) -> str:
    """An aware datetime as an Edm.DateTimeOffset in UTC, to the microsecond; filters take it without apostrophes."""
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def text_in(row: Row, field: str) -> str:
    """The text of a field, empty where it is null or missing."""
    return str(row.get(field) or "")


def moment_in(row: Row, field: str) -> datetime:
    """The aware datetime of a field, in UTC. Raises ReceiverAwayError where there is none."""
    try:
        return datetime.fromisoformat(text_in(row, field)).astimezone(UTC)
    except ValueError as error:
        raise ReceiverAwayError(f"Creatio gave a row whose {field} is no date") from error


@dataclass(frozen=True)
class _Place:
    """Where a page starts: at the `skip`-th row from `since` on, which is the row with the id `last` where that is known."""

    since: datetime
    skip: int = 0
    last: str = ""

    def is_lost(self, page: Sequence[Row]) -> bool:
        """Whether rows have moved since the last page: what is skipped is then not what was read, and the moment is read again."""
        return self.last != "" and (not page or text_in(page[0], "Id") != self.last)

    def after(self, page: Sequence[Row]) -> "_Place":
        """The next place: the page's last moment, or its last row where the moment fills the page."""
        end = moment_in(page[-1], "ModifiedOn")
        if end > self.since:
            return _Place(end)
        return _Place(self.since, self.skip + len(page) - 1, text_in(page[-1], "Id"))


def _page(odata: OData, collection: str, place: _Place, select: Sequence[str], page_size: int) -> list[Row]:
    # `ge` and not `gt`, since the rows of one moment may stand on two pages.
    where = f"ModifiedOn ge {moment(place.since)}"
    return odata.rows(collection, select=select, where=where, order="ModifiedOn,Id", top=page_size, skip=place.skip)


def _version(row: Row) -> tuple[str, datetime]:
    return text_in(row, "Id"), moment_in(row, "ModifiedOn")


def _encoded(options: Mapping[str, str]) -> str:
    # Spaces become %20, because servers of OData need not take a plus for a space.
    return urlencode({name: value for name, value in options.items() if value}, quote_via=quote, safe="$,")


def _id_in(names: Mapping[str, str], name: str) -> str | None:
    return next((row_id for row_id, known in names.items() if known.casefold() == name.casefold()), None)
