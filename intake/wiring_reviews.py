"""The parts of the review queue, put together."""

from dataclasses import dataclass

from intake.console.audit import AuditTrail
from intake.console.open_reviews import HearDanger, ReviewReader
from intake.console.queue import ReviewQueue
from intake.console.review_action import ReviewActions
from intake.console.review_desk import ReviewDesk
from intake.console.review_item import ReviewItems
from intake.console.review_undo import ReviewUndo
from intake.console.talks import Talks
from intake.contacts import ContactVault
from intake.pipeline import Intake
from intake.settings import Settings
from intake.translation.translations import Translations
from intake.wiring_delivery import Delivering
from nlp.emergencies import EmergencyRules


@dataclass(frozen=True)
class Reviews:
    """What the queue's pages call."""

    queue: ReviewQueue
    items: ReviewItems
    desk: ReviewDesk


def build_reviews(
    settings: Settings,
    delivering: Delivering,
    intake: Intake,
    talks: Talks,
    translations: Translations,
    emergencies: EmergencyRules,
) -> Reviews:
    """Put the queue together."""
    engine, city, clock = delivering.engine, intake.city, delivering.delivery.clock
    reader = ReviewReader(city, _hear_danger(emergencies, city.languages))
    vault = ContactVault(settings.read_contact_key())
    actions = ReviewActions(engine, delivering.outbox, delivering.destinations, city)
    undo = ReviewUndo(engine, delivering.outbox, city)

    def translated() -> frozenset[str]:
        return frozenset(one.language for one in translations.capabilities() if one.to_english)

    return Reviews(
        ReviewQueue(engine, reader, city.catalog, translated, clock),
        ReviewItems(engine, reader, vault, city, talks, intake.known, AuditTrail(engine)),
        ReviewDesk(actions, undo, talks, intake.speaker, vault),
    )


def _hear_danger(rules: EmergencyRules, languages: tuple[str, ...]) -> HearDanger:
    def hear(text: str, language: str) -> str | None:
        mention = rules.find(text, (language, "en") if language in languages else languages)
        return mention.words if mention else None

    return hear
