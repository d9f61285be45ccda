"""Alembic's entry: runs the revisions against the URL that the service gives."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from intake.database import make_engine
from intake.tables import Table, UtcDateTime


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our time type as what it is in the database, so that old revisions never import present code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


engine = make_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, render_item=render_item)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
