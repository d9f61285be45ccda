"""What became of a text that we sent: Twilio tells it later, out of order and more than once."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage, Reply
from channels.twilio_signature import SIGNATURE_HEADER
from intake.console_tables import PersonTable, StaffMessageTable
from intake.delivering.durable import HeldOutbox
from intake.delivering.receipts import FAILURES, moves_forward
from intake.delivery_tables import EffectTable
from intake.effects import SendReply
from intake.http.app import create_app
from intake.settings import Settings
from intake.tables import ContactTable, OptOutTable
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import ACCOUNT, PUBLIC_URL, Clock
from tests.fake_twilio import FakeTwilio
from tests.twilio import PHONE, post_signed


class SentText:
    """A text that went out, and the callbacks that follow it."""

    def __init__(self, service: Service, client: TestClient, twilio: FakeTwilio) -> None:
        self.service, self.client, self.twilio = service, client, twilio
        self.sid = "SM" + "1".zfill(32)
        store = service.intake.store
        held = store.read(store.record(InboundMessage(Channel.SMS, "1", PHONE, "hello", service.clock())).message_id)
        with store.transaction() as work:
            reply = SendReply("sms", held.contact_id, Reply("Your case is open.", "en"))
            self.effect_id = work.enqueue(held.conversation_id, reply, service.clock())
        self.conversation_id = held.conversation_id
        service.delivery.deliver(self.effect_id)

    def tell(self, status: str, error: int | None = None, sid: str = "") -> Response:
        form = {"MessageSid": sid or self.sid, "SmsSid": sid or self.sid, "MessageStatus": status, "SmsStatus": status}
        form |= {"AccountSid": ACCOUNT, "From": "+16175550311", "To": PHONE, "ApiVersion": "2010-04-01"}
        return post_signed(self.client, "/sms/status", form | ({"ErrorCode": str(error)} if error else {}))

    @property
    def receipt(self) -> str | None:
        with Session(self.service.engine) as session:
            return session.get_one(EffectTable, self.effect_id).receipt

    def opt_outs(self) -> list[tuple[str, str]]:
        with Session(self.service.engine) as session:
            return [(row.words, row.channel) for row in session.scalars(select(OptOutTable))]


@pytest.fixture
def text(settings: Settings, understanding: Comprehension, clock: Clock) -> Iterator[SentText]:
    with FakeTwilio() as twilio:
        changed = settings.model_copy(update={"twilio_api_url": twilio.url})
        service = build_service(changed, clock=clock, outbox=HeldOutbox(), understanding=understanding)
        with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
            yield SentText(service, client, twilio)
        service.engine.dispose()


def test_twilio_is_told_where_to_report_what_became_of_a_text(text: SentText) -> None:
    assert text.twilio.sent[0]["StatusCallback"] == f"{PUBLIC_URL}/sms/status"


def test_a_text_is_followed_until_it_is_delivered(text: SentText) -> None:
    for status in ("sent", "delivered"):
        assert text.tell(status).status_code == 204
        assert text.receipt == status


def test_a_receipt_that_comes_late_or_twice_changes_nothing(text: SentText) -> None:
    for status in ("delivered", "sent", "queued", "delivered", "undelivered", "failed"):
        assert text.tell(status).status_code == 204
    assert text.receipt == "delivered"


def test_after_a_failure_nothing_follows(text: SentText) -> None:
    for status in ("sent", "undelivered", "delivered"):
        text.tell(status, 30003 if status == "undelivered" else None)
    assert text.receipt == "undelivered"
    with Session(text.service.engine) as session:
        assert session.get_one(EffectTable, text.effect_id).last_error == "undelivered 30003"


def test_a_resident_who_opted_out_at_the_carrier_is_noted_once(text: SentText) -> None:
    for _ in range(3):
        text.tell("failed", 21610)
    assert text.opt_outs() == [("21610", "carrier")]
    with Session(text.service.engine) as session:
        assert session.scalars(select(ContactTable.opted_out_at)).one() == text.service.clock()


def test_a_receipt_of_somebody_elses_text_leaves_no_trace(text: SentText) -> None:
    assert text.tell("failed", 21610, sid="SM" + "9" * 32).status_code == 204
    assert (text.receipt, text.opt_outs()) == (None, [])


def test_a_word_that_nobody_knows_leaves_no_trace(text: SentText) -> None:
    assert text.tell("pigeonholed").status_code == 204
    assert text.receipt is None


def test_a_forged_receipt_is_refused(text: SentText) -> None:
    form = {"MessageSid": text.sid, "MessageStatus": "failed", "ErrorCode": "21610", "AccountSid": ACCOUNT}
    response = text.client.post("/sms/status", data=form, headers={SIGNATURE_HEADER: "bm90IHR3aWxpbw=="})
    assert (response.status_code, text.receipt, text.opt_outs()) == (403, None, [])


def test_a_receipt_without_a_status_is_no_receipt(text: SentText) -> None:
    form = {"MessageSid": text.sid, "AccountSid": ACCOUNT}
    assert post_signed(text.client, "/sms/status", form).status_code == 400


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        pytest.param(["sent", "delivered"], "delivered", id="delivered"),
        pytest.param(["delivered", "read"], "read", id="read"),
        pytest.param(["undelivered"], "failed", id="undelivered"),
        pytest.param(["sent"], "sent", id="on its way"),
    ],
)
def test_what_a_person_wrote_shows_what_became_of_it(text: SentText, statuses: list[str], state: str) -> None:
    written(text)
    for status in statuses:
        text.tell(status)
    with Session(text.service.engine) as session:
        assert session.scalars(select(StaffMessageTable.state)).one() == state


def test_every_state_goes_forward_only() -> None:
    order = ["accepted", "queued", "sending", "sent", "delivered", "read"]
    for place, before in enumerate(order):
        assert [after for after in order if moves_forward(before, after)] == order[place + 1 :]
    for failure in FAILURES:
        assert not any(moves_forward(failure, after) for after in [*order, *FAILURES])
        assert [before for before in order if moves_forward(before, failure)] == order[:4]


def written(text: SentText) -> None:
    """Note the text as what a person wrote."""
    now = text.service.clock()
    with Session(text.service.engine) as session, session.begin():
        person = PersonTable(login="ana", name="Ana", role="agent", languages=["en"], created_at=now)
        session.add(person)
        session.flush()
        session.add(
            StaffMessageTable(
                key="k",
                conversation_id=text.conversation_id,
                person_id=person.id,
                text="Hello",
                sent_text="Hello",
                language="en",
                engine="",
                model="",
                effect_id=text.effect_id,
                state="sent",
                at=now,
            )
        )
