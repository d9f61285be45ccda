"""A service with a CRM, an asset system and a text provider, all played by tests, whose effects are delivered by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.delivering.durable import HeldOutbox
from intake.http.app import create_app
from intake.settings import Settings
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import PUBLIC_URL, Clock
from tests.fake_cartegraph import PASSWORD as CARTEGRAPH_PASSWORD
from tests.fake_cartegraph import FakeCartegraph
from tests.fake_creatio import PASSWORD, USER, FakeCreatio
from tests.fake_twilio import FakeTwilio
from tests.twilio import SmsPhone

SYSTEMS = """\
creatio: {{base_url: "{creatio}", origin: "311"}}
cartegraph: {{base_url: "{cartegraph}", org: AnytownUSA, activity: Repair, asset_types: {{street_light: Street Light}}}}
"""


@dataclass(frozen=True)
class CityHall:
    """A service with a CRM and an asset system, whose effects are delivered by hand."""

    service: Service
    outbox: HeldOutbox
    client: TestClient
    phone: SmsPhone
    creatio: FakeCreatio
    cartegraph: FakeCartegraph
    twilio: FakeTwilio

    def effects(self, kind: type) -> list[str]:
        found = [(effect_id, self.service.intake.store.effect(effect_id)) for effect_id in self.outbox.effect_ids]
        return [effect_id for effect_id, effect in found if effect is not None and isinstance(effect[0], kind)]

    def deliver(self, kind: type) -> None:
        for effect_id in self.effects(kind):
            self.service.delivery.deliver(effect_id)

    def report_a_dark_lamp(self) -> None:
        for said in ("the street light is out", "450 Blue Hill Ave", "yes"):
            self.phone.send(said)

    def rows(self, table: type) -> list[object]:
        with Session(self.service.engine) as session:
            return list(session.scalars(select(table)))


@contextmanager
def city_hall(settings: Settings, understanding: Comprehension, clock: Clock, folder: Path) -> Iterator[CityHall]:
    """Build the service around servers of our own, and stop all of them at the end."""
    with FakeCreatio() as creatio, FakeCartegraph() as cartegraph, FakeTwilio() as twilio:
        systems = folder / "systems.yaml"
        systems.write_text(SYSTEMS.format(creatio=creatio.url, cartegraph=cartegraph.url), encoding="utf-8")
        changed = settings.model_copy(
            update={
                "systems_file": systems,
                "creatio_user": USER,
                "creatio_password": SecretStr(PASSWORD),
                "cartegraph_user": "intake",
                "cartegraph_password": SecretStr(CARTEGRAPH_PASSWORD),
                "twilio_api_url": twilio.url,
            }
        )
        outbox = HeldOutbox()
        service = build_service(changed, clock=clock, outbox=outbox, understanding=understanding)
        with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
            yield CityHall(service, outbox, client, SmsPhone(client), creatio, cartegraph, twilio)
        service.engine.dispose()
