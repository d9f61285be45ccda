"""The database engine, and the two kinds of transaction: one that reads, one that writes."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from intake.tables import Table

_MIGRATIONS = Path(__file__).parent / "migrations"
WRITES = {"writes": True}


def make_engine(url: str) -> Engine:
    """Create an engine for SQLite (write-ahead log, foreign keys) or PostgreSQL, with the same behaviour."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(url: str) -> None:
    """Bring the database's tables to the newest revision; a second call finds nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["url"] = url
    command.upgrade(config, "head")


def insert_once(session: Session, table: type[Table], values: dict[str, Any], unique: tuple[str, ...]) -> bool:
    """Insert a row unless one with the same `unique` columns is there; return whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing(index_elements=list(unique))
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _prepare_sqlite(connection: Any, record: object) -> None:
    # SQLAlchemy shall begin transactions itself, see _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails under load in SQLite, so writers take their lock at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
