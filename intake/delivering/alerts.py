"""Staff are told at once: on the log that pagers listen to, and through the webhook that the city has set up."""

from dataclasses import dataclass
from typing import Protocol

import structlog

from channels.alert_webhook import AlertRefusedError, AlertRetryableError
from intake.effects import AlertStaff
from intake.errors import Permanent, Retryable

_log = structlog.get_logger()


class AlertPost(Protocol):
    """Takes an alert's text; raises AlertRetryableError or AlertRefusedError."""

    def post(self, text: str) -> None:
        """Post an alert."""
        ...


@dataclass(frozen=True)
class Alerts:
    """Words alerts: what about, and where to look; never what a resident wrote or who they are."""

    post: AlertPost
    city: str
    console_url: str

    def tell(self, effect: AlertStaff, *, was_tried: bool) -> None:
        """Tell staff. Raises Retryable or Permanent. The urgent review is in the queue already."""
        if not was_tried:
            _log.critical("staff_alert", message=effect.message_id, about=effect.about)
        try:
            self.post.post(f"{self.city} 311: {effect.about} (message {effect.message_id}). Look at {self.console_url}")
        except AlertRetryableError as error:
            raise Retryable(f"alert webhook: {error}") from error
        except AlertRefusedError as error:
            raise Permanent(f"alert webhook: {error}") from error
