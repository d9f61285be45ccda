"""Which lamp? Asked where the place does not tell, in the words on the lamp."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.assets.asset_store import Asset, AssetStore
from intake.delivery_tables import WorkOrderTable
from intake.tables import CaseTable
from intake.wiring import Service
from tests.conftest import Clock

AT = {"lat": 42.30015, "lon": -71.06}


@pytest.fixture(autouse=True)
def lamps(service: Service, clock: Clock) -> None:
    two = [Asset("a-1", "Lamp 1, Adams St", 42.30000, -71.06), Asset("a-2", "Lamp 2, Adams St", 42.30030, -71.06)]
    AssetStore(service.engine).replace("street_light", two, clock.now)


def say(client: TestClient, text: str, **more: Any) -> dict[str, Any]:
    reply: dict[str, Any] = client.post("/chat", json={"session": "s", "text": text, **more}).json()["replies"][0]
    return reply


def work_order(service: Service) -> WorkOrderTable:
    with Session(service.engine) as session:
        return session.scalars(select(WorkOrderTable)).one()


def test_between_two_lamps_the_resident_is_asked_and_the_order_names_the_one(client: TestClient, service: Service) -> None:
    asked = say(client, "the street light is out", location=AT)
    assert {choice["label"] for choice in asked["choices"][:2]} == {"Lamp 1, Adams St", "Lamp 2, Adams St"}
    number = next(choice["value"] for choice in asked["choices"] if choice["label"].startswith("Lamp 2"))
    assert "Lamp 2, Adams St" in say(client, number)["text"]
    say(client, "yes")
    assert work_order(service).asset == "a-2"
    with Session(service.engine) as session:
        assert session.scalars(select(CaseTable.place)).one()["latitude"] == 42.3003


def test_at_a_lamp_nothing_is_asked(client: TestClient, service: Service) -> None:
    read_back = say(client, "the street light is out", location={"lat": 42.30001, "lon": -71.06})
    assert "Please check" in read_back["text"]
    say(client, "yes")
    assert work_order(service).asset == "a-1"


def test_neither_of_them_is_asked_once_and_goes_on_without(client: TestClient, service: Service) -> None:
    say(client, "the street light is out", location=AT)
    assert "choices" in say(client, "3")
    assert "Please check" in say(client, "it is here", location=AT)["text"]
    say(client, "yes")
    assert work_order(service).asset is None


def test_a_pothole_is_no_lamp(client: TestClient) -> None:
    assert "Please check" in say(client, "there is a deep pothole in the street", location=AT)["text"]
