"""A service that translates, as tests set it up: a LibreTranslate server that knows a few sentences stands behind it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable
from intake.effects import EFFECT, TranslateForStaff
from intake.pipeline import receive
from intake.settings import Settings
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import Clock
from tests.fake_libretranslate import FakeLibreTranslate

LIGHT = "El semáforo está roto."
Build = Callable[..., Service]


@pytest.fixture
def build(settings: Settings, understanding: Comprehension, clock: Clock, outbox: HeldOutbox) -> Iterator[Build]:
    """Builds a service with settings changed."""
    built: list[Service] = []

    def make(**changes: Any) -> Service:
        changed = settings.model_copy(update=changes)
        built.append(build_service(changed, clock=clock, outbox=outbox, understanding=understanding))
        return built[-1]

    yield make
    for one in built:
        one.engine.dispose()


@pytest.fixture
def server() -> Iterator[FakeLibreTranslate]:
    languages = {"en": ("es",), "es": ("en",)}
    sentences = {LIGHT: "The traffic light is broken.", "Your case is closed.": "Su caso está cerrado."}
    with FakeLibreTranslate({**sentences, "Su caso está cerrado.": "Your case is closed."}, languages) as started:
        yield started


@pytest.fixture
def translating(build: Build, server: FakeLibreTranslate) -> Service:
    """A service with an engine for Spanish."""
    return build(libretranslate_url=server.url)


def told(service: Service, text: str, *, number: str = "1") -> int:
    """A resident's message, answered."""
    now = service.clock()
    return receive(InboundMessage(Channel.SMS, number, "+16175550123", text, now), service.intake, now).message_id


def effects_of(service: Service) -> list[tuple[str, TranslateForStaff]]:
    with Session(service.engine) as session:
        rows = [(row.id, EFFECT.validate_python(row.payload)) for row in session.scalars(select(EffectTable))]
    return [(effect_id, effect) for effect_id, effect in rows if isinstance(effect, TranslateForStaff)]


def deliver_translations(service: Service) -> None:
    for effect_id, _ in effects_of(service):
        service.delivery.deliver(effect_id)


def wait_for(what: Callable[[], Any], seconds: float = 20) -> Any:
    """Ask until there is an answer."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found
