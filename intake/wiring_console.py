"""The parts of the console, put together."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from intake.console.access import Role
from intake.console.audit import AuditTrail
from intake.console.case_desk import CaseDesk
from intake.console.insight import InsightBook
from intake.console.membership import Membership
from intake.console.model_desk import ModelDesk
from intake.console.oidc import OidcProvider
from intake.console.people import People
from intake.console.queue import ReviewQueue
from intake.console.review_desk import ReviewDesk
from intake.console.review_item import ReviewItems
from intake.console.sessions import Sessions
from intake.console.talk_history import TalkHistory
from intake.console.talks import Talks
from intake.contacts import ContactVault
from intake.errors import RefuseToStart
from intake.limits import RateLimit
from intake.pipeline import Intake
from intake.settings import ROOT, Settings
from intake.translation.translations import Translations
from intake.wiring_delivery import Delivering
from intake.wiring_reviews import build_reviews
from nlp.emergencies import EmergencyRules

_SIGN_INS_PER_MINUTE = 10


@dataclass(frozen=True)
class Console:
    """What the console's routes call."""

    people: People
    sessions: Sessions
    audit: AuditTrail
    sign_in_limit: RateLimit
    provider: OidcProvider | None
    membership: Membership
    going_key: bytes
    insight: InsightBook
    models: ModelDesk
    queue: ReviewQueue
    items: ReviewItems
    desk: ReviewDesk
    talks: Talks
    cases: CaseDesk


def build_console(
    settings: Settings, delivering: Delivering, intake: Intake, translations: Translations, emergencies: EmergencyRules
) -> Console:
    """Put the console's parts together."""
    engine = delivering.engine
    people = People(engine)
    talks = Talks(engine, delivering.store, delivering.speaker, TalkHistory(engine, translations))
    reviews = build_reviews(settings, delivering, intake, talks, translations, emergencies)
    sessions = Sessions(
        engine,
        people,
        settings.read_contact_key(),
        idle=timedelta(minutes=settings.console_idle_minutes),
        longest=timedelta(hours=settings.console_hours),
    )
    return Console(
        people=people,
        sessions=sessions,
        audit=AuditTrail(engine),
        sign_in_limit=RateLimit(_SIGN_INS_PER_MINUTE),
        provider=_provider(settings),
        membership=Membership(engine, _roles(settings)),
        going_key=base64.urlsafe_b64encode(sha256(b"console going " + settings.read_contact_key().encode()).digest()),
        insight=InsightBook(engine, delivering.speaker.city),
        models=ModelDesk(ROOT, settings.cities_folder, settings.var_folder, settings.city, settings.bundle_folder.name),
        queue=reviews.queue,
        items=reviews.items,
        desk=reviews.desk,
        talks=talks,
        cases=CaseDesk(
            engine,
            delivering.outbox,
            delivering.destinations,
            ContactVault(settings.read_contact_key()),
            intake.city,
            intake.reader.find_places,
        ),
    )


def _provider(settings: Settings) -> OidcProvider | None:
    if not settings.oidc_issuer:
        return None
    return OidcProvider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        f"{settings.public_url.rstrip('/')}/console/oidc/back",
        groups_claim=settings.oidc_groups_claim,
        timeout_seconds=settings.oidc_timeout_seconds,
    )


def _roles(settings: Settings) -> dict[str, Role]:
    try:
        return {group: Role(role) for group, role in settings.oidc_roles.items()}
    except ValueError as error:
        raise RefuseToStart(f"INTAKE_OIDC_ROLES: {error}; there are: {', '.join(Role)}") from error
