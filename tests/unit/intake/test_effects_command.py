"""Operators see what was given up and try it again; processes that fall silent are known."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage, Reply
from intake.__main__ import main
from intake.delivering.durable import HeldOutbox
from intake.delivering.effect_book import EffectBook
from intake.delivering.executors import Executors
from intake.delivery_tables import EffectTable
from intake.effects import SendReply
from intake.wiring import Service
from tests.conftest import Clock


@pytest.fixture
def given_up(service: Service, clock: Clock) -> str:
    """An effect that failed for good."""
    store = service.intake.store
    receipt = store.record(InboundMessage(Channel.SMS, "1", "+16175550123", "hello", clock.now))
    held = store.read(receipt.message_id)
    with store.transaction() as work:
        effect_id = work.enqueue(held.conversation_id, SendReply("sms", held.contact_id, Reply("a secret", "en")), clock.now)
    store.begin_try(effect_id)
    store.mark_failed(effect_id, "the carrier said no")
    service.delivery.give_up(effect_id)
    return effect_id


@pytest.fixture
def _on_this_database(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", service.settings.database_url)


@pytest.mark.usefixtures("_on_this_database")
def test_what_was_given_up_is_listed_with_its_reason_and_without_its_words(
    given_up: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["effects", "list"]) == 0
    listed = capsys.readouterr().out
    assert given_up in listed
    assert "the carrier said no" in listed
    assert main(["effects", "show", given_up]) == 0
    assert "a secret" not in listed + capsys.readouterr().out


@pytest.mark.usefixtures("_on_this_database")
def test_a_requeued_effect_waits_again_and_is_requeued_once(given_up: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["effects", "requeue", given_up]) == 0
    assert "1 will be tried again" in capsys.readouterr().out
    assert main(["effects", "requeue", given_up]) == 1
    assert "was not given up" in capsys.readouterr().out
    assert main(["effects", "list", "--state", "waiting"]) == 0
    assert given_up in capsys.readouterr().out


@pytest.mark.usefixtures("_on_this_database")
def test_an_unknown_effect_is_said_to_be_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["effects", "show", "nothing"]) == 2
    assert "there is no effect nothing" in capsys.readouterr().err
    assert main(["effects", "requeue"]) == 2


def test_a_requeued_effect_gets_a_name_of_its_own_so_that_the_engine_runs_it(given_up: str, service: Service) -> None:
    outbox = HeldOutbox()
    assert EffectBook(service.engine, outbox).requeue(given_up)
    assert outbox.effect_ids == [given_up]
    with Session(service.engine) as session:
        assert session.get_one(EffectTable, given_up).given_up_at is None


def test_a_process_that_fell_silent_is_known_to_the_others(service: Service, clock: Clock) -> None:
    one, other = Executors(service.engine, "one", clock), Executors(service.engine, "other", clock)
    one.beat()
    other.beat()
    clock.now += timedelta(seconds=20)
    one.beat()
    assert one.silent(15) == ["other"]
    assert one.silent(25) == []
    assert other.silent(15) == []
