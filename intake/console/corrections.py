"""A correction of what the machine made of a message: the proposal and an open case follow, and a label remembers it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from intake.casework import case_changes
from intake.console.review_action import Doing
from intake.console.review_labels import message_described
from intake.errors import CaseError
from intake.tables import CaseTable, MessageTable
from models.understanding import Kind
from routing.drafts import CaseDraft, Place, Precision


@dataclass(frozen=True)
class Correction:
    """What should have been: a service's code, a language's code, a kind, or a place (`after` are its words)."""

    field: Literal["service", "place", "language", "kind"]
    after: str
    place: Place | None = None


def apply_correction(doing: Doing, correction: Correction) -> None:
    """Carry a correction out within the open action. Raises CaseError where a value is none of the city's."""
    match correction.field:
        case "service":
            _correct_service(doing, correction.after)
        case "place":
            _correct_place(doing, correction.place or Place(correction.after, Precision.TEXT))
        case "language":
            _correct_language(doing, correction.after)
        case "kind":
            _correct_kind(doing, correction.after)
        case _:
            assert_never(correction.field)


def label_draft(doing: Doing, draft: CaseDraft) -> None:
    """Label what a person changes by opening a case that is not the one proposed."""
    if draft.service not in doing.city.catalog.services:
        raise CaseError(f"there is no service {draft.service}")
    _label_service(doing, draft.service)
    if draft.place is not None:
        _label_place(doing, draft.place)


def label_split(doing: Doing, drafts: Sequence[CaseDraft]) -> None:
    """Label a service that none of several cases has: where one of them has it, the machine was half right, which no label says."""
    if _machine_service(doing) not in {draft.service for draft in drafts}:
        label_draft(doing, drafts[0])


def _correct_service(doing: Doing, code: str) -> None:
    service = doing.city.catalog.services.get(code)
    if service is None:
        raise CaseError(f"there is no service {code}")
    _label_service(doing, code)
    case = _case(doing)
    draft, *others = doing.drafts or (_first_draft(doing, code),)
    # Answers to questions that the new service does not ask would only puzzle a crew.
    details = tuple(detail for detail in draft.details if detail.question in service.questions)
    doing.keep_drafts((replace(draft, service=code, confidence=1.0, details=details), *others))
    if case is not None:
        doing.before["case"] = {"id": case.id, "service": case.service, "priority": case.priority}
        case_changes.change_service(doing.session, case, code, doing.city, doing.actor, doing.now)


def _correct_place(doing: Doing, place: Place) -> None:
    if not place.text.strip():
        raise CaseError("a place needs words")
    _label_place(doing, place)
    case = _case(doing)
    service = case.service if case is not None else _machine_service(doing)
    if not doing.drafts and service is None:
        raise CaseError("choose the service first")
    draft, *others = doing.drafts or (_first_draft(doing, service or ""),)
    doing.keep_drafts((draft.at(place), *others))
    if case is not None:
        doing.before["case"] = {"id": case.id, "place": case.place}
        case_changes.change_place(doing.session, case, place, doing.actor, doing.now)


def _correct_language(doing: Doing, code: str) -> None:
    if code not in doing.city.languages:
        raise CaseError(f"the city does not speak {code}")
    decision = doing.decision()
    doing.label(doing.review.message_id, "language", decision.language if decision else doing.message.language, code)
    message = doing.session.get_one(MessageTable, doing.review.message_id)
    cases, conversation = doing.open_cases(), doing.message.conversation
    doing.before["language"] = {
        "message": message.language,
        "conversation": conversation.language,
        "cases": {str(case.id): case.language for case in cases},
    }
    message.language = code
    for case in cases:
        case.language = code
    changed = replace(conversation, language=code, version=conversation.version + 1)
    doing.work.save_conversation(doing.message.conversation_id, changed, doing.now)


def _correct_kind(doing: Doing, kind: str) -> None:
    if kind not in set(Kind):
        raise CaseError(f"there is no kind {kind}")
    described = _described(doing)
    decision = doing.decision(described)
    doing.label(described, "kind", decision.kind if decision else None, kind)


def _label_service(doing: Doing, code: str) -> None:
    doing.label(_described(doing), "service", _machine_service(doing), code)


def _described(doing: Doing) -> int:
    drafts, review = doing.drafts, doing.review
    if not drafts:
        return review.message_id
    return message_described(doing.session, review.conversation_id, review.message_id, drafts[0].description)


def _label_place(doing: Doing, place: Place) -> None:
    doing.label(doing.review.message_id, "place", _machine_place(doing), place.text)


def _machine_service(doing: Doing) -> str | None:
    """The service that is proposed: a draft's, an open case's, or the likeliest one of the message."""
    if doing.drafts:
        return doing.drafts[0].service
    case, decision = _case(doing), doing.decision()
    if case is not None:
        return case.service
    return str(decision.services[0]["code"]) if decision is not None and decision.services else None


def _machine_place(doing: Doing) -> str | None:
    place = doing.drafts[0].place if doing.drafts else None
    if place is not None:
        return place.text
    case = _case(doing)
    return str(case.place["text"]) if case is not None and case.place else None


def _case(doing: Doing) -> CaseTable | None:
    """The open case that the first draft became, or the message's first."""
    cases, drafts = doing.open_cases(), doing.drafts
    same = (case for case in cases if drafts and case.service == drafts[0].service)
    return next(same, cases[0] if cases else None)


def _first_draft(doing: Doing, service: str) -> CaseDraft:
    where = doing.message.location
    place = None
    if where is not None:
        place = Place(f"{where.latitude:.5f}, {where.longitude:.5f}", Precision.POINT, where.latitude, where.longitude)
    return CaseDraft(service, doing.message.text, 1.0, place)
