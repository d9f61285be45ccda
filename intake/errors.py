"""The one error tree, a class for each reaction.

IntakeError
├── RefuseToStart        the operator reads why, and the command that mends it
├── RejectRequest        the caller gets a status code; nothing is stored
├── TellResident         the resident reads a phrase; what they sent is kept
├── CaseError            whoever asked for a change of a case reads why it cannot be
├── Retryable            a receiver is away; the delivery engine tries again
└── Permanent            a receiver said no for good; staff are alerted
"""


class IntakeError(Exception):
    """The root of all errors that we raise on purpose."""


class RefuseToStart(IntakeError):
    """The service cannot run like this; the message names the remedy."""


class RejectRequest(IntakeError):
    """A request that must not be believed or cannot be read."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class TellResident(IntakeError):
    """Something the resident can mend; `phrase` is a phrase id, `values` its variables."""

    def __init__(self, phrase: str, **values: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase
        self.values = values


class CaseError(IntakeError):
    """A change that a case does not allow; the message is a sentence for staff, in English."""


class Retryable(IntakeError):
    """Try again later."""


class Permanent(IntakeError):
    """Do not try again."""
