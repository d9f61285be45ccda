"""How much waits, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Backlog:
    """How much waits: messages without an answer, effects not delivered, reviews open, and the oldest message's age in seconds."""

    messages: int
    effects: int
    effects_given_up: int
    reviews: int
    oldest_message_seconds: float
