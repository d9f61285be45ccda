"""A desk and a resident with a phone, for what is done about cases."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from intake.wiring import Service
from tests.desk import Desk, a_desk
from tests.twilio import PHONE, SmsPhone


@pytest.fixture
def report(client: TestClient) -> Callable[..., str]:
    """Let a resident report a hole by text message; the case's number."""
    opened: list[str] = []

    def play(place: str = "450 Blue Hill Ave", *, phone: str = PHONE, said: str = "there is a deep pothole on my street") -> str:
        resident = SmsPhone(client, phone)
        for text in (said, place, "yes"):
            resident.send(text)
        opened.append(f"26-{len(opened) + 1:06d}")
        return opened[-1]

    return play


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service)
