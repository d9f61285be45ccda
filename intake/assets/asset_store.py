"""Where the city's assets stand: reference data, no resident's case, so this module alone writes their table, in transactions of its own."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import asin, cos, degrees, floor, radians, sin, sqrt
from typing import Any, TypeVar

from sqlalchemy import Engine, and_, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from intake.database import WRITES
from intake.reference_tables import AssetTable

T = TypeVar("T")
WIDEST_METERS = 5_000.0
_FIRST_REACH_METERS = 100.0
# A phone's position is good to some ten metres, and lamps stand some thirty metres apart.
_MEANT_METERS = 30.0
_CLEARLY_NEARER_METERS = 10.0
_LIKELY = 5
_BATCH = 1000
# The mean radius of the earth by the International Union of Geodesy and Geophysics.
_EARTH_METERS = 6_371_008.8
# A cell is a thousandth of a degree each way: 111 m from south to north, 82 m from west to east in Boston.
_CELLS_A_DEGREE = 1000
_COLUMNS = 360 * _CELLS_A_DEGREE
_ROW = 1_000_000
# Rounding must not lose an asset that stands on the circle.
_SLACK_METERS = 0.01


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset as its owner's list has it; `source_id` is the owner's number, unique in its class."""

    source_id: str
    label: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class NearbyAsset:
    """An asset in use, and how far it stands from where was asked."""

    asset_class: str
    source_id: str
    label: str
    latitude: float
    longitude: float
    meters: float


@dataclass(frozen=True)
class Changes:
    """What an import changed, as counts of assets."""

    added: int
    updated: int
    deactivated: int
    unchanged: int


@dataclass(frozen=True)
class ClassCount:
    """How many assets of a class are in use, and how many no longer."""

    active: int
    inactive: int


class AssetStore:
    """Reads and writes assets through one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)

    def replace(
        self,
        asset_class: str,
        assets: Iterable[Asset],
        now: datetime,
        *,
        spared: Collection[str] | None = (),
        advance: Callable[[int], object] = lambda _: None,
    ) -> Changes:
        """Make a class's assets what `assets` says, in one transaction; the same assets again change nothing.

        Assets that are not among `assets` become inactive, except source ids in `spared`; None spares all. `advance` is told how
        many more of `assets` are done. Raises ValueError, and changes nothing, where a source id comes twice.
        """
        # All is read before the transaction, so that a slow disk does not hold up residents' messages.
        wanted = _by_source_id(assets)
        with self._transaction() as session:
            found = _compare(session, asset_class, wanted)
            advance(len(wanted) - len(found.new) - len(found.changed))
            gone = [] if spared is None else [row_id for source_id, row_id in found.gone.items() if source_id not in spared]
            _deactivate(session, gone, now)
            for new in _batches(found.new):
                session.execute(insert(AssetTable), [_values(asset_class, asset, now) for asset in new])
                advance(len(new))
            for changed in _batches(found.changed):
                session.execute(
                    update(AssetTable), [{"id": row_id, **_values(asset_class, asset, now)} for row_id, asset in changed]
                )
                advance(len(changed))
        return Changes(len(found.new), len(found.changed), len(gone), len(wanted) - len(found.new) - len(found.changed))

    def nearest(
        self, asset_class: str, latitude: float, longitude: float, radius_meters: float = 100.0, limit: int = 3
    ) -> list[NearbyAsset]:
        """Assets in use within a radius on the sphere, the nearest first.

        Raises ValueError for a place that is not on earth, a radius that is not above 0 and up to WIDEST_METERS, a limit below 1.
        """
        if not (0 < radius_meters <= WIDEST_METERS and limit >= 1):
            raise ValueError(f"the radius must be above 0 and up to {WIDEST_METERS:.0f} m, the limit at least 1")
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValueError(f"{latitude}, {longitude} is not a place on earth")
        reach = min(_FIRST_REACH_METERS, radius_meters)
        with Session(self._engine) as session:
            found = _within(session, asset_class, latitude, longitude, reach)
            # A small circle often has enough; a wide one is only read for a class that is rare here.
            while len(found) < limit and reach < radius_meters:
                reach = min(reach * 3, radius_meters)
                found = _within(session, asset_class, latitude, longitude, reach)
        return sorted(found, key=lambda asset: (asset.meters, asset.source_id))[:limit]

    def likely_at(self, asset_class: str, latitude: float, longitude: float) -> tuple[NearbyAsset, ...]:
        """The assets that a point may mean, the nearest first: one where it is clearly the nearest, none where none is near."""
        near = self.nearest(asset_class, latitude, longitude, _MEANT_METERS, _LIKELY)
        return tuple(asset for asset in near if asset.meters - near[0].meters < _CLEARLY_NEARER_METERS)

    def the_one_at(self, asset_class: str, latitude: float, longitude: float) -> str | None:
        """Its owner's number of the asset that a point means, None where none is near or several are about as near."""
        likely = self.likely_at(asset_class, latitude, longitude)
        return likely[0].source_id if len(likely) == 1 else None

    def counts(self) -> dict[str, ClassCount]:
        """Counts of each class that has assets."""
        query = select(AssetTable.asset_class, AssetTable.is_active, func.count()).group_by(
            AssetTable.asset_class, AssetTable.is_active
        )
        with Session(self._engine) as session:
            counted = {(name, is_active): count for name, is_active, count in session.execute(query)}
        names = sorted({name for name, _ in counted})
        return {name: ClassCount(counted.get((name, True), 0), counted.get((name, False), 0)) for name in names}

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with Session(self._writer) as session, session.begin():
            if self._engine.dialect.name == "postgresql":
                # Two imports at once would both find an asset missing and both add it; SQLite has one writer anyway.
                session.execute(text("LOCK TABLE assets IN SHARE ROW EXCLUSIVE MODE"))
            yield session


@dataclass(frozen=True)
class _Comparison:
    """What a list has that the table has not, what differs, with row ids, and what only the table has: row ids by source id."""

    new: list[Asset]
    changed: list[tuple[int, Asset]]
    gone: dict[str, int]


def _by_source_id(assets: Iterable[Asset]) -> dict[str, Asset]:
    found: dict[str, Asset] = {}
    for asset in assets:
        if asset.source_id in found:
            raise ValueError(f"the id {asset.source_id} comes twice")
        found[asset.source_id] = asset
    return found


def _compare(session: Session, asset_class: str, wanted: Mapping[str, Asset]) -> _Comparison:
    # One pass over the class. PostgreSQL would plan a query for each batch as if the table were still as small as before the import.
    query = select(
        AssetTable.id, AssetTable.source_id, AssetTable.label, AssetTable.latitude, AssetTable.longitude, AssetTable.is_active
    ).where(AssetTable.asset_class == asset_class)
    known: set[str] = set()
    changed: list[tuple[int, Asset]] = []
    gone: dict[str, int] = {}
    for row_id, source_id, label, latitude, longitude, is_active in session.execute(
        query, execution_options={"yield_per": _BATCH}
    ):
        known.add(source_id)
        asset = wanted.get(source_id)
        if asset is None and is_active:
            gone[source_id] = row_id
        elif asset is not None and not (is_active and asset == Asset(source_id, label, latitude, longitude)):
            changed.append((row_id, asset))
    return _Comparison([asset for source_id, asset in wanted.items() if source_id not in known], changed, gone)


def _deactivate(session: Session, row_ids: Iterable[int], now: datetime) -> None:
    for batch in _batches(row_ids):
        session.execute(update(AssetTable), [{"id": row_id, "is_active": False, "imported_at": now} for row_id in batch])


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    left = iter(values)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _values(asset_class: str, asset: Asset, now: datetime) -> dict[str, Any]:
    return {
        "asset_class": asset_class,
        "source_id": asset.source_id,
        "label": asset.label,
        "latitude": asset.latitude,
        "longitude": asset.longitude,
        "cell": _cell_at(asset.latitude, asset.longitude),
        "is_active": True,
        "imported_at": now,
    }


def _within(session: Session, asset_class: str, latitude: float, longitude: float, meters: float) -> list[NearbyAsset]:
    # The class stands in each branch, not before them: SQLite searches its index once a branch, and looks at nothing outside it.
    ranges = or_(
        *(
            and_(AssetTable.asset_class == asset_class, AssetTable.cell.between(first, last))
            for first, last in _cell_ranges(latitude, longitude, meters)
        )
    )
    query = select(AssetTable.source_id, AssetTable.label, AssetTable.latitude, AssetTable.longitude)
    found = [
        NearbyAsset(asset_class, *row, meters=_meters_between(latitude, longitude, row.latitude, row.longitude))
        for row in session.execute(query.where(ranges, AssetTable.is_active))
    ]
    return [asset for asset in found if asset.meters <= meters]


def _cell_at(latitude: float, longitude: float) -> int:
    return _row(latitude) * _ROW + _column(longitude)


def _row(latitude: float) -> int:
    return floor((latitude + 90) * _CELLS_A_DEGREE)


def _column(longitude: float) -> int:
    return floor((longitude + 180) * _CELLS_A_DEGREE) % _COLUMNS


def _cell_ranges(latitude: float, longitude: float, meters: float) -> list[tuple[int, int]]:
    """First and last cell of each stretch of a row that a circle touches."""
    reach = degrees((meters + _SLACK_METERS) / _EARTH_METERS)
    rows = range(_row(max(latitude - reach, -90)), _row(min(latitude + reach, 90)) + 1)
    stretches = _column_stretches(latitude, longitude, reach)
    return [(row * _ROW + west, row * _ROW + east) for row in rows for west, east in stretches]


def _column_stretches(latitude: float, longitude: float, reach: float) -> list[tuple[int, int]]:
    if abs(latitude) + reach >= 90:
        return [(0, _COLUMNS - 1)]
    # A circle is widest a little poleward of its centre, where a meridian only touches it.
    half = degrees(asin(sin(radians(reach)) / cos(radians(latitude))))
    west, east = longitude - half, longitude + half
    if west < -180:
        return [(_column(west + 360), _COLUMNS - 1), (0, _column(east))]
    if east >= 180:
        return [(_column(west), _COLUMNS - 1), (0, _column(east - 360))]
    return [(_column(west), _column(east))]


def _meters_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The haversine distance."""
    south, north = radians(latitude), radians(other_latitude)
    across = sin(radians(other_longitude - longitude) / 2) ** 2
    along = sin((north - south) / 2) ** 2
    return 2 * _EARTH_METERS * asin(min(1.0, sqrt(along + cos(south) * cos(north) * across)))
