"""Prometheus figures: how many, how long, how much waits."""

from collections.abc import Mapping
from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from intake.backlog import Backlog
from intake.knowledge.answer_book import Tally


class Metrics:
    """The service's figures in a registry of its own, so that two services in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "intake_messages_total", "Messages answered", ["channel", "language", "outcome"], registry=self.registry
        )
        self.refused = Counter("intake_refused_total", "Requests not believed or not read", ["route"], registry=self.registry)
        self.seconds = Histogram(
            "intake_answer_seconds",
            "From receiving a message to its answer",
            ["channel"],
            buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self.effects = Counter("intake_effects_total", "Effects by outcome", ["type", "outcome"], registry=self.registry)
        self.segments = Counter("intake_sms_segments_total", "Parts of text messages", ["encoding"], registry=self.registry)
        self.receipts = Counter("intake_sms_receipts_total", "What became of sent texts", ["status"], registry=self.registry)
        self._answers = Gauge(
            "intake_answers",
            "Answers of the last 30 days, by what became of them",
            ["language", "channel", "outcome"],
            registry=self.registry,
        )
        self._waiting = Gauge("intake_waiting", "What waits", ["what"], registry=self.registry)
        self._oldest = Gauge("intake_oldest_message_seconds", "Age of the oldest unanswered message", registry=self.registry)

    def render(self, backlog: Backlog, answers: Mapping[tuple[str, str], Tally]) -> bytes:
        """Write all figures in Prometheus' text format, with the backlog and the worth of `answers` (by language and channel)."""
        for (language, channel), tally in answers.items():
            for outcome, count in asdict(tally).items():
                self._answers.labels(language, channel, outcome).set(count)
        self._waiting.labels("messages").set(backlog.messages)
        self._waiting.labels("effects").set(backlog.effects)
        self._waiting.labels("effects_given_up").set(backlog.effects_given_up)
        self._waiting.labels("reviews").set(backlog.reviews)
        self._oldest.set(backlog.oldest_message_seconds)
        return generate_latest(self.registry)
