"""Effects are carried out: texts are sent, photos fetched, staff alerted. Each may be tried again, and counts once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, assert_never

import structlog

from channels.media import MediaFetcher, MediaRefusedError, MediaRetryableError
from channels.segments import count_segments
from channels.twilio_sms import OPTED_OUT, SendPermanentError, SendRetryableError, text_of
from intake.casework.case_photos import CasePhotos
from intake.delivering.alerts import Alerts
from intake.delivering.failures import Failures
from intake.delivering.receipts import Receipts
from intake.delivering.receivers import Receivers
from intake.effects import (
    AlertStaff,
    AttachPhotos,
    FetchAttachment,
    FileCase,
    FileWorkOrder,
    SendReply,
    SendStaffMessage,
    TellCaseNews,
    TranslateForStaff,
)
from intake.errors import Permanent, Retryable, TellResident
from intake.metrics import Metrics
from intake.photos import PhotoShelf
from intake.staff_messages import StaffMessages
from intake.store import Store
from intake.translation.translating import Translating

_log = structlog.get_logger()


class TextSender(Protocol):
    """Sends a text message; raises SendRetryableError or SendPermanentError."""

    def send(self, to: str, text: str) -> str:
        """Send `text` and return the provider's message id."""
        ...


@dataclass(frozen=True)
class Delivery:
    """Carries out stored effects."""

    store: Store
    texts: TextSender
    media: MediaFetcher
    photos: PhotoShelf
    metrics: Metrics
    receivers: Receivers
    receipts: Receipts
    staff: StaffMessages
    case_photos: CasePhotos
    translating: Translating
    alerts: Alerts
    failures: Failures
    word_news: Callable[[TellCaseNews], SendReply | None]
    clock: Callable[[], datetime]

    def deliver(self, effect_id: str) -> None:
        """Carry out one effect; a second call finds it done. Raises Retryable or Permanent."""
        found = self.store.effect(effect_id)
        if found is None:
            raise Permanent(f"no effect {effect_id}")
        effect, is_done = found
        if is_done:
            return
        was_tried = self.store.begin_try(effect_id)
        try:
            match effect:
                case SendReply():
                    self._send(effect_id, effect)
                case SendStaffMessage():
                    self._let_out(effect_id, effect)
                case FetchAttachment():
                    self._fetch(effect)
                case AlertStaff():
                    self.alerts.tell(effect, was_tried=was_tried)
                case FileCase():
                    self.receivers.file_case(effect, was_tried=was_tried)
                case FileWorkOrder():
                    self.receivers.file_work_order(effect, was_tried=was_tried)
                case AttachPhotos():
                    self.case_photos.attach(effect)
                case TellCaseNews():
                    self._tell(effect_id, effect)
                case TranslateForStaff():
                    self.translating.translate(effect)
                case _:
                    assert_never(effect)
        except (Retryable, Permanent) as error:
            self.store.mark_failed(effect_id, str(error))
            self.metrics.effects.labels(effect.type, type(error).__name__.lower()).inc()
            raise
        self.store.mark_delivered(effect_id, self.clock())
        self.metrics.effects.labels(effect.type, "done").inc()

    def give_up(self, effect_id: str) -> None:
        """Note that an effect failed for good and put it before people; it stays listed until one requeues it."""
        self.staff.note_given_up(effect_id)
        if self.failures.give_up(effect_id, self.clock()):
            _log.error("effect_given_up", effect=effect_id)

    def _send(self, effect_id: str, effect: SendReply) -> None:
        contact, is_opted_out = self.store.contact(effect.contact_id)
        if is_opted_out or not contact.startswith("+"):
            return
        text = text_of(effect.reply)
        segments = count_segments(text)
        try:
            provider_id = self.texts.send(contact, text)
        except SendRetryableError as error:
            raise Retryable(str(error)) from error
        except SendPermanentError as error:
            if error.code == OPTED_OUT:
                self.store.opt_out_by_carrier(effect.contact_id, self.clock())
                return
            raise Permanent(str(error)) from error
        self.receipts.note_sent(effect_id, provider_id)
        self.metrics.segments.labels(segments.encoding).inc(segments.count)

    def _let_out(self, effect_id: str, effect: SendStaffMessage) -> None:
        text = self.staff.let_out(effect)
        if text is not None:
            self._send(effect_id, text)
            self.staff.note_sent(effect)

    def _tell(self, effect_id: str, effect: TellCaseNews) -> None:
        text = self.word_news(effect)
        if text is not None:
            self._send(effect_id, text)

    def _fetch(self, effect: FetchAttachment) -> None:
        attachment = self.store.attachment(effect.attachment_id)
        if attachment.state != "waiting" or attachment.url is None:
            return
        try:
            key = self.photos.keep(self.media.fetch(attachment.url))
        except MediaRetryableError as error:
            raise Retryable(str(error)) from error
        except (MediaRefusedError, TellResident) as error:
            self.store.save_attachment(attachment.id, key=None, content_type=attachment.content_type, reason=str(error))
            return
        self.store.save_attachment(attachment.id, key=key, content_type="image/jpeg")
