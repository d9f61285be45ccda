"""Open data: all cases as CSV and GeoJSON, without a word, number or place that leads to a person."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import cos, pi, radians, sin
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.casework.case_state import WITHDRAWN
from intake.tables import CaseTable
from nlp.personal_data import redact
from routing.city import City
from routing.drafts import Precision

COLUMNS = (
    "case_id",
    "service_code",
    "service_name",
    "department",
    "status",
    "opened",
    "target_close",
    "closed",
    "on_time",
    "source",
    "neighborhood",
    "location",
    "latitude",
    "longitude",
    "description",
)
CSV_FILE, GEOJSON_FILE = "cases.csv", "cases.geojson"
# A sensitive case is moved by some hundred metres: enough to leave a block, little enough to count by neighbourhood.
_LEAST_METERS, _MOST_METERS = 150.0, 400.0
_METERS_PER_DEGREE = 111_320
_BATCH = 1000
Row = dict[str, Any]


@dataclass(frozen=True)
class Exported:
    """What was written, and how many cases are in it."""

    folder: Path
    cases: int


def export_open_data(engine: Engine, city: City, folder: Path, now: datetime) -> Exported:
    """Write both files anew; whoever downloads meanwhile gets the old ones whole."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: folder / f".{name}.part" for name in (CSV_FILE, GEOJSON_FILE)}
    count = 0
    with (
        parts[CSV_FILE].open("w", encoding="utf-8", newline="") as table,
        parts[GEOJSON_FILE].open("w", encoding="utf-8") as points,
    ):
        writer = csv.DictWriter(table, COLUMNS)
        writer.writeheader()
        points.write('{"type": "FeatureCollection", "features": [')
        for row in _rows(engine, city, now):
            writer.writerow(row)
            points.write((",\n" if count else "\n") + json.dumps(_feature(row), ensure_ascii=False))
            count += 1
        points.write("\n]}\n")
    for name, part in parts.items():
        part.replace(folder / name)
    return Exported(folder, count)


def _rows(engine: Engine, city: City, now: datetime) -> Iterator[Row]:
    with Session(engine) as session:
        query = select(CaseTable).where(CaseTable.status != WITHDRAWN).order_by(CaseTable.id)
        for case in session.scalars(query.execution_options(yield_per=_BATCH)):
            yield public_row(case, city, now)


def public_row(case: CaseTable, city: City, now: datetime) -> Row:
    """A case as anybody may see it."""
    service = city.catalog.services.get(case.service)
    is_sensitive = service is None or service.is_sensitive
    place = case.place or {}
    latitude, longitude = place.get("latitude"), place.get("longitude")
    if is_sensitive and latitude is not None and longitude is not None:
        latitude, longitude = moved(latitude, longitude, case.token)
    department = city.catalog.departments.get(case.department)
    return {
        "case_id": case.number,
        "service_code": case.service,
        "service_name": city.catalog.service_name(case.service, "en") if service else case.service,
        "department": department.name if department else case.department,
        "status": case.status,
        "opened": _written(case.opened_at, city),
        "target_close": _written(case.due_at, city),
        "closed": _written(case.closed_at, city) if case.closed_at else "",
        "on_time": (case.closed_at or now) <= case.due_at,
        "source": case.channel,
        "neighborhood": place.get("neighborhood", ""),
        # Words that no map knows are a resident's own, and may name people.
        "location": "" if is_sensitive or place.get("precision") == Precision.TEXT else redact(place.get("text", "")),
        "latitude": latitude,
        "longitude": longitude,
        "description": "" if is_sensitive else redact(case.description),
    }


def moved(latitude: float, longitude: float, secret: str) -> tuple[float, float]:
    """Move a point by 150 to 400 m in a direction that only `secret` tells; always the same, or a mean over nights would find it."""
    digest = sha256(f"open data {secret}".encode()).digest()
    angle = int.from_bytes(digest[:8]) / 2**64 * 2 * pi
    meters = _LEAST_METERS + int.from_bytes(digest[8:16]) / 2**64 * (_MOST_METERS - _LEAST_METERS)
    north, east = meters * cos(angle) / _METERS_PER_DEGREE, meters * sin(angle) / _METERS_PER_DEGREE
    return round(latitude + north, 5), round(longitude + east / cos(radians(latitude)), 5)


def _feature(row: Row) -> Row:
    point = None
    if row["latitude"] is not None and row["longitude"] is not None:
        point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    about = {name: value for name, value in row.items() if name not in ("latitude", "longitude")}
    return {"type": "Feature", "geometry": point, "properties": about}


def _written(moment: datetime, city: City) -> str:
    return moment.astimezone(city.timezone).isoformat(timespec="seconds")
