"""Tables of what goes out: effects, cases' records in other systems, and crews' work orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Table


class CaseLinkTable(Table):
    """A case's record in another system. `correlation` is ours, stored there too; `remote_id` is empty until it is filed."""

    __tablename__ = "case_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    system: Mapped[str] = mapped_column(String(20))
    correlation: Mapped[str] = mapped_column(String(60), unique=True)
    remote_id: Mapped[str | None] = mapped_column(String(120))
    remote_number: Mapped[str | None] = mapped_column(String(60))
    remote_status: Mapped[str | None] = mapped_column(String(60))
    filed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]


class WorkOrderTable(Table):
    """A department's task for a case, at an asset (its owner's number) where one is known; `system` is empty where it lives here alone."""

    __tablename__ = "work_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    correlation: Mapped[str] = mapped_column(String(60), unique=True)
    department: Mapped[str] = mapped_column(String(30))
    asset_class: Mapped[str] = mapped_column(String(40))
    asset: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(12))
    system: Mapped[str] = mapped_column(String(20))
    remote_id: Mapped[str | None] = mapped_column(String(120))
    remote_number: Mapped[str | None] = mapped_column(String(60))
    remote_status: Mapped[str | None] = mapped_column(String(60))
    opened_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class EffectTable(Table):
    """A thing to do, stored with the decision; the delivery engine runs it under the same id."""

    __tablename__ = "effects"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None] = mapped_column(index=True)
    canceled_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(String(64), index=True)
    receipt: Mapped[str | None] = mapped_column(String(16))
