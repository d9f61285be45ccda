"""The parts that deliver, put together: a worker process has nothing else."""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from channels.alert_webhook import AlertWebhook
from channels.console import ConsoleSender
from channels.media import MediaFetcher
from channels.twilio_sms import TwilioSender
from intake.assets.asset_store import AssetStore
from intake.casework.case_ledger import CaseLedger
from intake.casework.case_news import CaseNews
from intake.casework.case_photos import CasePhotos
from intake.casework.fixed_question import FixedQuestion
from intake.casework.open_data import export_open_data
from intake.contacts import ContactVault
from intake.database import make_engine, migrate
from intake.delivering.alerts import Alerts
from intake.delivering.delivery import Delivery, TextSender
from intake.delivering.destinations import Destinations
from intake.delivering.durable import DurableOutbox, Engineering, launch, stop
from intake.delivering.executors import Executors
from intake.delivering.failures import Failures
from intake.delivering.outbox import Outbox
from intake.delivering.receipts import Receipts
from intake.delivering.receivers import Receivers
from intake.delivering.systems import connect_systems
from intake.errors import RefuseToStart
from intake.metrics import Metrics
from intake.photos import PhotoShelf
from intake.phrases import Phrases
from intake.reminders import Reminders
from intake.retention import Retention
from intake.settings import Settings
from intake.speaker import Speaker
from intake.staff_messages import StaffMessages
from intake.store import Store
from intake.wiring_translation import Translation, build_translation
from nlp.lexicon import Lexicon
from routing.city import City
from routing.quiet_hours import seconds_of_quiet
from routing.yaml_files import PackError


@dataclass(frozen=True)
class Delivering:
    """What records, words and delivers, without a model: it starts in a second."""

    settings: Settings
    engine: Engine
    store: Store
    speaker: Speaker
    metrics: Metrics
    photos: PhotoShelf
    delivery: Delivery
    executors: Executors
    outbox: Outbox
    destinations: Destinations
    translation: Translation

    def start(self, sweep: Callable[[], int]) -> None:
        """Start delivering effects in this process; `sweep` answers what was recorded but never handled."""
        settings, city, clock = self.settings, self.speaker.city, self.delivery.clock
        self.translation.engines.log_matrix()
        launch(
            Engineering(
                settings.database,
                self.executors.own,
                sweep_seconds=settings.sweep_seconds,
                poll_seconds=settings.poll_seconds,
                silent_seconds=settings.executor_silent_seconds,
                receiver_calls_per_minute=settings.receiver_calls_per_minute,
                receiver_retry_seconds=settings.receiver_retry_seconds,
            ),
            self.delivery,
            self.executors,
            sweep=sweep,
            nightly=lambda: export_open_data(self.engine, city, settings.open_data_folder, clock()).cases,
            remind=Reminders(self.engine, self.store, self.speaker, clock).send,
            retain=lambda: Retention(self.engine, self.photos, city).run(clock()).messages,
        )

    def stop(self) -> None:
        """Stop delivering; what is not finished is resumed at the next start, or by another process."""
        self.executors.stop_beating()
        stop()


def build_delivering(
    settings: Settings, city: City, lexicons: dict[str, Lexicon], *, clock: Callable[[], datetime], outbox: Outbox | None
) -> Delivering:
    """Migrate the database and put the delivering parts together. Raises RefuseToStart."""
    engine = make_engine(settings.database)
    migrate(settings.database)
    kept = outbox or DurableOutbox(engine)
    try:
        case_system, asset_system = connect_systems(settings, city.timezone)
    except PackError as error:
        raise RefuseToStart(str(error)) from error
    destinations = Destinations(
        city.id,
        case_system.name if case_system else "",
        asset_system.name if asset_system else "",
        AssetStore(engine).the_one_at,
        lambda now: seconds_of_quiet(now, city.policy.quiet_from, city.policy.quiet_until, city.timezone),
    )
    vault = ContactVault(settings.read_contact_key())
    store = Store(engine, vault, kept, destinations)
    ledger = CaseLedger(engine, kept, city, destinations)
    speaker = Speaker(Phrases(city.languages), city, lexicons, settings.public_url)
    staff = StaffMessages(engine, vault, speaker)
    metrics, photos = Metrics(), PhotoShelf(settings.attachments_folder)
    translation = build_translation(settings, city, engine, clock)
    delivery = Delivery(
        store,
        _sender(settings),
        _media(settings, city),
        photos,
        metrics,
        Receivers(ledger, case_system, asset_system, clock),
        Receipts(engine),
        staff,
        CasePhotos(engine, photos, asset_system, clock),
        translation.translating,
        Alerts(AlertWebhook(settings.alert_webhook.get_secret_value()), city.name, f"{settings.public_url.rstrip('/')}/console"),
        Failures(engine, kept),
        CaseNews(store, ledger, speaker, FixedQuestion(store, city.policy.draft_expires_hours), clock).text_for,
        clock,
    )
    executors = Executors(engine, settings.executor_id or f"{socket.gethostname()}:{settings.port}", clock)
    return Delivering(settings, engine, store, speaker, metrics, photos, delivery, executors, kept, destinations, translation)


def _sender(settings: Settings) -> TextSender:
    if not settings.twilio_account_sid:
        return ConsoleSender(lambda text: print(text, file=sys.stderr))
    return TwilioSender(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        api_url=settings.twilio_api_url,
        status_url=f"{settings.public_url.rstrip('/')}/sms/status",
    )


def _media(settings: Settings, city: City) -> MediaFetcher:
    return MediaFetcher(
        provider_url=settings.twilio_api_url,
        credentials=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
        byte_limit=city.policy.attachment_megabytes * 1_000_000,
    )
