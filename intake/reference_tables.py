"""Tables that hold nothing of residents: assets, keys for machines, and how delivery stands."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from intake.tables import Table


class AssetTable(Table):
    """Something of the city's that stands somewhere: a lamp, a tree, a hydrant. `source_id` is its owner's number for it."""

    __tablename__ = "assets"
    __table_args__ = (
        UniqueConstraint("asset_class", "source_id", name="uq_assets_asset_class_source_id"),
        Index("ix_assets_asset_class_cell", "asset_class", "cell"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asset_class: Mapped[str] = mapped_column(String(40))
    source_id: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(120))
    latitude: Mapped[float]
    longitude: Mapped[float]
    cell: Mapped[int] = mapped_column(BigInteger)
    is_active: Mapped[bool]
    imported_at: Mapped[datetime]


class PollTable(Table):
    """How far another system's changes have been read."""

    __tablename__ = "polls"

    system: Mapped[str] = mapped_column(String(20), primary_key=True)
    since: Mapped[datetime]


class ExecutorTable(Table):
    """A process that delivers, and when it last said that it lives."""

    __tablename__ = "executors"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime]


class ApiKeyTable(Table):
    """A key for machines: only its hash is kept, so it is shown once, when it is made."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
