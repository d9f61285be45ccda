"""The parts that deliver, put together: a worker process has nothing else."""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from channels.console import ConsoleSender
from channels.media import MediaFetcher
from channels.twilio_sms import TwilioSender
from intake.assets import AssetStore
from intake.case_ledger import CaseLedger
from intake.case_news import CaseNews
from intake.contacts import ContactVault
from intake.database import make_engine, migrate
from intake.delivery import Delivery, TextSender
from intake.destinations import Destinations
from intake.durable import DurableOutbox, Engineering, launch, stop
from intake.errors import RefuseToStart
from intake.executors import Executors
from intake.metrics import Metrics
from intake.open_data import export_open_data
from intake.outbox import Outbox
from intake.photos import PhotoShelf
from intake.phrases import Phrases
from intake.receivers import Receivers
from intake.settings import Settings
from intake.speaker import Speaker
from intake.store import Store
from intake.systems import connect_systems
from nlp.lexicon import Lexicon
from routing.city import City
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

    def start(self, sweep: Callable[[], int]) -> None:
        """Start delivering effects in this process; `sweep` answers what was recorded but never handled."""
        settings = self.settings
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
            sweep,
            lambda: export_open_data(self.engine, self.speaker.city, settings.open_data_folder, self.delivery.clock()).cases,
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
    )
    store = Store(engine, ContactVault(settings.read_contact_key()), kept, destinations)
    ledger = CaseLedger(engine, kept, city)
    speaker = Speaker(Phrases(city.languages), city, lexicons, settings.public_url)
    metrics, photos = Metrics(), PhotoShelf(settings.attachments_folder)
    delivery = Delivery(
        store,
        _sender(settings),
        _media(settings, city),
        photos,
        metrics,
        Receivers(ledger, case_system, asset_system, clock),
        CaseNews(store, ledger, speaker).text_for,
        clock,
    )
    executors = Executors(engine, settings.executor_id or f"{socket.gethostname()}:{settings.port}", clock)
    return Delivering(settings, engine, store, speaker, metrics, photos, delivery, executors)


def _sender(settings: Settings) -> TextSender:
    if not settings.twilio_account_sid:
        return ConsoleSender(lambda text: print(text, file=sys.stderr))
    return TwilioSender(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        api_url=settings.twilio_api_url,
    )


def _media(settings: Settings, city: City) -> MediaFetcher:
    return MediaFetcher(
        provider_url=settings.twilio_api_url,
        credentials=(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value()),
        byte_limit=city.policy.attachment_megabytes * 1_000_000,
    )
