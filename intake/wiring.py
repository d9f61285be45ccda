"""The one place that names concrete parts and puts them together."""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import Engine

from channels.console import ConsoleSender
from channels.media import MediaFetcher
from channels.twilio_signature import SignatureCheck
from channels.twilio_sms import TwilioSender
from intake.answer_book import AnswerBook, RecentTallies
from intake.api_keys import ApiKeys
from intake.contacts import ContactVault
from intake.database import make_engine, migrate
from intake.delivery import Delivery, TextSender
from intake.durable import DurableOutbox, Engineering, launch, stop
from intake.errors import RefuseToStart
from intake.library import Library
from intake.limits import RateLimit
from intake.metrics import Metrics
from intake.open311_limits import CallerLimit
from intake.photos import PhotoShelf
from intake.phrases import Phrases
from intake.pipeline import Intake, answer_unhandled
from intake.reading import Reader
from intake.seals import FormSeal
from intake.settings import Settings
from intake.speaker import Speaker
from intake.store import Store
from intake.work import Outbox
from models.bundle import Bundle, BundleRefusedError, load_bundle
from models.understanding import ArticleScore
from nlp.commands import CommandWords
from nlp.lexicon import Lexicon
from nlp.message import CommandName
from routing.city import City, load_city
from routing.comprehension import Comprehension, comprehend
from routing.knowledge import KnowledgeShelf
from routing.yaml_files import PackError

_log = structlog.get_logger()


@dataclass(frozen=True)
class Service:
    """The whole service, put together but not yet listening."""

    settings: Settings
    intake: Intake
    delivery: Delivery
    signatures: SignatureCheck
    metrics: Metrics
    photos: PhotoShelf
    engine: Engine
    bundle: Bundle
    chat_limit: RateLimit
    api_keys: ApiKeys
    open311_limit: CallerLimit
    form_seal: FormSeal
    lexicons: dict[str, Lexicon]
    commands: CommandWords
    knowledge: KnowledgeShelf
    answer_tallies: RecentTallies
    find_articles: Callable[[str, str], tuple[ArticleScore, ...]]
    clock: Callable[[], datetime]

    def sweep(self) -> int:
        """Answer what was recorded but never handled, through the channels' own send; return how many."""
        before = self.clock() - timedelta(seconds=self.settings.sweep_after_seconds)
        return answer_unhandled(self.intake, before, self.clock())

    def today(self) -> date:
        """The date in the city."""
        return self.clock().astimezone(self.intake.city.timezone).date()

    def language_names(self, code: str) -> tuple[str, ...]:
        """What residents call a language, in all languages."""
        return self.lexicons[code].names

    def language_named(self, words: str) -> str | None:
        """The language that `words` name, None where they name none."""
        command = self.commands.find(words)
        return command.argument if command is not None and command.name is CommandName.LANGUAGE else None

    def start_delivery(self) -> None:
        """Start delivering effects in this process."""
        self.knowledge.watch(self.settings.knowledge_seconds)
        launch(
            Engineering(self.settings.database, f"{socket.gethostname()}:{self.settings.port}", self.settings.sweep_seconds),
            self.delivery,
            self.sweep,
        )

    def stop_delivery(self) -> None:
        """Stop delivering; what is not finished is resumed at the next start."""
        self.knowledge.stop_watching()
        stop()


def build_understanding(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Comprehension:
    """Load the city pack and the bundle. Raises RefuseToStart with the remedy."""
    folder = settings.cities_folder / settings.city
    try:
        city = load_city(folder)
        bundle = load_bundle(settings.bundle_folder, remedy=f"python -m training fit --city {settings.city}")
    except (PackError, BundleRefusedError) as error:
        raise RefuseToStart(str(error)) from error
    missing = sorted(set(bundle.card.labels["service"]) - set(city.catalog.services))
    if missing:
        raise RefuseToStart(f"The bundle knows services that {folder} has not: {', '.join(missing)}")
    library = Library(city, bundle, settings.knowledge_folder, lambda: clock().astimezone(city.timezone).date())
    library.refresh()
    return comprehend(city, bundle, library)


def build_service(
    settings: Settings,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    outbox: Outbox | None = None,
    understanding: Comprehension | None = None,
) -> Service:
    """Put the service together: migrate the database, load pack, phrases and bundle. Raises RefuseToStart."""
    parts = understanding or build_understanding(settings, clock)
    engine = make_engine(settings.database)
    migrate(settings.database)
    store = Store(engine, ContactVault(settings.read_contact_key()), outbox or DurableOutbox(engine))
    speaker = Speaker(Phrases(parts.city.languages), parts.city, parts.lexicons, settings.public_url)
    reader = Reader(parts.normalizer, parts.understander, parts.geocoder, parts.city, parts.knowledge)
    metrics = Metrics()
    photos = PhotoShelf(settings.attachments_folder)
    delivery = Delivery(store, _sender(settings), _media(settings, parts.city), photos, metrics, clock)
    signatures = SignatureCheck(
        settings.public_url,
        settings.twilio_auth_token.get_secret_value(),
        {key: secret.get_secret_value() for key, secret in settings.twilio_signing_keys.items()},
    )
    intake = Intake(parts.city, store, reader, speaker)
    return Service(
        settings=settings,
        intake=intake,
        delivery=delivery,
        signatures=signatures,
        metrics=metrics,
        photos=photos,
        engine=engine,
        bundle=parts.bundle,
        chat_limit=RateLimit(parts.city.policy.messages_per_minute),
        api_keys=ApiKeys(engine),
        open311_limit=CallerLimit(without_key=10, with_key=300),
        form_seal=FormSeal(settings.read_contact_key()),
        lexicons=parts.lexicons,
        commands=CommandWords(parts.lexicons),
        knowledge=parts.knowledge,
        answer_tallies=RecentTallies(AnswerBook(engine)),
        find_articles=parts.find_articles,
        clock=clock,
    )


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
