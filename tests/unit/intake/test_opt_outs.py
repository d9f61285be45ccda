"""The ledger of opt-outs: what an operator or an agent enters for residents who asked in another way than by text."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Reply
from intake.__main__ import main
from intake.contacts import ContactVault
from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply
from intake.opt_outs import OptOuts
from intake.tables import ContactTable, ConversationTable, OptOutTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.fake_twilio import FakeTwilio
from tests.twilio import PHONE, SmsPhone


@pytest.fixture
def ledger(service: Service) -> OptOuts:
    return OptOuts(service.engine, ContactVault(service.settings.read_contact_key()))


@pytest.fixture
def _on_this_database(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", service.settings.database_url)
    monkeypatch.setenv("INTAKE_CONTACT_KEY", service.settings.read_contact_key())


def rows(service: Service) -> list[OptOutTable]:
    with Session(service.engine) as session:
        return list(session.scalars(select(OptOutTable).order_by(OptOutTable.id)))


def test_an_agent_enters_what_a_resident_said_on_the_phone(
    service: Service, client: TestClient, ledger: OptOuts, clock: Clock
) -> None:
    SmsPhone(client).send("hello")
    assert ledger.add(1, "ana", "wants no texts", clock.now)
    assert not ledger.add(1, "ana", "said it again", clock.now)
    (row,) = rows(service)
    assert (row.action, row.words, row.channel) == ("stop", "ana: wants no texts", "staff")


def test_whoever_asked_by_letter_gets_no_text(
    service: Service, client: TestClient, ledger: OptOuts, clock: Clock, outbox: HeldOutbox
) -> None:
    SmsPhone(client).send("hello")
    with Session(service.engine) as session:
        conversation = session.scalars(select(ConversationTable)).one()
    with service.intake.store.transaction() as work:
        reply = SendReply("sms", conversation.contact_id, Reply("news", "en"))
        effect_id = work.enqueue(conversation.id, reply, clock.now)
    ledger.add_number("(617) 555-0123", "ana", "a letter", clock.now)
    with FakeTwilio() as twilio:
        service.delivery.deliver(effect_id)
        assert twilio.sent == []


def test_a_number_that_never_wrote_is_never_written_to_either(service: Service, ledger: OptOuts, clock: Clock) -> None:
    ledger.add_number("617-555-0188", "ana", "a letter", clock.now)
    with Session(service.engine) as session:
        assert session.scalars(select(ContactTable.opted_out_at)).one() == clock.now


def test_the_newest_comes_first_and_a_number_shows_its_end_only(
    service: Service, client: TestClient, ledger: OptOuts, clock: Clock
) -> None:
    SmsPhone(client).send("STOP")
    ledger.add_number("617-555-0188", "ana", "a letter", clock.now + timedelta(hours=1))
    SmsPhone(client).send("START")
    assert [(row.ending, row.channel, row.is_still_out) for row in ledger.list(10)] == [
        ("0188", "staff", True),
        ("0123", "sms", False),
    ]


@pytest.mark.usefixtures("_on_this_database")
def test_an_operator_notes_and_lists_opt_outs(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["opt-out", "add", PHONE, "--by", "ana", "--words", "asked at the counter"]) == 0
    assert main(["opt-out", "add", PHONE, "--by", "ana"]) == 0
    assert main(["opt-out", "list"]) == 0
    said = capsys.readouterr().out
    assert "no more messages go to this number" in said
    assert "had opted out already" in said
    assert "ana: asked at the counter" in said
    assert "…0123" in said
    assert PHONE not in said
    assert len(rows(service)) == 1


@pytest.mark.usefixtures("_on_this_database")
def test_what_is_no_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["opt-out", "add", "Ana"]) == 2
    assert "does not look like a phone number" in capsys.readouterr().err
