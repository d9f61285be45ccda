"""What agents corrected, and a random sample to read blindly, out of the service's database and without personal data."""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import Connection, MetaData, Select, Table, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from nlp.personal_data import redact
from training.errors import TrainingError

_LABEL_COLUMNS = ("message", "language", "channel", "text", "field", "before", "after", "at")
_SAMPLE_COLUMNS = ("message", "language", "channel", "text", "kind", "label", "note")


@dataclass(frozen=True)
class Labels:
    """A read-only look into the service's database; the tables are read as they are found there (the service is never imported)."""

    url: str

    def corrections(self) -> list[dict[str, str]]:
        """All corrections that stand, oldest first, with redacted texts. Raises TrainingError where the database cannot be read."""
        messages, labels = self._tables("messages", "labels")
        columns = (*_message_columns(messages), labels.c.field, labels.c.before, labels.c.after, labels.c.at)
        joined = select(*columns).join(labels, labels.c.message_id == messages.c.id)
        return self._rows(joined.where(labels.c.undone_at.is_(None)).order_by(labels.c.id))

    def sample(self, size: int, seed: int) -> list[dict[str, str]]:
        """A random sample of messages without what was understood of them: a blind audit must not see the answer."""
        (messages,) = self._tables("messages")
        rows = self._rows(select(*_message_columns(messages)).order_by(messages.c.id))
        with_words = [row for row in rows if any(c.isalnum() for c in row["text"])]
        chosen = random.Random(seed).sample(with_words, min(size, len(with_words)))  # noqa: S311 - a sample, no secret.
        return [{**row, "kind": "", "label": "", "note": ""} for row in chosen]

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that leaves no pool behind, whatever happens."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def _tables(self, *names: str) -> list[Table]:
        try:
            metadata = MetaData()
            with self._connected() as connection:
                metadata.reflect(connection, only=list(names))
        except SQLAlchemyError as error:
            raise TrainingError(f"The service's database cannot be read ({error}). Name it: --database URL") from error
        return [metadata.tables[name] for name in names]

    def _rows(self, query: Select[Any]) -> list[dict[str, str]]:
        with self._connected() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        return [{name: _readable(name, value) for name, value in row.items()} for row in rows]


def write_corrections(rows: Sequence[dict[str, str]], target: TextIO) -> None:
    """Write corrections as CSV."""
    _write(rows, _LABEL_COLUMNS, target)


def write_sample(rows: Sequence[dict[str, str]], target: TextIO) -> None:
    """Write a blind sample as CSV, with empty columns to fill in."""
    _write(rows, _SAMPLE_COLUMNS, target)


def default_database(var_folder: Path, city: str) -> str:
    """Where the service keeps its database when nothing else is set."""
    return f"sqlite:///{var_folder / city / 'intake.db'}"


def _message_columns(messages: Table) -> tuple[Any, ...]:
    return (messages.c.id.label("message"), messages.c.language, messages.c.channel, messages.c.text)


def _readable(name: str, value: object) -> str:
    text = "" if value is None else str(value)
    return redact(text) if name == "text" else text


def _write(rows: Iterable[dict[str, str]], columns: Sequence[str], target: TextIO) -> None:
    writer = csv.DictWriter(target, columns)
    writer.writeheader()
    writer.writerows(rows)
