"""What became of a review: chosen by whoever closes it, or given by what they did with it."""

from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """How a review ended."""

    CONFIRMED = "confirmed"
    NO_ACTION = "no_action"
    HANDLED_ELSEWHERE = "handled_elsewhere"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"
    SPAM = "spam"
    ANSWERED = "answered"
    CALLED_911_CONFIRMED = "called_911_confirmed"
    NO_EMERGENCY = "no_emergency"
    CASE_OPENED = "case_opened"
    SPLIT = "split"
    JOINED = "joined"
    TAKEN_OVER = "taken_over"

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return _WORDS[self]


_WORDS = MappingProxyType(
    {
        Outcome.CONFIRMED: "Looked at; it is right as it stands",
        Outcome.NO_ACTION: "Nothing to do",
        Outcome.HANDLED_ELSEWHERE: "Handled elsewhere",
        Outcome.OUT_OF_SCOPE: "Not a matter for the city's 311",
        Outcome.NOT_UNDERSTOOD: "Nobody here can make sense of it",
        Outcome.SPAM: "Spam",
        Outcome.ANSWERED: "Answered",
        Outcome.CALLED_911_CONFIRMED: "911 knows of it: confirmed by phone",
        Outcome.NO_EMERGENCY: "No emergency",
        Outcome.CASE_OPENED: "A case was opened",
        Outcome.SPLIT: "Several cases were opened",
        Outcome.JOINED: "The resident joined an open case",
        Outcome.TAKEN_OVER: "A person took over the conversation",
    }
)
# These follow from what was done; nobody may claim them without doing it.
_BY_DOING = frozenset({Outcome.CASE_OPENED, Outcome.SPLIT, Outcome.JOINED, Outcome.TAKEN_OVER})
_OF_EMERGENCIES = (Outcome.CALLED_911_CONFIRMED, Outcome.NO_EMERGENCY, Outcome.HANDLED_ELSEWHERE)
_OF_DANGER = frozenset({Outcome.CALLED_911_CONFIRMED, Outcome.NO_EMERGENCY})


def outcomes_for(*, is_danger: bool) -> tuple[Outcome, ...]:
    """The outcomes that a person may choose, likeliest first; where life may be in danger those come first that say that it was seen to."""
    others = tuple(one for one in Outcome if one not in _BY_DOING and one not in _OF_DANGER and one not in _OF_EMERGENCIES)
    return (*_OF_EMERGENCIES, *others) if is_danger else (*others, Outcome.HANDLED_ELSEWHERE)


def may_close_with(outcome: Outcome) -> bool:
    """Whether an outcome can be chosen, rather than follow from something done."""
    return outcome not in _BY_DOING
