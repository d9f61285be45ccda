"""One set of claims for all adapters of a port."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from channels.console import ConsoleSender
from channels.messages import Channel, InboundMessage, Reply
from channels.twilio_sms import SendPermanentError, SendRetryableError, TwilioSender
from intake.delivering.delivery import TextSender
from intake.delivering.durable import HeldOutbox
from intake.delivery_tables import EffectTable
from intake.effects import SendReply
from intake.settings import Settings
from intake.store import Store
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import ACCOUNT, AUTH_TOKEN, Clock
from tests.fake_twilio import FakeTwilio

PHONE = "+16175550123"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as started:
        yield started


def twilio_sender(url: str) -> TwilioSender:
    return TwilioSender(account_sid=ACCOUNT, auth_token=AUTH_TOKEN, sender="+16175550311", api_url=url)


@pytest.fixture(params=["console", "twilio"])
def sender(request: pytest.FixtureRequest, twilio: FakeTwilio) -> TextSender:
    return ConsoleSender(lambda _: None) if request.param == "console" else twilio_sender(twilio.url)


class TestTextSender:
    def test_a_sent_text_has_an_id_of_its_own(self, sender: TextSender) -> None:
        ids = {sender.send(PHONE, "hello"), sender.send(PHONE, "hello")}
        assert len(ids) == 2
        assert all(ids)


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_a_busy_provider_is_tried_again(status: int, code: int, twilio: FakeTwilio) -> None:
    twilio.fail_next = [(status, code)]
    with pytest.raises(SendRetryableError):
        twilio_sender(twilio.url).send(PHONE, "hello")


def test_an_opted_out_number_is_never_tried_again(twilio: FakeTwilio) -> None:
    twilio.fail_next = [(400, 21610)]
    with pytest.raises(SendPermanentError) as caught:
        twilio_sender(twilio.url).send(PHONE, "hello")
    assert caught.value.code == 21610


class TestOutbox:
    """What every outbox promises about the caller's transaction, on both databases."""

    @pytest.fixture(params=["held", "durable"])
    def kind(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_a_rollback_leaves_no_effect(
        self, kind: str, database_url: str, settings: Settings, understanding: Comprehension, clock: Clock
    ) -> None:
        with running(kind, database_url, settings, understanding, clock) as service:
            store = service.intake.store
            receipt = store.record(InboundMessage(Channel.SMS, "1", PHONE, "hello", clock()))
            held = store.read(receipt.message_id)

            def enqueue_and_fail() -> None:
                with store.transaction() as work:
                    work.enqueue(held.conversation_id, SendReply("sms", held.contact_id, Reply("hi", "en")), clock())
                    raise ZeroDivisionError

            with pytest.raises(ZeroDivisionError):
                enqueue_and_fail()
            with Session(service.engine) as session:
                assert session.query(EffectTable).count() == 0

    def test_a_committed_effect_is_carried_out_once(
        self, kind: str, database_url: str, settings: Settings, understanding: Comprehension, clock: Clock, twilio: FakeTwilio
    ) -> None:
        settings = settings.model_copy(update={"twilio_api_url": twilio.url})
        with running(kind, database_url, settings, understanding, clock) as service:
            store = service.intake.store
            receipt = store.record(InboundMessage(Channel.SMS, "1", PHONE, "hello", clock()))
            held = store.read(receipt.message_id)
            with store.transaction() as work:
                effect_id = work.enqueue(held.conversation_id, SendReply("sms", held.contact_id, Reply("hi", "en")), clock())
            if kind == "held":
                service.delivery.deliver(effect_id)
            wait_until(lambda: is_delivered(store, effect_id))
            service.delivery.deliver(effect_id)
        assert [(text["To"], text["Body"]) for text in twilio.sent] == [(PHONE, "hi")]


@contextmanager
def running(kind: str, url: str, settings: Settings, understanding: Comprehension, clock: Clock) -> Iterator[Service]:
    """A service with the asked outbox; the durable one delivers by itself."""
    changed = settings.model_copy(update={"database_url": url})
    outbox: Any = HeldOutbox() if kind == "held" else None
    service = build_service(changed, clock=clock, outbox=outbox, understanding=understanding)
    if kind == "durable":
        in_a_thread(service.start_delivery)
    try:
        yield service
    finally:
        if kind == "durable":
            in_a_thread(service.stop_delivery)
        service.engine.dispose()


def in_a_thread(step: Callable[[], None]) -> None:
    """The engine refuses to be set up where an event loop runs, as one does beside browser tests."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(step).result()


def is_delivered(store: Store, effect_id: str) -> bool:
    found = store.effect(effect_id)
    return found is not None and found[1]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
