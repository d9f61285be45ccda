"""Processes that deliver say that they live; the work of one that fell silent is taken over by the others."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread

import structlog
from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from intake.database import WRITES
from intake.reference_tables import ExecutorTable

_log = structlog.get_logger()
# A name that was silent for so long is forgotten: its work was taken over long ago.
_FORGOTTEN_AFTER = timedelta(days=1)


class Executors:
    """The processes of this service, by the stable names that the delivery engine knows them by."""

    def __init__(self, engine: Engine, own: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self.own = own
        self._clock = clock
        self._stopping = Event()

    def start_beating(self, seconds: float) -> None:
        """Say so every few seconds, in a thread of its own: the engine's schedules run in one process only."""
        self.beat()
        Thread(target=self._beat_on, args=(seconds,), name="beat", daemon=True).start()

    def stop_beating(self) -> None:
        """Fall silent; the others take over what is left."""
        self._stopping.set()

    def _beat_on(self, seconds: float) -> None:
        while not self._stopping.wait(seconds):
            try:
                self.beat()
            except SQLAlchemyError:
                _log.warning("beat_missed", executor=self.own)

    def beat(self) -> None:
        """Say that this process lives."""
        now = self._clock()
        with Session(self._writer) as session, session.begin():
            session.merge(ExecutorTable(id=self.own, seen_at=now))
            session.execute(delete(ExecutorTable).where(ExecutorTable.seen_at < now - _FORGOTTEN_AFTER))

    def silent(self, seconds: float) -> list[str]:
        """The other processes that were not heard of for so long."""
        query = select(ExecutorTable.id).where(
            ExecutorTable.seen_at < self._clock() - timedelta(seconds=seconds), ExecutorTable.id != self.own
        )
        with Session(self._engine) as session:
            return list(session.scalars(query))
