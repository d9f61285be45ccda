"""The thresholds and limits of a city, from its pack's policy file."""

from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True)
class Policy:
    """Probabilities are calibrated, 0 to 1; durations are in the unit that the name ends with.

    `answer_confidence` lets an article answer; `beside_confidence` lets it answer beside a report.
    A draft left half-done is reminded of after `reminder_hours`; words and numbers are erased after `retention_days`.
    News are not sent from `quiet_from` to `quiet_until`, local time.
    `open_confidence` lets a draft go on by itself, `ask_confidence` is enough for a closed question; both may differ by language.
    """

    open_confidence: float
    ask_confidence: float
    language_confidence: float
    speech_confidence: float
    emergency_confidence: float
    emergency_doubt: float
    split_confidence: float
    answer_confidence: float
    beside_confidence: float
    choices_offered: int
    times_asked: int
    draft_expires_hours: int
    reminder_hours: int
    retention_days: int
    text_limit: int
    attachments_limit: int
    attachment_megabytes: int
    messages_per_minute: int
    quiet_from: time
    quiet_until: time
    open_confidence_by_language: dict[str, float] = field(default_factory=dict)

    def opens_at(self, language: str) -> float:
        """The confidence at which messages in `language` need no question back."""
        return self.open_confidence_by_language.get(language, self.open_confidence)
