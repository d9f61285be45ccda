"""Open data: everything that may be known of cases, and nothing of people."""

import csv
import json
from math import cos, hypot, radians
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from intake.__main__ import main
from intake.casework.open_data import CSV_FILE, GEOJSON_FILE, export_open_data, moved
from intake.wiring import Service
from tests.twilio import SmsPhone

HEAT = {"lat": 42.3101, "lon": -71.0621}


def say(client: TestClient, session: str, *said: str, **more: Any) -> None:
    for number, text in enumerate(said):
        client.post("/chat", json={"session": session, "text": text, **(more if number == 0 else {})})


def exported(service: Service, folder: Path) -> tuple[list[dict[str, str]], dict[str, Any]]:
    done = export_open_data(service.engine, service.intake.city, folder, service.clock())
    rows = list(csv.DictReader((folder / CSV_FILE).read_text(encoding="utf-8").splitlines()))
    points = json.loads((folder / GEOJSON_FILE).read_text(encoding="utf-8"))
    assert done.cases == len(rows) == len(points["features"])
    return rows, points


def test_a_case_is_published_with_its_words_redacted(client: TestClient, service: Service, tmp_path: Path) -> None:
    phone = SmsPhone(client)
    for said in ("there is a deep pothole on my street, my number is 617-555-0123", "450 Blue Hill Ave", "yes"):
        phone.send(said)
    ((row,), points) = exported(service, tmp_path)
    assert (row["case_id"], row["service_code"], row["status"]) == ("26-000001", "REQPOTHL", "open")
    assert row["location"].startswith("450 Blue Hill Ave")
    written = json.dumps(points) + str(row)
    assert "[phone]" in written
    assert not any(secret in written for secret in ("555-0123", "+1617"))


def test_a_sensitive_case_has_no_words_and_no_exact_place(client: TestClient, service: Service, tmp_path: Path) -> None:
    say(client, "s", "there is no heat in my apartment and my landlord does nothing", "3B", "yes", location=HEAT)
    ((row,), points) = exported(service, tmp_path)
    assert service.intake.city.catalog.services[row["service_code"]].is_sensitive
    assert (row["description"], row["location"]) == ("", "")
    longitude, latitude = points["features"][0]["geometry"]["coordinates"]
    north = (latitude - HEAT["lat"]) * 111_320
    east = (longitude - HEAT["lon"]) * 111_320 * cos(radians(HEAT["lat"]))
    assert 140 < hypot(north, east) < 410
    # Every night the same, or the mean over many nights would give the place away.
    assert exported(service, tmp_path)[1] == points


def test_words_about_a_place_that_no_map_knows_are_not_published(client: TestClient, service: Service, tmp_path: Path) -> None:
    say(client, "s", "there is a deep pothole", "behind the house of Maria", "behind the house of Maria", "yes")
    ((row,), _) = exported(service, tmp_path)
    assert "Maria" not in row["location"]
    (public,) = client.get("/open311/v2/requests.json").json()
    assert "Maria" not in str(public["address"])


def test_two_cases_at_one_place_are_moved_apart() -> None:
    assert moved(42.3, -71.06, "one") != moved(42.3, -71.06, "two")


def test_the_command_writes_where_it_is_told(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", service.settings.database_url)
    assert main(["open-data", "--to", str(tmp_path / "out")]) == 0
    assert "0 cases" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / GEOJSON_FILE).read_text(encoding="utf-8"))["features"] == []
