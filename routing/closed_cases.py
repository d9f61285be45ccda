"""A rule about the answer to "is it fixed?", which the news of a closed case ask."""

from models.understanding import Understanding
from nlp.folding import letters_worth
from nlp.message import CommandName
from routing.city import City
from routing.decision import Decision, RateCase
from routing.drafts import Situation, State
from routing.reasons import Reason, ReasonCode
from routing.said import choice_index, rest, says

# "yes, thank you" is an answer; "yes, but now the other lamp is out too" is a report.
_LETTERS_OF_THANKS = 20
# Whoever answers with a number above the two that were offered rates the work, as they do elsewhere.
_FIXED = frozenset({0, 2, 3, 4})
_NOT_FIXED = 1


def rated(u: Understanding, s: Situation, city: City) -> Decision | None:
    """Hear whether a closed case is fixed; anything else is a message of its own, and so is whatever names a place."""
    if s.state is not State.CLOSED_ASKED or not s.options:
        return None
    is_fixed = _answer(u, s)
    if is_fixed is None:
        return None
    return RateCase(s.options[0], is_fixed, (Reason(ReasonCode.RATED, s.options[0]),))


def _answer(u: Understanding, s: Situation) -> bool | None:
    index = choice_index(u)
    if index is not None:
        return False if index == _NOT_FIXED else True if index in _FIXED else None
    if s.places:
        return None
    if s.is_still_there or says(u, CommandName.NO):
        return False
    is_yes = says(u, CommandName.YES) and letters_worth(rest(u)) <= _LETTERS_OF_THANKS
    return True if is_yes or says(u, CommandName.THANKS) else None
