"""Why something was decided, in codes that the console words for people."""

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """Why something was decided; the console words these for people."""

    RULE = "rule"
    COMMAND = "command"
    MODEL = "model"
    LANGUAGE_UNSURE = "language_unsure"
    SPEECH_UNSURE = "speech_unsure"
    SERVICE_UNSURE = "service_unsure"
    BETWEEN_SERVICES = "between_services"
    NO_SERVICE_FITS = "no_service_fits"
    TWO_PROBLEMS = "two_problems"
    PLACE_MISSING = "place_missing"
    PLACE_NOT_FOUND = "place_not_found"
    PLACE_AMBIGUOUS = "place_ambiguous"
    PLACE_FOUND = "place_found"
    DETAIL_MISSING = "detail_missing"
    COMPLETE = "complete"
    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    ARTICLE = "article"
    NO_ARTICLE = "no_article"
    NOT_HELPFUL = "not_helpful"
    ASKED_BEFORE = "asked_before"
    NOT_UNDERSTOOD = "not_understood"
    NOTHING_SAID = "nothing_said"
    OPTED_OUT = "opted_out"
    REPORTED_NEARBY = "reported_nearby"
    ASSET_UNCLEAR = "asset_unclear"
    STAFF_HAS_IT = "staff_has_it"
    DELIVERY_FAILED = "delivery_failed"
    RATED = "rated"


@dataclass(frozen=True)
class Reason:
    """One reason, with the figure or word that it rests on."""

    code: ReasonCode
    about: str = ""
    confidence: float | None = None


Reasons = tuple[Reason, ...]
