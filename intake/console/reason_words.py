"""Why something is in the queue, in words for people who have to decide quickly."""

import re
from collections.abc import Iterable
from typing import Any, assert_never

from babel import Locale
from pydantic import TypeAdapter

from nlp.message import CommandName
from routing.catalog import Catalog
from routing.reasons import Reason, ReasonCode, Reasons

_REASONS: TypeAdapter[Reasons] = TypeAdapter(Reasons)
_REVIEWS = {
    "Emergency": "Life may be in danger",
    "HandToStaff": "The service was not sure enough to go on alone",
    "CallAgent": "The resident asked for a person",
    "NoteQuestion": "A question that no article answers",
    "NoteForStaff": "The resident wrote again while waiting for a person",
    "PlaceNotFound": "A case is open whose place no map knows",
    "Abandoned": "The caller hung up before it was done",
    "HolderAway": "The person who had this conversation went away",
    "StillThere": "The resident says that a closed case is not fixed",
    "DeliveryFailed": "Something did not reach the resident or the city's systems",
}
_ORDERS = {
    CommandName.AGENT: "The resident asked for a person",
    CommandName.STOP: "The resident wants no more messages",
    CommandName.START: "The resident wants messages again",
    CommandName.STATUS: "The resident asked about a case",
    CommandName.DROP: "The resident wants no case",
}


def review_words(name: str) -> str:
    """Why a review is there, by its name; a name that is new here is read word by word."""
    return _REVIEWS.get(name) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def reasons_in_words(stored: Iterable[Any], catalog: Catalog) -> tuple[str, ...]:
    """Words for reasons as they are stored, in their order and each once."""
    return tuple(dict.fromkeys(reason_words(reason, catalog) for reason in _REASONS.validate_python(tuple(stored))))


def reason_words(reason: Reason, catalog: Catalog) -> str:
    """One reason in plain English, with the figure or word that it rests on."""
    about = reason.about
    match reason.code:
        case ReasonCode.RULE:
            return f"These words sound like danger: {about}" if about else "A rule heard it"
        case ReasonCode.COMMAND:
            return _ORDERS.get(_command(about), f"The resident gave an order: {about}")  # type: ignore[arg-type]
        case ReasonCode.MODEL:
            return f"It reads most like: {_service(about, catalog)}{_figure(reason)}"
        case ReasonCode.LANGUAGE_UNSURE:
            return f"The language is unsure ({about}{_bare_figure(reason)})"
        case ReasonCode.SPEECH_UNSURE:
            return f"The call was hard to understand{_figure(reason)}"
        case ReasonCode.SERVICE_UNSURE:
            return f"Not sure that it is {_service(about, catalog)}{_figure(reason)}"
        case ReasonCode.BETWEEN_SERVICES:
            return f"Between these: {', '.join(_service(code, catalog) for code in about.split('|'))}"
        case ReasonCode.NO_SERVICE_FITS:
            return "The resident said that none of the offered services fits"
        case ReasonCode.TWO_PROBLEMS:
            return "It may be two problems in one message"
        case ReasonCode.PLACE_MISSING:
            return "The place is missing"
        case ReasonCode.PLACE_NOT_FOUND:
            return f"No map knows this place{_quoted(about)}"
        case ReasonCode.PLACE_AMBIGUOUS:
            return f"Several places have this name{_quoted(about)}"
        case ReasonCode.PLACE_FOUND:
            return f"The place was found{_quoted(about)}"
        case ReasonCode.DETAIL_MISSING:
            return "A detail is missing that the crew needs"
        case ReasonCode.COMPLETE:
            return "Nothing is missing"
        case ReasonCode.CONFIRMED:
            return "The resident said yes"
        case ReasonCode.CORRECTED:
            return "The resident wanted to change it"
        case ReasonCode.ARTICLE:
            return f"This article may answer: {about}{_figure(reason)}"
        case ReasonCode.NO_ARTICLE:
            return "No article answers this" + (f" (nearest: {about}{_bare_figure(reason)})" if about else "")
        case ReasonCode.NOT_HELPFUL:
            return "The answer did not help" + (f": {about}" if about else "")
        case ReasonCode.ASKED_BEFORE:
            return "The same question was asked twice already"
        case ReasonCode.NOT_UNDERSTOOD:
            return f"The answer was not understood{_quoted(about)}"
        case ReasonCode.NOTHING_SAID:
            return "Only a photo came, without words" if about == "photo" else "The message says nothing that can be acted on"
        case ReasonCode.OPTED_OUT:
            return "The resident wants no more messages"
        case ReasonCode.REPORTED_NEARBY:
            return f"The same is open nearby: case {about}"
        case ReasonCode.ASSET_UNCLEAR:
            return "Several lamps, signs or the like stand there; which one is meant is unclear"
        case ReasonCode.STAFF_HAS_IT:
            return "A person has this conversation already"
        case ReasonCode.DELIVERY_FAILED:
            return f"It was tried many times and given up: {_effect(about)}"
        case ReasonCode.RATED:
            return f"The resident said how case {about} stands after it was closed"
    assert_never(reason.code)


def language_name(code: str) -> str:
    """A language's name in English, the code where it has none."""
    return str(Locale("en").languages.get(code.replace("-", "_"), code))


def _effect(about: str) -> str:
    """What an effect is, from its type and id; the id is for `python -m intake effects show`."""
    kind, _, effect_id = about.partition(" ")
    return f"{kind.replace('_', ' ')} ({effect_id})" if effect_id else kind


def _command(about: str) -> CommandName | None:
    return CommandName(about) if about in set(CommandName) else None


def _service(code: str, catalog: Catalog) -> str:
    """The name behind a service's code; what is no code (a kind of message) stays as it is."""
    return catalog.service_name(code, "en") if code in catalog.services else code


def _figure(reason: Reason) -> str:
    return "" if reason.confidence is None else f" ({reason.confidence:.2f})"


def _bare_figure(reason: Reason) -> str:
    return "" if reason.confidence is None else f" {reason.confidence:.2f}"


def _quoted(about: str) -> str:
    return f": “{about}”" if about else ""
