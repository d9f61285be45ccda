"""A review as its page shows it: the words that carried the score, what helps to read them, and what would be done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from intake.casework.known_cases import NearCase
from intake.console.queue import Urgency
from intake.console.reason_words import language_name
from intake.console.review_item import ReviewItem
from intake.http.console.lookups import place_value, point_of
from intake.translation.translations import Similar, StoredTranslation
from intake.wiring import Service
from models.bundle import Bundle
from models.explain import explain_service, strongest
from models.understanding import Kind
from routing.articles import ENGLISH
from routing.catalog import Catalog
from routing.drafts import Place

_MARKED = 5
# Below this no service is likely, and words marked for one would only mislead.
_LIKELY = 0.1
_CHOICES = 5
_STORED = "stored"
KINDS = (
    (Kind.SERVICE, "a report"),
    (Kind.INFO, "a question"),
    (Kind.STATUS, "about a case of theirs"),
    (Kind.AGENT, "a wish for a person"),
    (Kind.EMERGENCY, "an emergency"),
    (Kind.GREETING, "a greeting"),
    (Kind.COMMAND, "an order such as STOP"),
    (Kind.OTHER, "nothing for the city"),
)


@dataclass(frozen=True)
class Weight:
    """An urgency in words, and the class of its sign."""

    words: str
    tag: str


WEIGHTS = {
    Urgency.DANGER: Weight("Danger", "danger"),
    Urgency.WAITING: Weight("Waiting now", "warn"),
    Urgency.NORMAL: Weight("Normal", ""),
}


@dataclass(frozen=True)
class Choice:
    """A service to choose by key; `confidence` is None where a person or an open case named it."""

    code: str
    name: str
    department: str
    confidence: float | None


@dataclass(frozen=True)
class Candidate:
    """A place to choose, as the form holds it."""

    words: str
    value: str
    is_chosen: bool


@dataclass(frozen=True)
class Nearby:
    """An open case that may be the same problem."""

    number: str
    name: str
    place: str
    meters: int | None


@dataclass(frozen=True)
class Primary:
    """What Enter does: the route's last word, the sentence that says it before, and the button's words."""

    path: str
    words: str
    button: str
    told: str


@dataclass(frozen=True)
class ReviewView:
    """What the template needs besides the item. `pieces` are the original's words in order, each with whether it is marked."""

    weight: Weight
    language: str
    pieces: tuple[tuple[str, bool], ...]
    marked_for: str
    is_foreign: bool
    translation: StoredTranslation | None
    similar: tuple[Similar, ...]
    why_untranslated: str
    photos: tuple[int, ...]
    photos_missing: int
    choices: tuple[Choice, ...]
    service: str
    candidates: tuple[Candidate, ...]
    points: str
    near: tuple[Nearby, ...]
    primary: Primary


def view_of(item: ReviewItem, service: Service) -> ReviewView:
    """Everything that is looked up for the page, with no transaction open: the models are asked here."""
    catalog = service.intake.city.catalog
    original = words_of(item)
    chosen = chosen_service(item)
    likely = next((one.code for one in item.services if one.confidence >= _LIKELY), "")
    explained = chosen or likely
    pieces = _pieces(original, item.language, explained, service.bundle)
    is_foreign = item.language not in {ENGLISH, ""}
    translation = _translation(item, original) if is_foreign else None
    is_unread = is_foreign and translation is None
    photos = tuple(one.id for one in item.attachments if one.state == _STORED)
    candidates = tuple(_candidate(place, item.place) for place in dict.fromkeys((item.place, *item.place_candidates)) if place)
    return ReviewView(
        weight=WEIGHTS[item.urgency],
        language=language_name(item.language) if item.language else "language unknown",
        pieces=pieces,
        marked_for=catalog.service_name(explained, ENGLISH) if any(is_marked for _, is_marked in pieces) else "",
        is_foreign=is_foreign,
        translation=translation,
        similar=service.translations.similar(original, item.language) if is_unread else (),
        why_untranslated=_why_untranslated(item.language, service) if is_unread else "",
        photos=photos,
        photos_missing=len(item.attachments) - len(photos),
        choices=_choices(item, chosen, catalog),
        service=chosen,
        candidates=candidates if len(candidates) > 1 else (),
        points=_points(item),
        near=tuple(_nearby(one, catalog) for one in item.near),
        primary=_primary(item, chosen, catalog, service),
    )


def words_of(item: ReviewItem) -> str:
    """What the review is about: the report that a "yes" at the end of a talk stands for, or the message itself."""
    described = item.drafts[0].description if item.drafts else ""
    return described.strip() or item.text.strip()


def chosen_service(item: ReviewItem) -> str:
    """The service that stands as long as nobody chooses another: the open case's, the draft's, a report's likeliest; or none."""
    if item.cases:
        return item.cases[0].service
    if item.drafts:
        return item.drafts[0].service
    return item.services[0].code if item.services and item.kind == Kind.SERVICE else ""


def _translation(item: ReviewItem, original: str) -> StoredTranslation | None:
    said = (turn for turn in item.history if turn.who == "resident" and turn.text.strip() == original)
    return next((turn.translation for turn in said if turn.translation is not None), None)


def _pieces(text: str, language: str, code: str, bundle: Bundle) -> tuple[tuple[str, bool], ...]:
    if not text or code not in bundle.card.labels["service"]:
        return ((text, False),)
    spans = sorted((one.start, one.end) for one in strongest(explain_service(bundle, text, language, code), _MARKED))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return tuple(piece for piece in (*pieces, (text[at:], False)) if piece[0])


def _choices(item: ReviewItem, chosen: str, catalog: Catalog) -> tuple[Choice, ...]:
    """The likeliest five; what stands already comes first where it is none of them."""
    scores = {one.code: one.confidence for one in item.services}
    codes = list(scores) if chosen in scores or not chosen else [chosen, *scores]
    return tuple(
        Choice(
            code,
            catalog.service_name(code, ENGLISH),
            catalog.department_name(catalog.services[code].department, ENGLISH),
            scores.get(code),
        )
        for code in codes[:_CHOICES]
    )


def _candidate(place: Place, chosen: Place | None) -> Candidate:
    return Candidate(place.with_neighborhood(), place_value(place), place == chosen)


def _points(item: ReviewItem) -> str:
    places = [place for place in dict.fromkeys((item.place, *item.place_candidates)) if place is not None]
    return json.dumps([point for place in places if (point := point_of(place)) is not None])


def _nearby(case: NearCase, catalog: Catalog) -> Nearby:
    meters = None if case.distance_meters is None else round(case.distance_meters)
    return Nearby(case.number, catalog.service_name(case.service, ENGLISH), case.place, meters)


def _primary(item: ReviewItem, chosen: str, catalog: Catalog, service: Service) -> Primary:
    told = _told(item)
    if item.cases:
        case = item.cases[0]
        words = f"Case {case.number} is open: {case.service_name}. Enter changes it to what is chosen here, and closes this item."
        return Primary("done", words, "Done", told)
    if not chosen:
        words = "Opens nothing: it keeps what you correct. Choose a service to open a case, or answer, or close."
        return Primary("open", words, "Keep corrections", told)
    department = catalog.department_name(catalog.services[chosen].department, ENGLISH)
    where = f" at {item.place.text}" if item.place else " without a place"
    name = catalog.service_name(chosen, ENGLISH)
    return Primary("open", f"Opens a case: {name}{where}. {department} gets it. {told}", "Open the case", told)


def _told(item: ReviewItem) -> str:
    if item.is_opted_out:
        return "The resident opted out of messages and is not told."
    return f"The resident is told in {language_name(item.language or ENGLISH)} after a minute."


def _why_untranslated(language: str, service: Service) -> str:
    found: Sequence[str] = [one.why for one in service.translations.capabilities() if one.language == language]
    return next((why for why in found if why), "it is not there yet").rstrip(".")
