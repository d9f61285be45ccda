"""Effects: things to do that are stored with a decision and delivered after it is committed."""

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from channels.messages import Reply


@dataclass(frozen=True)
class SendReply:
    """Send a reply that could not be given in the provider's own request (a sweep, a text after a call)."""

    channel: str
    contact_id: int
    reply: Reply
    type: Literal["send_reply"] = "send_reply"


@dataclass(frozen=True)
class FetchAttachment:
    """Fetch a photo from the provider, check it, and keep it."""

    attachment_id: int
    type: Literal["fetch_attachment"] = "fetch_attachment"


@dataclass(frozen=True)
class AlertStaff:
    """Tell staff at once: life-safety words, or a delivery that failed for good."""

    message_id: int
    about: str
    type: Literal["alert_staff"] = "alert_staff"


@dataclass(frozen=True)
class FileCase:
    """File a case in the city's CRM; its work orders follow once that is done."""

    case_id: int
    type: Literal["file_case"] = "file_case"


@dataclass(frozen=True)
class FileWorkOrder:
    """File a work order in the city's asset system."""

    work_order_id: int
    type: Literal["file_work_order"] = "file_work_order"


@dataclass(frozen=True)
class AttachPhotos:
    """Hand the photos of a case's report over to the asset system, beside the work order."""

    work_order_id: int
    type: Literal["attach_photos"] = "attach_photos"


@dataclass(frozen=True)
class TellCaseNews:
    """Tell somebody that their case was closed or opened again. `event_id` makes it one message an event.

    `follower_id` is a row of those who joined the case, None for whoever reported it.
    """

    case_id: int
    event_id: int
    follower_id: int | None = None
    type: Literal["tell_case_news"] = "tell_case_news"


@dataclass(frozen=True)
class SendStaffMessage:
    """Send what a person wrote to a resident: as a text message, or by letting their chat fetch it."""

    staff_message_id: int
    type: Literal["send_staff_message"] = "send_staff_message"


@dataclass(frozen=True)
class TranslateForStaff:
    """Translate a resident's message into English for the people who work with it, after it was answered."""

    message_id: int
    language: str
    type: Literal["translate_for_staff"] = "translate_for_staff"


Effect = (
    SendReply
    | SendStaffMessage
    | FetchAttachment
    | AlertStaff
    | FileCase
    | FileWorkOrder
    | AttachPhotos
    | TellCaseNews
    | TranslateForStaff
)
EFFECT: TypeAdapter[Effect] = TypeAdapter(Effect)
