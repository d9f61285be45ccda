"""What could not be delivered comes before people: a review in the queue, and an alert."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel, InboundMessage, Reply
from intake.delivering.effect_book import EffectBook
from intake.effects import AlertStaff, FileCase, SendReply, TellCaseNews, TranslateForStaff
from intake.errors import Permanent, Retryable
from intake.settings import Settings
from intake.tables import ReviewTable
from intake.wiring import build_service
from routing.comprehension import Comprehension
from tests.alert_server import AlertServer
from tests.city_hall import CityHall, city_hall
from tests.conftest import PUBLIC_URL, Clock
from tests.contract.test_ports import in_a_thread, wait_until
from tests.fake_twilio import FakeTwilio
from tests.twilio import PHONE


@dataclass(frozen=True)
class Watch:
    """A city hall whose alerts arrive somewhere."""

    hall: CityHall
    alerts: AlertServer

    def reviews(self) -> list[tuple[str, bool, int]]:
        with Session(self.hall.service.engine) as session:
            rows = session.scalars(select(ReviewTable).order_by(ReviewTable.id))
            return [(row.name, row.is_urgent, row.message_id) for row in rows]

    def give_up(self, kind: type) -> str:
        (effect_id,) = self.hall.effects(kind)
        self.hall.service.delivery.give_up(effect_id)
        return effect_id


@pytest.fixture
def watch(settings: Settings, understanding: Comprehension, clock: Clock, tmp_path: Path) -> Iterator[Watch]:
    with AlertServer() as alerts:
        changed = settings.model_copy(update={"alert_webhook": SecretStr(alerts.url)})
        with city_hall(changed, understanding, clock, tmp_path) as hall:
            yield Watch(hall, alerts)


def test_words_of_danger_reach_the_people_on_duty_at_once(watch: Watch) -> None:
    watch.hall.phone.send("I smell gas in the hallway of our building")
    watch.hall.deliver(AlertStaff)
    (told,) = watch.alerts.told
    assert told == {"text": f"Boston 311: words of danger (gas) (message 1). Look at {PUBLIC_URL}/console"}
    assert PHONE not in told["text"]


def test_a_case_that_the_crm_refused_is_an_urgent_review_and_an_alert(watch: Watch) -> None:
    watch.hall.creatio.look_ups["CaseOrigin"].clear()
    watch.hall.report_a_dark_lamp()
    with pytest.raises(Permanent):
        watch.hall.deliver(FileCase)
    watch.give_up(FileCase)
    # The message that opened the case is the third one.
    assert watch.reviews() == [("DeliveryFailed", True, 3)]
    watch.hall.deliver(AlertStaff)
    assert [told["text"].split(" (")[0] for told in watch.alerts.told] == ["Boston 311: delivery failed: file_case"]


def test_giving_up_twice_is_the_same_as_once(watch: Watch) -> None:
    watch.hall.report_a_dark_lamp()
    watch.give_up(FileCase)
    watch.give_up(FileCase)
    assert len(watch.reviews()) == len(watch.hall.effects(AlertStaff)) == 1


def test_what_fails_again_after_a_requeue_is_told_again_and_stands_in_the_queue_once(watch: Watch) -> None:
    watch.hall.report_a_dark_lamp()
    effect_id = watch.give_up(FileCase)
    assert EffectBook(watch.hall.service.engine, watch.hall.outbox).requeue(effect_id)
    watch.hall.service.delivery.give_up(effect_id)
    assert (len(watch.reviews()), len(watch.hall.effects(AlertStaff))) == (1, 2)


def test_news_that_did_not_arrive_can_wait(watch: Watch, clock: Clock) -> None:
    watch.hall.report_a_dark_lamp()
    watch.hall.deliver(FileCase)
    clock.pass_hours(1)
    watch.hall.creatio.move("boston-26-000001", "Closed", clock.now)
    watch.hall.service.delivery.receivers.poll()
    watch.give_up(TellCaseNews)
    assert watch.reviews() == [("DeliveryFailed", False, 3)]


def test_a_translation_that_failed_fills_no_queue(watch: Watch) -> None:
    watch.hall.phone.send("hola, hay un bache")
    store = watch.hall.service.intake.store
    with store.transaction() as work:
        effect_id = work.enqueue(1, TranslateForStaff(1, "es"), watch.hall.service.clock())
    watch.hall.service.delivery.give_up(effect_id)
    assert (watch.reviews(), watch.hall.effects(AlertStaff)) == ([], [])
    assert store.backlog(watch.hall.service.clock()).effects_given_up == 1


def test_an_alert_that_cannot_be_delivered_raises_no_other_alert(watch: Watch) -> None:
    watch.hall.phone.send("I smell gas in the hallway of our building")
    watch.alerts.fail_next = [503]
    with pytest.raises(Retryable):
        watch.hall.deliver(AlertStaff)
    watch.alerts.fail_next = [410]
    with pytest.raises(Permanent):
        watch.hall.deliver(AlertStaff)
    watch.give_up(AlertStaff)
    assert [name for name, _, _ in watch.reviews()] == ["Emergency", "DeliveryFailed"]
    assert len(watch.hall.effects(AlertStaff)) == 1


def test_the_engine_itself_gives_up_and_lets_the_alert_out(
    settings: Settings, understanding: Comprehension, clock: Clock
) -> None:
    with AlertServer() as alerts, FakeTwilio() as twilio:
        twilio.fail_next = [(400, 21211)]
        update = {"alert_webhook": SecretStr(alerts.url), "twilio_api_url": twilio.url}
        service = build_service(settings.model_copy(update=update), clock=clock, understanding=understanding)
        in_a_thread(service.start_delivery)
        store = service.intake.store
        held = store.read(store.record(InboundMessage(Channel.SMS, "1", PHONE, "hello", clock())).message_id)
        with store.transaction() as work:
            work.enqueue(held.conversation_id, SendReply("sms", held.contact_id, Reply("hi", "en")), clock())
        wait_until(lambda: bool(alerts.told))
        in_a_thread(service.stop_delivery)
        service.engine.dispose()
    assert [told["text"].split(" (")[0] for told in alerts.told] == ["Boston 311: delivery failed: send_reply"]
