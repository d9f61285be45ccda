"""`POST /console/reviews/{id}/…`: what a person does with an item that they have; the next item follows by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from intake.console.outcomes import Outcome
from intake.console.review_desk import Correction, NotYoursError
from intake.console.review_item import ReviewItem
from intake.console.service_search import service_named
from intake.errors import CaseError, RejectRequest
from intake.http.console.frame import admit, signed_in
from intake.http.console.lookups import PLACE
from intake.http.console.review_pages import Answering, read_item, review_page
from intake.http.console.review_view import chosen_service, words_of
from intake.http.console.taking import go_on
from intake.http.console.talk_words import Refused, own_words
from intake.wiring import Service
from routing.drafts import CaseDraft, Place, Precision

_PAGE = "/console/reviews/{review_id}"
_PLACE_LETTERS = 200
Field = Literal["service", "place", "language", "kind"]


async def _fields(request: Request) -> dict[str, str]:
    return {name: value.strip() for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]
router = APIRouter(dependencies=[Depends(admit)])


@router.post(_PAGE + "/open")
def open_case(review_id: int, request: Request, fields: Fields) -> Response:
    """Open a case for the chosen service and place; where none is chosen, only keep what was corrected."""
    service: Service = request.app.state.service
    desk, person = service.console.desk, signed_in(request).person

    def do(item: ReviewItem) -> Response | None:
        code = _service(fields, service)
        _correct(request, item, fields, ("language", "kind"))
        if not code:
            return RedirectResponse(f"/console/reviews/{review_id}", status_code=303)
        desk.open_case(review_id, person, _draft(item, code, _place(fields, "place", item, service), service), service.clock())
        return None

    return _act(request, review_id, do)


@router.post(_PAGE + "/done")
def be_done(review_id: int, request: Request, fields: Fields) -> Response:
    """Correct the case that is open already, where anything is another, and close the item."""
    service: Service = request.app.state.service

    def do(item: ReviewItem) -> None:
        _correct(request, item, fields, ("language", "kind", "service", "place"))
        service.console.desk.close(review_id, signed_in(request).person, Outcome.CONFIRMED, service.clock())

    return _act(request, review_id, do)


@router.post(_PAGE + "/split")
def split(review_id: int, request: Request, fields: Fields) -> Response:
    """Open a case for each of two problems; where one is open already, only for the second."""
    service: Service = request.app.state.service

    def do(item: ReviewItem) -> None:
        second = service_named(service.intake.city.catalog, fields.get("second_service", ""))
        first = _service(fields, service)
        if not second or not (first or item.cases):
            raise CaseError("choose both services first")
        _correct(request, item, fields, ("language", "kind"))
        place = _place(fields, "place", item, service)
        elsewhere = _place(fields, "second_place", item, service) or place
        drafts = [] if item.cases else [_draft(item, first, place, service)]
        drafts.append(_draft(item, second, elsewhere, service))
        service.console.desk.split(review_id, signed_in(request).person, drafts, service.clock())

    return _act(request, review_id, do)


@router.post(_PAGE + "/join")
def join(review_id: int, request: Request, fields: Fields) -> Response:
    """Let the resident join a case that is open; a case of their own is merged into it."""
    service: Service = request.app.state.service

    def do(_: ReviewItem) -> None:
        service.console.desk.join(review_id, signed_in(request).person, fields.get("case", ""), service.clock())

    return _act(request, review_id, do)


@router.post(_PAGE + "/answer")
def answer(review_id: int, request: Request, fields: Fields) -> Response:
    """Answer the resident: in one's own words, in their translation, or with an article."""
    service: Service = request.app.state.service
    person = signed_in(request).person

    def do(item: ReviewItem) -> None:
        talk = service.console.talks.one(item.conversation_id, person)
        if talk is None or not talk.can_be_answered:
            raise CaseError("there is no way to write to this resident")
        _correct(request, item, fields, ("language", "kind"))
        language = fields.get("language") or talk.language
        form = {**fields, "way": "article"} if fields.get("article") else fields
        words = own_words(form, replace(talk, language=language), person, service)
        service.console.desk.answer(review_id, person, words, service.clock())

    return _act(request, review_id, do, answering=Answering(text=fields.get("text", ""), is_open=True))


@router.post(_PAGE + "/close")
def close(review_id: int, request: Request, fields: Fields) -> Response:
    """Close the item with what became of it."""
    service: Service = request.app.state.service
    outcome = fields.get("outcome", "")

    def do(item: ReviewItem) -> None:
        if outcome not in item.outcomes:
            raise CaseError("choose what became of it")
        _correct(request, item, fields, ("language", "kind"))
        service.console.desk.close(review_id, signed_in(request).person, Outcome(outcome), service.clock())

    return _act(request, review_id, do)


@router.post("/console/undo")
def undo(request: Request) -> Response:
    """Take back what one did last, and return to its item."""
    service: Service = request.app.state.service
    try:
        found = service.console.desk.undo(signed_in(request).person, service.clock())
    except (CaseError, NotYoursError):
        return RedirectResponse("/console?note=cannot-undo", status_code=303)
    return RedirectResponse("/console?note=nothing-to-undo" if found is None else f"/console/reviews/{found}", status_code=303)


def _act(
    request: Request,
    review_id: int,
    do: Callable[[ReviewItem], Response | None],
    *,
    answering: Answering | None = None,
) -> Response:
    """Do something with an item and go on to the next; a refusal is said on the item's page, and what was typed to answer is kept."""
    item = read_item(request, review_id)
    try:
        response = do(item)
    except NotYoursError as error:
        return _lost(request, review_id, error)
    except (CaseError, Refused) as error:
        words = str(error)
        return review_page(request, review_id, note=f"{words[:1].upper()}{words[1:]}", answering=answering, status=422)
    return response or go_on(signed_in(request).person, request.app.state.service, review_id)


def _lost(request: Request, review_id: int, error: NotYoursError) -> Response:
    """A second press finds the item closed and goes on; otherwise the page says who has it."""
    person, service = signed_in(request).person, request.app.state.service
    if error.is_closed:
        return go_on(person, service, review_id)
    if service.console.queue.claim(review_id, person, service.clock()):
        note = "You had left this item. It is yours again; nothing was done yet."
        return review_page(request, review_id, note=note, status=409)
    return review_page(request, review_id)


def _correct(request: Request, item: ReviewItem, fields: Mapping[str, str], which: Sequence[Field]) -> None:
    """Write down what the form says otherwise than the machine did, each as a correction of its own."""
    service: Service = request.app.state.service
    for field in which:
        correction = _correction(field, item, fields, service)
        if correction is not None:
            service.console.desk.correct(item.review_id, signed_in(request).person, correction, service.clock())


def _correction(field: Field, item: ReviewItem, fields: Mapping[str, str], service: Service) -> Correction | None:
    """What the form says of one field, None where it says nothing new."""
    if field == "place":
        place = _place(fields, "place", item, service)
        return None if place in {None, item.place} else Correction("place", fields["place"], place)
    known = {"kind": item.kind, "language": item.language, "service": chosen_service(item)}
    said = _service(fields, service) if field == "service" else fields.get(field, "")
    return Correction(field, said) if said and said != known[field] else None


def _service(fields: Mapping[str, str], service: Service) -> str:
    """The service's code; words in the search field win over the five, for browsers without a script. Raises CaseError."""
    words = fields.get("service_words", "")
    if not words:
        return fields.get("service", "")
    code = service_named(service.intake.city.catalog, words)
    if not code:
        raise CaseError(f"no service is called “{words}”; choose one from the list")
    return code


def _place(fields: Mapping[str, str], name: str, item: ReviewItem, service: Service) -> Place | None:
    """The place of a field: the candidate that is chosen for its words, as it was, what the map finds, or the words alone."""
    words = fields.get(name, "")[:_PLACE_LETTERS]
    if not words:
        return None
    before = item.place.text if item.place else ""
    found = service.intake.reader.find_places(words, fields.get("language") or item.language)
    candidate = _candidate(fields.get("candidate", "")) if name == "place" else None
    # A candidate of other words was left over when somebody typed anew without a script.
    if candidate is not None and (candidate in found or words in {candidate.text, before}):
        return candidate
    if item.place is not None and words == before:
        return item.place
    return found[0] if found else Place(words, Precision.TEXT)


def _candidate(value: str) -> Place | None:
    if not value:
        return None
    try:
        return PLACE.validate_json(value)
    except ValidationError as error:
        raise RejectRequest(422, "this place cannot be read") from error


def _draft(item: ReviewItem, code: str, place: Place | None, service: Service) -> CaseDraft:
    """A draft in the resident's own words; answers that the chosen service asks for are kept."""
    known = service.intake.city.catalog.services.get(code)
    asked = known.questions if known is not None else ()
    details = tuple(detail for draft in item.drafts[:1] for detail in draft.details if detail.question in asked)
    return CaseDraft(code, words_of(item), 1.0, place, details=details, is_place_skipped=place is None)
