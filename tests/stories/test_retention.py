"""What is too old is erased: words, photos and numbers, but nothing of a case that is not over, and no opt-out."""

import io
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.__main__ import main
from intake.casework.case_changes import close
from intake.console.audit import AuditTrail
from intake.delivery_tables import EffectTable
from intake.erasing import ERASED
from intake.retention import Erased, Retention
from intake.tables import AttachmentTable, CaseEventTable, CaseTable, ContactTable, ConversationTable, MessageTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.talks import PLACE
from tests.stories.test_form import Browser
from tests.twilio import SmsPhone

REPORT = "deep pothole, call me at 617-555-0142"
YEARS = 24 * 800


class Keeper:
    """The nightly erasing, done by hand."""

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service, self.clock = service, clock
        self._retention = Retention(service.engine, service.photos, service.intake.city)

    def erase(self, *, is_dry: bool = False) -> Erased:
        return self._retention.run(self.clock.now, is_dry=is_dry)

    def close_case(self) -> None:
        with self.service.intake.store.transaction() as work:
            case = work.session.scalars(select(CaseTable)).one()
            close(work.session, work, case, "pat", self.clock.now)

    def texts(self) -> list[str]:
        with Session(self.service.engine) as session:
            return list(session.scalars(select(MessageTable.text).order_by(MessageTable.id)))

    def photos(self) -> int:
        return sum(1 for _ in self.service.settings.attachments_folder.rglob("*.jpg"))


@pytest.fixture
def keeper(service: Service, clock: Clock) -> Keeper:
    return Keeper(service, clock)


@pytest.fixture
def phone(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


def a_photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "gray").save(written, "JPEG")
    return written.getvalue()


def report(phone: SmsPhone) -> None:
    for said in (REPORT, PLACE, "yes"):
        phone.send(said)


def test_long_after_a_case_is_closed_only_what_open_data_shows_is_left(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.close_case()
    keeper.clock.pass_hours(YEARS)
    erased = keeper.erase()
    assert (erased.messages, erased.cases, erased.contacts) == (3, 1, 1)
    assert keeper.texts() == ["", "", ""]
    with Session(keeper.service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
        contact = session.scalars(select(ContactTable)).one()
        message = session.scalars(select(MessageTable)).first()
        assert message is not None
        assert message.replies == []
        assert "[phone]" in case.description
        assert (case.place or {})["text"] == PLACE
        assert (contact.sealed, contact.lookup) == (b"", f"erased-{contact.id}")
        assert ERASED in session.scalars(select(CaseEventTable.name)).all()


def test_a_second_run_finds_nothing_and_the_first_stands_in_the_audit_trail(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.close_case()
    keeper.clock.pass_hours(YEARS)
    first = keeper.erase()
    assert keeper.erase() == Erased()
    (noted,) = AuditTrail(keeper.service.engine).about("retention")
    assert (noted.actor, noted.name) == ("retention", "erased")
    assert noted.after is not None
    assert (noted.after["messages"], noted.after["contacts"]) == (first.messages, first.contacts)


def test_a_dry_run_counts_the_same_and_changes_nothing(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.close_case()
    keeper.clock.pass_hours(YEARS)
    counted = keeper.erase(is_dry=True)
    assert keeper.texts()[0] == REPORT
    assert AuditTrail(keeper.service.engine).about("retention") == ()
    assert keeper.erase() == counted


def test_what_is_young_enough_stays(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.close_case()
    keeper.clock.pass_hours(24 * 700)
    assert keeper.erase() == Erased()


def test_an_open_case_keeps_its_words_and_its_resident_however_old_it_is(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.clock.pass_hours(YEARS)
    assert keeper.erase() == Erased()


def test_a_case_that_was_closed_lately_keeps_them_too(phone: SmsPhone, keeper: Keeper) -> None:
    report(phone)
    keeper.clock.pass_hours(YEARS)
    keeper.close_case()
    assert (keeper.erase().messages, keeper.erase().contacts) == (0, 0)


def test_words_from_before_the_open_case_are_erased_all_the_same(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send("hello")
    keeper.clock.pass_hours(48)
    report(phone)
    keeper.clock.pass_hours(YEARS)
    assert keeper.erase().messages == 1
    assert keeper.texts() == ["", REPORT, PLACE, "yes"]


def test_an_opt_out_is_known_for_ever(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send("STOP")
    keeper.clock.pass_hours(YEARS)
    erased = keeper.erase()
    assert (erased.messages, erased.contacts) == (1, 0)
    assert phone.send("hello") == ""


def test_who_comes_back_after_years_is_somebody_new(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send("hello")
    keeper.clock.pass_hours(YEARS)
    keeper.erase()
    assert phone.send("hello") != ""
    with Session(keeper.service.engine) as session:
        assert len(session.scalars(select(ContactTable)).all()) == 2


def test_what_a_person_still_looks_at_stays(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send("can I talk to a person please")
    keeper.clock.pass_hours(YEARS)
    erased = keeper.erase()
    assert (erased.messages, erased.contacts) == (0, 0)


def test_a_photo_goes_with_the_last_message_that_has_it(client: TestClient, keeper: Keeper) -> None:
    Browser(client, "en").report("deep pothole", photo=a_photo())
    keeper.clock.pass_hours(YEARS - 24)
    Browser(client, "en").report("another deep pothole", photo=a_photo())
    assert keeper.photos() == 1
    keeper.clock.pass_hours(24)
    assert keeper.erase().photos == 1
    assert keeper.photos() == 1
    keeper.clock.pass_hours(YEARS)
    assert keeper.erase().photos == 1
    assert keeper.photos() == 0
    with Session(keeper.service.engine) as session:
        assert session.scalars(select(AttachmentTable.state)).all() == [ERASED, ERASED]


def test_a_half_done_draft_is_forgotten_with_its_words(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send(REPORT)
    keeper.clock.pass_hours(YEARS)
    keeper.erase()
    with Session(keeper.service.engine) as session:
        talk = session.scalars(select(ConversationTable)).one()
        assert (talk.state, talk.memory["drafts"], talk.language) == ("ready", [], "en")


def test_delivered_effects_go_and_those_given_up_stay(phone: SmsPhone, keeper: Keeper) -> None:
    phone.send("hello")
    now = keeper.clock.now
    with Session(keeper.service.engine) as session, session.begin():
        for name, delivered_at in (("done", now), ("failed", None)):
            payload = {"type": "fetch_attachment", "attachment_id": 1}
            session.add(EffectTable(id=name, conversation_id=1, payload=payload, created_at=now, delivered_at=delivered_at))
    keeper.clock.now += timedelta(days=800)
    assert keeper.erase().effects == 1
    with Session(keeper.service.engine) as session:
        assert session.scalars(select(EffectTable.id)).all() == ["failed"]


def test_an_operator_can_look_before_anything_is_erased(
    phone: SmsPhone, keeper: Keeper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keeper.clock.now -= timedelta(days=2000)
    phone.send("hello")
    monkeypatch.setenv("INTAKE_DATABASE_URL", keeper.service.settings.database_url)
    assert main(["retention", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "1 messages" in said
    assert "would be erased: older than 730 days" in said
    assert keeper.texts() == ["hello"]
