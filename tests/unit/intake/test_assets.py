"""The store of assets on both databases: what a new list changes, and which asset is nearest."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import atan2, cos, hypot, radians, sin
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.assets.asset_store import WIDEST_METERS, Asset, AssetStore, Changes, ClassCount
from intake.database import make_engine, migrate
from intake.reference_tables import AssetTable

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
LAMPS = [Asset(f"L{i}", f"pole {i}", 42.3 + i / 1000, -71.06) for i in range(4)]


@pytest.fixture
def store(database_url: str) -> Iterator[AssetStore]:
    migrate(database_url)
    engine = make_engine(database_url)
    yield AssetStore(engine)
    engine.dispose()


def written_at(store: AssetStore) -> dict[str, datetime]:
    with Session(store._engine) as session:
        return {row.source_id: row.imported_at for row in session.scalars(select(AssetTable))}


def nearest_ids(store: AssetStore, latitude: float, longitude: float, **options: Any) -> list[str]:
    return [found.source_id for found in store.nearest("street_light", latitude, longitude, **options)]


class TestImports:
    def test_a_first_list_adds_all(self, store: AssetStore) -> None:
        assert store.replace("street_light", LAMPS, MONDAY) == Changes(added=4, updated=0, deactivated=0, unchanged=0)
        assert store.counts() == {"street_light": ClassCount(active=4, inactive=0)}

    def test_the_same_list_again_changes_nothing(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        assert store.replace("street_light", LAMPS, TUESDAY) == Changes(added=0, updated=0, deactivated=0, unchanged=4)
        assert set(written_at(store).values()) == {MONDAY}

    def test_only_the_lamp_that_moved_is_updated(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        moved = replace(LAMPS[2], latitude=42.39)
        assert store.replace("street_light", [*LAMPS[:2], moved, LAMPS[3]], TUESDAY).updated == 1
        assert [name for name, at in written_at(store).items() if at == TUESDAY] == ["L2"]
        assert nearest_ids(store, 42.39, -71.06) == ["L2"]
        assert "L2" not in nearest_ids(store, 42.302, -71.06)

    def test_a_lamp_that_is_gone_becomes_inactive_and_is_not_found(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        assert store.replace("street_light", LAMPS[1:], TUESDAY).deactivated == 1
        assert store.counts() == {"street_light": ClassCount(active=3, inactive=1)}
        assert nearest_ids(store, 42.3, -71.06, radius_meters=50) == []

    def test_a_lamp_that_comes_back_is_active_again(self, store: AssetStore) -> None:
        for lamps in (LAMPS, LAMPS[1:], LAMPS):
            store.replace("street_light", lamps, MONDAY)
        assert nearest_ids(store, 42.3, -71.06, radius_meters=50) == ["L0"]

    def test_missing_lamps_stay_where_they_are_to_be_kept(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        assert store.replace("street_light", LAMPS[:1], TUESDAY, spared=None).deactivated == 0
        assert store.replace("street_light", LAMPS[:1], TUESDAY, spared={"L3"}).deactivated == 2

    def test_another_class_with_the_same_numbers_is_left_alone(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        store.replace("tree", LAMPS[:1], MONDAY)
        assert store.counts() == {"street_light": ClassCount(4, 0), "tree": ClassCount(1, 0)}

    def test_a_list_that_breaks_off_leaves_what_was_there(self, store: AssetStore) -> None:
        def broken() -> Iterator[Asset]:
            yield replace(LAMPS[0], label="other")
            raise ConnectionError

        store.replace("street_light", LAMPS, MONDAY)
        with pytest.raises(ConnectionError):
            store.replace("street_light", broken(), TUESDAY)
        assert set(written_at(store).values()) == {MONDAY}

    def test_an_import_that_fails_while_writing_leaves_what_was_there(self, store: AssetStore) -> None:
        def fail(written: int) -> None:
            if written:
                raise ZeroDivisionError

        store.replace("street_light", LAMPS, MONDAY)
        with pytest.raises(ZeroDivisionError):
            store.replace("street_light", [replace(LAMPS[0], label="other")], TUESDAY, advance=fail)
        assert store.counts() == {"street_light": ClassCount(4, 0)}
        assert set(written_at(store).values()) == {MONDAY}

    def test_an_id_that_comes_twice_is_refused(self, store: AssetStore) -> None:
        with pytest.raises(ValueError, match="L0 comes twice"):
            store.replace("street_light", [LAMPS[0], LAMPS[0]], MONDAY)

    def test_two_imports_at_once_add_each_lamp_once(self, store: AssetStore) -> None:
        lamps = [replace(LAMPS[0], source_id=str(i)) for i in range(2500)]
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda _: store.replace("street_light", lamps, MONDAY), range(2)))
        assert sorted(changes.added for changes in done) == [0, 2500]

    def test_progress_is_told_for_every_lamp(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS[:2], MONDAY)
        told: list[int] = []
        store.replace("street_light", LAMPS, TUESDAY, advance=told.append)
        assert sum(told) == 4


class TestNearest:
    def test_the_nearest_lamp_comes_first_with_its_distance(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        found = store.nearest("street_light", 42.3012, -71.06, radius_meters=150)
        assert [(one.source_id, round(one.meters)) for one in found] == [("L1", 22), ("L2", 89), ("L0", 133)]
        assert (found[0].asset_class, found[0].label, found[0].latitude) == ("street_light", "pole 1", LAMPS[1].latitude)

    def test_no_more_lamps_than_asked_for(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        assert nearest_ids(store, 42.3012, -71.06, radius_meters=1000, limit=2) == ["L1", "L2"]

    def test_no_lamp_beyond_the_radius(self, store: AssetStore) -> None:
        store.replace("street_light", LAMPS, MONDAY)
        assert nearest_ids(store, 42.31, -71.06, radius_meters=700) == []
        assert nearest_ids(store, 42.31, -71.06, radius_meters=800) == ["L3"]

    @pytest.mark.parametrize(
        ("latitude", "longitude"),
        [(42.35, -71.06), (0.0, 0.0), (-36.85, 174.76), (78.22, 15.65), (-16.8, 179.9999), (-16.8, -180.0), (89.99, 10.0)],
        ids=["boston", "equator", "south", "far north", "date line from the west", "date line from the east", "pole"],
    )
    def test_no_lamp_is_lost_at_the_border_of_a_cell(self, store: AssetStore, latitude: float, longitude: float) -> None:
        chance = random.Random(7)
        stretch = min(cos(radians(latitude)), 1.0)
        lamps = [
            Asset(
                str(i),
                "lamp",
                min(90.0, latitude + chance.uniform(-0.01, 0.01)),
                (longitude + chance.uniform(-0.01, 0.01) / stretch + 540) % 360 - 180,
            )
            for i in range(600)
        ]
        store.replace("street_light", lamps, MONDAY)
        for radius in (60, 250, 1500):
            near = sorted((apart(latitude, longitude, lamp), lamp.source_id) for lamp in lamps)
            expected = [name for meters, name in near if meters <= radius]
            assert nearest_ids(store, latitude, longitude, radius_meters=radius, limit=600) == expected
            assert nearest_ids(store, latitude, longitude, radius_meters=radius, limit=3) == expected[:3]

    @pytest.mark.parametrize(
        ("latitude", "longitude", "radius", "limit"),
        [(91, 0, 10, 1), (0, 181, 10, 1), (float("nan"), 0, 10, 1), (0, 0, 0, 1), (0, 0, WIDEST_METERS + 1, 1), (0, 0, 10, 0)],
    )
    def test_what_cannot_be_looked_up_is_refused(
        self, store: AssetStore, latitude: float, longitude: float, radius: float, limit: int
    ) -> None:
        with pytest.raises(ValueError, match=r"radius|place on earth"):
            store.nearest("tree", latitude, longitude, radius, limit)


def apart(latitude: float, longitude: float, lamp: Asset) -> float:
    """Metres by Vincenty's formula for the sphere, other than the haversine of the product."""
    south, north, across = radians(latitude), radians(lamp.latitude), radians(lamp.longitude - longitude)
    over = hypot(cos(north) * sin(across), cos(south) * sin(north) - sin(south) * cos(north) * cos(across))
    return 6_371_008.8 * atan2(over, sin(south) * sin(north) + cos(south) * cos(north) * cos(across))
