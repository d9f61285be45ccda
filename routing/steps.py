"""From drafts to the next question: give them the place that was named, ask for what is missing, or read them back."""

from routing.city import City
from routing.decision import AskForDetail, AskForPlace, AskToConfirm, AskWhichPlace, Decision
from routing.drafts import CaseDraft, Place, Precision, Situation, State
from routing.reasons import Reason, ReasonCode, Reasons

# Enough to act on without asking back; a street or a neighbourhood alone sends a crew searching.
_EXACT = frozenset({Precision.POINT, Precision.ADDRESS, Precision.CORNER, Precision.LANDMARK})
_PLACE_OPTIONS = 3
# Asked where, a resident who names a street means it; in a first message it is only a beginning.
_PLACE_ANSWERS = frozenset({State.NEEDS_PLACE, State.CHOOSING_PLACE, State.CONFIRMING, State.CORRECTING})


def place_drafts(drafts: tuple[CaseDraft, ...], s: Situation, city: City, reasons: Reasons = ()) -> Decision:
    """Give `drafts` the place that the message names, ask which one where several fit, and go on."""
    exact = [place for place in s.places if place.precision in _EXACT]
    candidates = exact or (list(s.places) if s.state in _PLACE_ANSWERS else [])
    same = [p for p in candidates if p.text == candidates[0].text]
    if len(same) > 1:
        options = tuple(same[:_PLACE_OPTIONS])
        return AskWhichPlace(drafts, options, (*reasons, Reason(ReasonCode.PLACE_AMBIGUOUS, same[0].text)))
    if not candidates:
        return next_step(drafts, city, reasons)
    found = Reason(ReasonCode.PLACE_FOUND, candidates[0].text)
    return next_step(everywhere(drafts, candidates[0]), city, (*reasons, found))


def next_step(drafts: tuple[CaseDraft, ...], city: City, reasons: Reasons) -> Decision:
    """Ask for the first thing that a draft lacks, or read all of them back."""
    if any(draft.needs_place(city.catalog.services[draft.service]) for draft in drafts):
        return AskForPlace(drafts, False, (*reasons, Reason(ReasonCode.PLACE_MISSING)))
    _, question = open_question(drafts, city)
    if question is not None:
        return AskForDetail(drafts, question, (*reasons, Reason(ReasonCode.DETAIL_MISSING, question)))
    return AskToConfirm(drafts, (*reasons, Reason(ReasonCode.COMPLETE)))


def open_question(drafts: tuple[CaseDraft, ...], city: City) -> tuple[int, str | None]:
    """The first question without an answer, and the index of the draft that it belongs to."""
    for index, draft in enumerate(drafts):
        question = draft.next_question(city.catalog.services[draft.service])
        if question is not None:
            return index, question
    return 0, None


def placed(drafts: tuple[CaseDraft, ...], places: tuple[Place, ...]) -> tuple[CaseDraft, ...]:
    """The drafts at the first exact place, where there is one."""
    exact = [place for place in places if place.precision in _EXACT]
    return everywhere(drafts, exact[0]) if exact else drafts


def everywhere(drafts: tuple[CaseDraft, ...], place: Place) -> tuple[CaseDraft, ...]:
    """The drafts, with `place` given to those that have none."""
    return tuple(draft if draft.place is not None else draft.at(place) for draft in drafts)
