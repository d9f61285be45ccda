"""A report that was left half-done is reminded of once, by day, and only where messages are wanted."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Reply
from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply
from intake.reminders import Reminders
from intake.tables import ConversationTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.talks import PLACE, TALKS, Talk
from tests.stories.test_text_messages import after_the_name, words
from tests.twilio import SmsPhone

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)


class Watch:
    """The scheduled look for half-done drafts, done by hand."""

    def __init__(self, service: Service, outbox: HeldOutbox, clock: Clock) -> None:
        self.service, self.outbox, self.clock = service, outbox, clock
        self._reminders = Reminders(service.engine, service.intake.store, service.intake.speaker, clock)

    def look(self, *, hours: float = 0) -> int:
        self.clock.pass_hours(hours)
        return self._reminders.send()

    def replies(self) -> list[Reply]:
        found = [self.service.intake.store.effect(effect_id) for effect_id in self.outbox.effect_ids]
        return [one[0].reply for one in found if one is not None and isinstance(one[0], SendReply)]


@pytest.fixture
def watch(service: Service, outbox: HeldOutbox, clock: Clock) -> Watch:
    return Watch(service, outbox, clock)


@pytest.fixture
def phone(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


@LANGUAGES
def test_after_some_hours_of_silence_the_resident_is_reminded_once(
    language: str, talk: Talk, phone: SmsPhone, watch: Watch
) -> None:
    phone.send(talk.report)
    assert watch.look(hours=2.9) == 0
    assert watch.look(hours=0.2) == 1
    assert watch.look(hours=1) == 0
    (reply,) = watch.replies()
    assert after_the_name(words(language, "draft-reminder", service="¤")) in reply.text
    assert reply.language == language


def test_after_the_reminder_the_report_goes_on_where_it_was(phone: SmsPhone, watch: Watch) -> None:
    phone.send(TALKS["en"].report)
    watch.look(hours=4)
    assert PLACE in phone.send(PLACE)
    assert watch.look(hours=4) == 0


def test_the_next_report_may_be_reminded_of_again(phone: SmsPhone, watch: Watch) -> None:
    phone.send(TALKS["en"].report)
    watch.look(hours=4)
    phone.send(PLACE)
    phone.send("yes")
    phone.send("the street light is out")
    assert watch.look(hours=4) == 1


def test_nobody_is_reminded_at_night(phone: SmsPhone, watch: Watch) -> None:
    # Eight in the evening; three hours later people sleep.
    watch.clock.pass_hours(10)
    phone.send(TALKS["en"].report)
    assert watch.look(hours=3.5) == 0
    assert watch.look(hours=9) == 1


def test_a_draft_that_has_expired_is_let_go(phone: SmsPhone, watch: Watch) -> None:
    phone.send(TALKS["en"].report)
    assert watch.look(hours=24) == 0


def test_the_reminder_does_not_make_a_draft_live_longer(phone: SmsPhone, watch: Watch) -> None:
    phone.send(TALKS["en"].report)
    watch.look(hours=4)
    watch.clock.pass_hours(20.5)
    assert "Pothole" not in phone.send(PLACE)


def test_whoever_opted_out_is_not_reminded(phone: SmsPhone, watch: Watch, service: Service) -> None:
    phone.send(TALKS["en"].report)
    service.intake.store.opt_out_by_carrier(1, watch.clock.now)
    assert watch.look(hours=4) == 0


def test_a_talk_that_a_person_has_is_not_reminded(phone: SmsPhone, watch: Watch, service: Service) -> None:
    phone.send(TALKS["en"].report)
    with Session(service.engine) as session, session.begin():
        session.scalars(select(ConversationTable)).one().held_by = 1
    assert watch.look(hours=4) == 0


def test_without_a_draft_there_is_nothing_to_remind_of(phone: SmsPhone, watch: Watch) -> None:
    phone.send("hello")
    phone.send("when is my trash picked up?")
    assert watch.look(hours=4) == 0


def test_in_a_chat_nobody_is_reminded(client: TestClient, watch: Watch) -> None:
    client.post("/chat", json={"session": "one", "text": TALKS["en"].report})
    assert watch.look(hours=4) == 0
