"""The one place that names concrete parts and puts them together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import Engine

from channels.twilio_signature import SignatureCheck
from intake.api_keys import ApiKeys
from intake.assets.asset_question import AssetQuestion
from intake.assets.asset_store import AssetStore
from intake.casework.case_page import CasePages
from intake.casework.known_cases import KnownCases
from intake.console.idle_talks import release_idle
from intake.delivering.delivery import Delivery
from intake.delivering.outbox import Outbox
from intake.errors import RefuseToStart
from intake.knowledge.answer_book import AnswerBook, RecentTallies
from intake.knowledge.library import Library
from intake.limits import RateLimit
from intake.metrics import Metrics
from intake.open311.limits import CallerLimit
from intake.photos import PhotoShelf
from intake.pipeline import Intake, answer_unhandled
from intake.reading import Reader
from intake.seals import FormSeal
from intake.settings import Settings
from intake.the_city import date_in, load_the_city
from intake.translation.similar_sentences import SimilarSentences
from intake.translation.translations import Translations
from intake.wiring_console import Console, build_console
from intake.wiring_delivery import Delivering, build_delivering
from models.bundle import Bundle, BundleRefusedError, load_bundle
from models.understanding import ArticleScore
from nlp.commands import CommandWords
from nlp.lexicon import Lexicon
from nlp.message import CommandName
from nlp.still_there import StillThere
from routing.comprehension import Comprehension, comprehend
from routing.knowledge import KnowledgeShelf

_log = structlog.get_logger()


@dataclass(frozen=True)
class Service:
    """The whole service, put together but not yet listening."""

    settings: Settings
    intake: Intake
    delivering: Delivering
    console: Console
    translations: Translations
    signatures: SignatureCheck
    engine: Engine
    bundle: Bundle
    chat_limit: RateLimit
    api_keys: ApiKeys
    open311_limit: CallerLimit
    form_seal: FormSeal
    case_pages: CasePages
    lexicons: dict[str, Lexicon]
    commands: CommandWords
    knowledge: KnowledgeShelf
    answer_tallies: RecentTallies
    find_articles: Callable[[str, str], tuple[ArticleScore, ...]]
    clock: Callable[[], datetime]

    @property
    def delivery(self) -> Delivery:
        """What carries out effects."""
        return self.delivering.delivery

    @property
    def metrics(self) -> Metrics:
        """The figures of this process."""
        return self.delivering.metrics

    @property
    def photos(self) -> PhotoShelf:
        """Where photos are kept."""
        return self.delivering.photos

    def sweep(self) -> int:
        """Put talks back whose holder went away, and answer what was recorded but never handled; return how many of these."""
        before = self.clock() - timedelta(seconds=self.settings.sweep_after_seconds)
        release_idle(self.engine, self.intake.store, self.clock())
        return answer_unhandled(self.intake, before, self.clock())

    def today(self) -> date:
        """The date in the city."""
        return date_in(self.intake.city, self.clock())

    def language_names(self, code: str) -> tuple[str, ...]:
        """What residents call a language, in all languages."""
        return self.lexicons[code].names

    def language_named(self, words: str) -> str | None:
        """The language that `words` name, None where they name none."""
        command = self.commands.find(words)
        return command.argument if command is not None and command.name is CommandName.LANGUAGE else None

    def start_delivery(self) -> None:
        """Start delivering effects in this process."""
        self.delivering.start(self.sweep)

    def stop_delivery(self) -> None:
        """Stop delivering; what is not finished is resumed at the next start."""
        self.delivering.stop()


def build_understanding(settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Comprehension:
    """Load the city pack and the bundle. Raises RefuseToStart with the remedy."""
    city = load_the_city(settings)
    try:
        bundle = load_bundle(settings.bundle_folder, remedy=f"python -m training fit --city {settings.city}")
    except BundleRefusedError as error:
        raise RefuseToStart(str(error)) from error
    missing = sorted(set(bundle.card.labels["service"]) - set(city.catalog.services))
    if missing:
        raise RefuseToStart(f"The bundle knows services that {city.folder} has not: {', '.join(missing)}")
    library = Library(city, bundle, settings.knowledge_folder, lambda: date_in(city, clock()))
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
    delivering = build_delivering(settings, parts.city, parts.lexicons, clock=clock, outbox=outbox)
    reader = Reader(parts.normalizer, parts.understander, parts.geocoder, parts.city, parts.knowledge, StillThere(parts.lexicons))
    signatures = SignatureCheck(
        settings.public_url,
        settings.twilio_auth_token.get_secret_value(),
        {key: secret.get_secret_value() for key, secret in settings.twilio_signing_keys.items()},
    )
    likely = AssetStore(delivering.engine).likely_at
    asset_question = AssetQuestion(likely, parts.city.catalog, parts.city.policy.choices_offered)
    known = KnownCases(delivering.engine, parts.city.catalog)
    intake = Intake(
        parts.city, delivering.store, reader, delivering.speaker, known, asset_question, delivering.translation.translating
    )
    translations = Translations(
        delivering.engine,
        clock,
        delivering.translation.engines,
        delivering.translation.memory,
        SimilarSentences(delivering.translation.memory, parts.bundle, settings.translation_folder / "memory" / parts.city.id),
    )
    return Service(
        settings=settings,
        intake=intake,
        delivering=delivering,
        console=build_console(settings, delivering, intake, translations, parts.normalizer.emergencies),
        translations=translations,
        signatures=signatures,
        engine=delivering.engine,
        bundle=parts.bundle,
        chat_limit=RateLimit(parts.city.policy.messages_per_minute),
        api_keys=ApiKeys(delivering.engine),
        open311_limit=CallerLimit(without_key=10, with_key=300),
        form_seal=FormSeal(settings.read_contact_key()),
        case_pages=CasePages(delivering.engine, delivering.store),
        lexicons=parts.lexicons,
        commands=parts.normalizer.commands,
        knowledge=parts.knowledge,
        answer_tallies=RecentTallies(AnswerBook(delivering.engine)),
        find_articles=parts.find_articles,
        clock=clock,
    )
