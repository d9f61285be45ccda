"""The delivery engine: DBOS keeps queues and steps in our own database, so an effect is enqueued in the same transaction as its case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intake.delivery import Delivery
from intake.errors import Permanent

QUEUE = "effects"
# What other systems get waits in a queue of its own: a CRM that is down must not hold up a text to a resident.
RECEIVERS = "receivers"
WORKFLOW = "deliver_effect"
_FIRST_RETRY_SECONDS = 2.0
_ATTEMPTS = 10


class DurableOutbox:
    """Enqueues effects with DBOS. A conversation is a partition with one worker, which keeps its effects in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._client: DBOSClient | None = None

    def put(self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool) -> None:
        """Enqueue within the caller's transaction: a rollback leaves nothing."""
        if self._client is None:
            self._client = DBOSClient(system_database_engine=self._engine, dbos_system_schema=schema_of(self._engine))
        self._client.enqueue_in_transaction(
            session,
            {
                "queue_name": RECEIVERS if is_for_receiver else QUEUE,
                "workflow_name": WORKFLOW,
                "workflow_id": effect_id,
                "queue_partition_key": partition,
            },
            effect_id,
        )


class HeldOutbox:
    """Keeps ids in memory, for tests and tools that deliver by hand."""

    def __init__(self) -> None:
        self.effect_ids: list[str] = []

    def put(self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool) -> None:
        """Remember the id."""
        self.effect_ids.append(effect_id)


@dataclass(frozen=True)
class Engineering:
    """What the engine is told at the start."""

    database_url: str
    executor_id: str
    sweep_seconds: int


def schema_of(engine: Engine) -> str | None:
    """DBOS keeps its tables in a schema of its own where the database has schemas."""
    return None if engine.dialect.name == "sqlite" else "dbos"


def launch(engineering: Engineering, delivery: Delivery, sweep: Callable[[], int]) -> None:
    """Start delivering in this process, and sweeping on a schedule. DBOS is one for each process."""
    config: DBOSConfig = {
        "name": "intake",
        "system_database_url": engineering.database_url,
        "executor_id": engineering.executor_id,
        # Every release may finish what an older one enqueued: an effect's payload is versioned by its type.
        "application_version": "1",
        "log_level": "ERROR",
        "scheduler_polling_interval_sec": 5.0,
    }
    DBOS(config=config)

    @DBOS.step(
        name="deliver_once",
        retries_allowed=True,
        interval_seconds=_FIRST_RETRY_SECONDS,
        max_attempts=_ATTEMPTS,
        backoff_rate=2.0,
        should_retry=lambda error: not isinstance(error, Permanent),
    )
    def deliver_once(effect_id: str) -> None:
        delivery.deliver(effect_id)

    @DBOS.workflow(name=WORKFLOW)
    def deliver_effect(effect_id: str) -> None:
        try:
            deliver_once(effect_id)
        except Exception:
            delivery.give_up(effect_id)
            raise

    @DBOS.workflow(name="sweep_unhandled")
    def sweep_unhandled(at: datetime, context: Any) -> None:
        sweep_step()

    @DBOS.step(name="sweep_step")
    def sweep_step() -> int:
        return sweep()

    DBOS.launch()
    DBOS.register_queue(QUEUE, partition_concurrency=1, worker_concurrency=4, polling_interval_sec=0.5)
    DBOS.apply_schedules(
        [
            {
                "schedule_name": "sweep",
                "workflow_fn": sweep_unhandled,
                "schedule": f"*/{engineering.sweep_seconds} * * * * *",
                "context": None,
            }
        ]
    )


def stop() -> None:
    """Let running effects finish for a moment, then stop; what is not finished is resumed at the next start."""
    DBOS.destroy(workflow_completion_timeout_sec=3, destroy_registry=True)
