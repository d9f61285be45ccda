"""The command `assets`: which rows of a file it takes, what it refuses, what it prints, and the lists that the pack ships."""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.assets.asset_store import Asset, AssetStore, ClassCount
from intake.commands.assets import add_assets
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.settings import ROOT, Settings
from routing.city import load_city

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LAMPS = [Asset(f"L{i}", f"pole {i}", 42.3 + i / 1000, -71.06) for i in range(4)]

Command = Callable[..., int]


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[AssetStore]:
    """The database that `run` works on."""
    url = f"sqlite:///{tmp_path / 'intake.db'}"
    migrate(url)
    engine = make_engine(url)
    yield AssetStore(engine)
    engine.dispose()


@pytest.fixture
def run(sqlite_store: AssetStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `assets` with the given words on the database of this test."""
    monkeypatch.setenv("INTAKE_DATABASE_URL", f"sqlite:///{tmp_path / 'intake.db'}")
    parser = argparse.ArgumentParser()
    add_assets(parser.add_subparsers())

    def run_words(*words: object) -> int:
        options = parser.parse_args(["assets", *map(str, words)])
        return int(options.run(options))

    return run_words


def csv_file(folder: Path, *lines: str, head: str = "id,label,lat,lon") -> Path:
    path = folder / "lamps.csv"
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return path


def feature(**properties: object) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [-71.06, 42.35]}
    return {"type": "Feature", "properties": properties, "geometry": point}


def geojson_file(folder: Path, *features: object) -> Path:
    path = folder / "lamps.geojson"
    members = ",\n".join(json.dumps(one) for one in features)
    path.write_text(f'{{"type": "FeatureCollection", "totalFeatures": 12,\n"features": [\n{members}\n]}}\n', encoding="utf-8")
    return path


class TestFiles:
    def test_a_list_with_the_owners_column_names(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        path = csv_file(tmp_path, "\u00e9,17,42.35,-71.06", head="POLE_NUM,OBJECTID,Y,X")
        assert run("import", path, "--class", "street_light", "--map", "id=OBJECTID,label=POLE_NUM,lat=Y,lon=X") == 0
        (found,) = sqlite_store.nearest("street_light", 42.35, -71.06)
        assert (found.source_id, found.label, found.meters) == ("17", "é", 0)

    def test_an_import_says_what_it_changed(self, run: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run("import", csv_file(tmp_path, "1,a,42,-71", "2,b,42,-71"), "--class", "tree")
        run("import", csv_file(tmp_path, "1,c,42,-71"), "--class", "tree")
        out = capsys.readouterr().out.splitlines()
        assert out == [
            "tree: 2 added, 0 updated, 0 no longer active, 0 unchanged, 0 rows skipped",
            "tree: 0 added, 1 updated, 1 no longer active, 0 unchanged, 0 rows skipped",
        ]

    def test_missing_assets_stay_where_the_operator_says_so(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        run("import", csv_file(tmp_path, "1,a,42,-71"), "--class", "tree")
        run("import", csv_file(tmp_path, "2,b,42,-71"), "--class", "tree", "--keep-missing")
        assert sqlite_store.counts() == {"tree": ClassCount(2, 0)}

    @pytest.mark.parametrize(
        ("line", "what"),
        [
            ("1,a,north,-71", "1: 'north', '-71' are not two numbers"),
            ("1,a,,", "1: '', '' are not two numbers"),
            ("1,a,nan,-71", "not degrees"),
            ("1,a,2954321.5,775412.25", "not degrees"),
            ("1,a,0,0", "0, 0 is no place"),
            (",a,42,-71", "no id"),
            ("1,a,42", "3 columns where there should be 4"),
            ("x" * 81 + ",a,42,-71", "over 80 letters"),
            ("1,a\0b,42,-71", "characters that are no text"),
            ("good,a,42,-71", "the id good is on line 2 already"),
        ],
    )
    def test_a_bad_row_is_named_by_its_line_and_skipped(
        self, run: Command, sqlite_store: AssetStore, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, what: str
    ) -> None:
        path = csv_file(tmp_path, 'good,"over\ntwo lines",42,-71', line, "last,b,42,-71")
        assert run("import", path, "--class", "tree") == 1
        error = capsys.readouterr().err
        assert error.startswith(f"{path}:4: ")
        assert what in error
        assert sqlite_store.counts() == {"tree": ClassCount(2, 0)}

    def test_a_byte_that_is_no_text_costs_its_row_only(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        path = tmp_path / "trees.csv"
        path.write_bytes(b"\xef\xbb\xbfid,label,lat,lon\r\n1,caf\xe9,42,-71\r\n2,elm,42,-71\r\n")
        assert run("import", path, "--class", "tree") == 1
        assert [found.label for found in sqlite_store.nearest("tree", 42, -71)] == ["elm"]

    def test_an_asset_whose_row_was_skipped_stays_active(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        run("import", csv_file(tmp_path, "1,a,42,-71", "2,b,42,-71"), "--class", "tree")
        run("import", csv_file(tmp_path, "1,a,,", "2,b,42,-71"), "--class", "tree")
        assert sqlite_store.counts() == {"tree": ClassCount(2, 0)}

    def test_points_of_a_map_are_read_with_their_properties(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        path = geojson_file(tmp_path, feature(OBJECTID=17.0, POLE="p 9"), feature(OBJECTID=18, POLE=None))
        assert run("import", path, "--class", "street_light", "--map", "id=OBJECTID,label=POLE") == 0
        found = sqlite_store.nearest("street_light", 42.35, -71.06)
        assert [(one.source_id, one.label) for one in found] == [("17", "p 9"), ("18", "18")]

    def test_a_features_own_id_serves_without_a_map(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        assert run("import", geojson_file(tmp_path, feature() | {"id": "way/5"}), "--class", "tree") == 0
        assert [found.source_id for found in sqlite_store.nearest("tree", 42.35, -71.06)] == ["way/5"]

    @pytest.mark.parametrize(
        ("bad", "what"),
        [
            (feature(id=1) | {"geometry": None}, "1: the geometry is missing and not Point"),
            (feature(id=1) | {"geometry": {"type": "LineString", "coordinates": []}}, "LineString and not Point"),
            (feature(id=1) | {"geometry": {"type": "Point", "coordinates": []}}, "the point has no coordinates"),
            (feature(id=True), "no id"),
            (feature() | {"properties": [1]}, "no id"),
            ("words", "no id"),
        ],
    )
    def test_a_feature_that_is_no_point_is_named_by_its_line_and_skipped(
        self, run: Command, sqlite_store: AssetStore, tmp_path: Path, capsys: pytest.CaptureFixture[str], bad: object, what: str
    ) -> None:
        path = geojson_file(tmp_path, feature(id=7), bad, feature(id=8))
        assert run("import", path, "--class", "tree") == 1
        error = capsys.readouterr().err
        assert error.startswith(f"{path}:4: ")
        assert what in error
        assert sqlite_store.counts() == {"tree": ClassCount(2, 0)}

    def test_a_map_larger_than_what_is_read_at_once(self, run: Command, sqlite_store: AssetStore, tmp_path: Path) -> None:
        features = [feature(id=i, note="\n" * (i % 7) + "é" * 200) for i in range(2000)]
        assert run("import", geojson_file(tmp_path, *features), "--class", "tree") == 0
        assert sqlite_store.counts() == {"tree": ClassCount(2000, 0)}

    def test_a_number_on_the_border_of_what_is_read_at_once_is_read_whole(
        self, run: Command, sqlite_store: AssetStore, tmp_path: Path
    ) -> None:
        path = tmp_path / "trees.json"
        for shift in range(8):
            start = '{"note": "' + "x" * (65536 - 24 - shift) + '", "n": 123456, "features": ['
            path.write_text(start + json.dumps(feature(id=1)) + "]}", encoding="utf-8")
            assert run("import", path, "--class", "tree") == 0
        assert sqlite_store.counts() == {"tree": ClassCount(1, 0)}

    @pytest.mark.parametrize(
        ("name", "text", "what"),
        [
            ("a.csv", "", "no column id, lat, lon"),
            ("a.csv", "id,y,x\n1,42,-71\n", "no column lat, lon; the columns are id, y, x"),
            ("a.csv", "id,lat,lon\n1,north,west\n", "no row could be used"),
            ("a.csv", 'id,lat,lon\n1,42,-71\n2,"' + "x" * 200_000, "field larger"),
            ("a.json", "", "{ is missing"),
            ("a.json", "[]", "{ is missing"),
            ("a.json", '{"type": "Feature"}', "no FeatureCollection"),
            ("a.json", '{"features": {}}', "[ is missing"),
            ("a.json", '{"features": [' + json.dumps(feature(id=1)) + ",\n{", ":2: the JSON is broken or ends here"),
            ("a.shp", "", "must end in .csv"),
        ],
    )
    def test_a_file_that_cannot_be_read_changes_nothing(
        self, run: Command, sqlite_store: AssetStore, tmp_path: Path, name: str, text: str, what: str
    ) -> None:
        sqlite_store.replace("tree", LAMPS, MONDAY)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        with pytest.raises(RefuseToStart) as caught:
            run("import", path, "--class", "tree")
        assert what in str(caught.value)
        assert sqlite_store.counts() == {"tree": ClassCount(4, 0)}

    def test_a_file_that_is_not_there_is_refused_with_a_word(self, run: Command, tmp_path: Path) -> None:
        with pytest.raises(RefuseToStart, match="No such file"):
            run("import", tmp_path / "none.csv", "--class", "tree")

    def test_a_class_that_no_service_needs_is_refused(self, run: Command, tmp_path: Path) -> None:
        with pytest.raises(RefuseToStart, match="street_lihgt: no service needs this class"):
            run("import", csv_file(tmp_path, "1,a,42,-71"), "--class", "street_lihgt")

    def test_a_map_of_unknown_fields_is_refused(self, run: Command, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit):
            run("import", "a.csv", "--class", "tree", "--map", "latitude=Y")
        assert "write it as id=NAME,label=NAME,lat=NAME,lon=NAME" in capsys.readouterr().err


class TestLookups:
    def test_the_list_counts_every_class_that_services_need(
        self, run: Command, sqlite_store: AssetStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sqlite_store.replace("tree", LAMPS, MONDAY)
        assert run("list") == 0
        rows = {name: counts for name, *counts in map(str.split, capsys.readouterr().out.splitlines())}
        assert rows["tree"] == ["4", "0"]
        assert rows["hydrant"] == ["0", "0"]

    def test_the_nearest_are_shown_with_metres(
        self, run: Command, sqlite_store: AssetStore, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sqlite_store.replace("tree", LAMPS, MONDAY)
        assert run("nearest", "tree", "42.3012", "-71.06", "--limit", "1") == 0
        assert capsys.readouterr().out.split() == ["22.2", "m", "L1", "42.301000,-71.060000", "pole", "1"]

    def test_nothing_near_is_said(self, run: Command, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("nearest", "tree", "42.3", "-71.06", "--radius", "30") == 0
        assert "no tree within 30 m" in capsys.readouterr().err

    def test_a_radius_that_is_too_wide_is_refused_with_a_word(self, run: Command) -> None:
        with pytest.raises(RefuseToStart, match="radius"):
            run("nearest", "tree", "42.3", "-71.06", "--radius", "100000")

    def test_lookup_times_are_told_for_an_invented_city(self, run: Command, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("nearest", "tree", "42.3", "-71.06", "--bench", "50") == 0
        assert capsys.readouterr().out.startswith("nearest of 50 assets: ms  p5 ")


class TestDemonstration:
    def test_each_class_that_a_service_of_boston_needs_has_assets_and_no_other_has(self) -> None:
        services = load_city(Settings().cities_folder / "boston").catalog.services.values()
        files = {path.stem for path in (ROOT / "cities" / "boston" / "assets").glob("*.csv")}
        assert files == {service.asset_class for service in services} - {None}

    def test_every_row_of_the_demonstration_is_in_order(self, run: Command, sqlite_store: AssetStore) -> None:
        for path in (ROOT / "cities" / "boston" / "assets").glob("*.csv"):
            assert run("import", path, "--class", path.stem) == 0
        counts = sqlite_store.counts().values()
        assert sum(count.active for count in counts) >= 500
        assert min(count.active for count in counts) >= 20
