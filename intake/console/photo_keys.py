"""Where the photo of an attachment is kept."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intake.tables import AttachmentTable

_STORED = "stored"


def photo_key(engine: Engine, attachment_id: int) -> str | None:
    """The key of an attachment's stored photo; None where there is no such attachment, or no photo (yet)."""
    with Session(engine) as session:
        row = session.get(AttachmentTable, attachment_id)
        return None if row is None or row.state != _STORED else row.key
