"""`assets`: operators import lists of the city's assets, count them, and look up the nearest."""

import argparse
import io
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from intake.assets.asset_files import COLUMNS, AssetFileError, Fault, Row, reader_for
from intake.assets.asset_store import WIDEST_METERS, Asset, AssetStore, ClassCount, NearbyAsset
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.settings import Settings
from intake.the_city import load_the_city

_PERCENTILES = (5, 25, 50, 75, 95, 99)
_LOOKUPS = 500
# One standard deviation: 400,000 assets are then as dense in the middle as street lights and trees are in a city's.
_SPREAD_DEGREES = 0.035
_SHOWN_FAULTS = 50


def add_assets(commands: Any) -> None:
    """Add the command's parser, with a parser for each thing that an operator does."""
    parser = commands.add_parser("assets", help="import, count and find the city's street lights, trees, hydrants …")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add_import(actions)
    listing = actions.add_parser("list", help="count assets by class")
    listing.set_defaults(run=_list)
    nearest = actions.add_parser("nearest", help="find the assets nearest to a place")
    nearest.add_argument("asset_class", metavar="CLASS")
    nearest.add_argument("latitude", type=float, metavar="LAT")
    nearest.add_argument("longitude", type=float, metavar="LON")
    nearest.add_argument("--radius", type=float, default=250.0, help=f"in metres, up to {WIDEST_METERS:.0f} (default: 250)")
    nearest.add_argument("--limit", type=int, default=5, help="how many (default: 5)")
    nearest.add_argument("--bench", type=int, metavar="N", help="look up around N invented assets, and print how long it took")
    nearest.set_defaults(run=_nearest)


def _add_import(actions: Any) -> None:
    importing = actions.add_parser(
        "import", help="make a class's assets what a file says; exit status 1 where rows were skipped or nothing could be read"
    )
    importing.add_argument("file", type=Path, help="GeoJSON points (.geojson, .json) or comma-separated values (.csv)")
    importing.add_argument("--class", dest="asset_class", required=True, help="the class, as services.yaml names it")
    importing.add_argument(
        "--map",
        type=_column_map,
        default={},
        metavar="id=…,label=…,lat=…,lon=…",
        help="the file's own names of columns or properties (default: id, label, lat, lon)",
    )
    importing.add_argument(
        "--keep-missing", action="store_true", help="leave assets active that are not in this file, for a list in several files"
    )
    importing.set_defaults(run=_import)


def _column_map(words: str) -> dict[str, str]:
    pairs = dict(pair.partition("=")[::2] for pair in words.split(","))
    if not set(pairs) <= set(COLUMNS) or not all(pairs.values()):
        raise argparse.ArgumentTypeError(
            f"write it as {','.join(f'{field}=NAME' for field in COLUMNS)}; each part may be left out"
        )
    return pairs


def _import(options: argparse.Namespace) -> int:
    _require_class(options.asset_class)
    try:
        assets, faults = _read(options.file, options.map)
    except AssetFileError as error:
        raise RefuseToStart(f"{options.file}:{error}\nnothing was imported") from error
    for fault in faults[:_SHOWN_FAULTS]:
        print(f"{options.file}:{fault.line}: {fault.what}", file=sys.stderr)
    if len(faults) > _SHOWN_FAULTS:
        print(f"{options.file}: {len(faults) - _SHOWN_FAULTS} more rows were skipped", file=sys.stderr)
    if not assets:
        # A wrong map or an export that failed must not take every asset of a class away.
        raise RefuseToStart(f"{options.file}: no row could be used; nothing was imported")
    # A row that was skipped is in the list all the same: its asset is not gone.
    spared = None if options.keep_missing else {fault.source_id for fault in faults}
    with tqdm(total=len(assets), desc="storing", unit=" assets", leave=False, disable=None) as bar:
        done = _store().replace(options.asset_class, assets, datetime.now(UTC), spared=spared, advance=bar.update)
    print(
        f"{options.asset_class}: {done.added} added, {done.updated} updated, {done.deactivated} no longer active, "
        f"{done.unchanged} unchanged, {len(faults)} rows skipped"
    )
    return 1 if faults else 0


def _read(path: Path, columns: Mapping[str, str]) -> tuple[list[Asset], list[Fault]]:
    assets: list[Asset] = []
    faults: list[Fault] = []
    for row in _rows(path, columns):
        if isinstance(row, Fault):
            faults.append(row)
        else:
            assets.append(row)
    return assets, faults


def _rows(path: Path, columns: Mapping[str, str]) -> Iterator[Row]:
    """Rows of a file, under a bar that counts its bytes."""
    read = reader_for(path.suffix)
    if read is None:
        raise RefuseToStart(f"{path}: the name must end in .csv, .geojson or .json")
    try:
        raw = path.open("rb")
    except OSError as error:
        raise RefuseToStart(f"{path}: {error.strerror}") from error
    # Spreadsheets put a byte order mark before the first name; a byte that is no UTF-8 shall cost its row only.
    with raw, io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        size = path.stat().st_size
        with tqdm(total=size, desc="reading", unit="B", unit_scale=True, leave=False, disable=None) as bar:
            for row in read(text, columns):
                bar.update(raw.tell() - bar.n)
                yield row


def _list(_: argparse.Namespace) -> int:
    counts = _store().counts()
    wanted = dict.fromkeys(_classes(), ClassCount(0, 0))
    print(f"{'class':24}{'active':>10}{'inactive':>10}")
    for name, count in sorted((wanted | counts).items()):
        print(f"{name:24}{count.active:>10}{count.inactive:>10}")
    return 0


def _nearest(options: argparse.Namespace) -> int:
    if options.bench:
        return _bench(options)
    _require_class(options.asset_class)
    found = _lookup(_store(), options, (options.latitude, options.longitude))
    for asset in found:
        print(f"{asset.meters:7.1f} m  {asset.source_id:16} {asset.latitude:.6f},{asset.longitude:.6f}  {asset.label}")
    if not found:
        print(f"no {options.asset_class} within {options.radius:.0f} m", file=sys.stderr)
    return 0


def _lookup(store: AssetStore, options: argparse.Namespace, place: tuple[float, float]) -> list[NearbyAsset]:
    try:
        return store.nearest(options.asset_class, *place, options.radius, options.limit)
    except ValueError as error:
        raise RefuseToStart(str(error)) from error


def _bench(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        seconds = _lookup_seconds(f"sqlite:///{folder}/assets.db", options, random.Random(0))  # noqa: S311 - invented places.
    points = np.percentile([1000 * one for one in seconds], _PERCENTILES)
    told = "  ".join(f"p{percent} {value:.2f}" for percent, value in zip(_PERCENTILES, points, strict=True))
    print(f"nearest of {options.bench} assets: ms  {told}  over {len(seconds)}")
    return 0


def _lookup_seconds(url: str, options: argparse.Namespace, chance: random.Random) -> list[float]:
    migrate(url)
    engine = make_engine(url)
    store = AssetStore(engine)
    invented = [Asset(str(i), f"invented {i}", *_somewhere(options, chance)) for i in range(options.bench)]
    with tqdm(total=len(invented), desc="storing", unit=" assets", leave=False, disable=None) as bar:
        store.replace(options.asset_class, invented, datetime.now(UTC), advance=bar.update)
    seconds = []
    for _ in range(_LOOKUPS):
        place = _somewhere(options, chance)
        begin = time.perf_counter()
        _lookup(store, options, place)
        seconds.append(time.perf_counter() - begin)
    engine.dispose()
    return seconds


def _somewhere(options: argparse.Namespace, chance: random.Random) -> tuple[float, float]:
    return chance.gauss(options.latitude, _SPREAD_DEGREES), chance.gauss(options.longitude, _SPREAD_DEGREES)


def _store() -> AssetStore:
    settings = Settings()
    migrate(settings.database)
    return AssetStore(make_engine(settings.database))


def _require_class(name: str) -> None:
    classes = _classes()
    if name not in classes:
        raise RefuseToStart(f"{name}: no service needs this class; those of services.yaml are {', '.join(classes)}")


def _classes() -> list[str]:
    city = load_the_city(Settings())
    return sorted({service.asset_class for service in city.catalog.services.values() if service.asset_class})
