"""The delivery engine: DBOS keeps queues and steps in our own database, so an effect is enqueued in the same transaction as its case."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from intake.delivering.delivery import Delivery
from intake.delivering.executors import Executors
from intake.errors import Permanent

QUEUE = "effects"
# What other systems get waits in a queue of its own: a CRM that is down must not hold up a text to a resident.
RECEIVERS = "receivers"
WORKFLOW, RECEIVER_WORKFLOW = "deliver_effect", "deliver_to_receiver"
_FIRST_RETRY_SECONDS = 2.0
_ATTEMPTS, _RECEIVER_ATTEMPTS = 10, 14
_BACKOFF = 1.7
_RECOVERIES = 10_000
_BEAT_SECONDS, _TAKE_OVER_SECONDS = 5, 10
_MINUTE = 60
# Seven in the morning UTC is the small hours in all of the United States.
_NIGHTLY = "0 10 7 * * *"
_AFTER_NIGHTLY = "0 40 7 * * *"
_REMINDERS = "0 */10 * * * *"


class DurableOutbox:
    """Enqueues effects with DBOS. A conversation is a partition with one worker, which keeps its effects in order.

    The engine's tables are made here too: a process that only answers may be the first to write.
    """

    def __init__(self, engine: Engine) -> None:
        DBOS.migrate(engine.url.render_as_string(hide_password=False))
        self._engine = engine
        self._client: DBOSClient | None = None

    def put(
        self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool, name: str = "", delay_seconds: float = 0
    ) -> None:
        """Enqueue within the caller's transaction: a rollback leaves nothing."""
        if self._client is None:
            self._client = DBOSClient(system_database_engine=self._engine, dbos_system_schema=schema_of(self._engine))
        options: EnqueueOptions = {
            "queue_name": RECEIVERS if is_for_receiver else QUEUE,
            "workflow_name": RECEIVER_WORKFLOW if is_for_receiver else WORKFLOW,
            "workflow_id": name or effect_id,
            "queue_partition_key": partition,
        }
        if delay_seconds:
            options["delay_seconds"] = delay_seconds
        self._client.enqueue_in_transaction(session, options, effect_id)


class HeldOutbox:
    """Keeps ids in memory, for tests and tools that deliver by hand."""

    def __init__(self) -> None:
        self.effect_ids: list[str] = []
        self.delays: list[float] = []

    def put(
        self, session: Session, effect_id: str, *, partition: str, is_for_receiver: bool, name: str = "", delay_seconds: float = 0
    ) -> None:
        """Remember the id."""
        self.effect_ids.append(effect_id)
        self.delays.append(delay_seconds)


@dataclass(frozen=True)
class Engineering:
    """What the engine is told at the start; `executor_id` must be the same after every restart of this process."""

    database_url: str
    executor_id: str
    sweep_seconds: int
    poll_seconds: int
    silent_seconds: int
    receiver_calls_per_minute: int
    receiver_retry_seconds: float


def schema_of(engine: Engine) -> str | None:
    """DBOS keeps its tables in a schema of its own where the database has schemas."""
    return None if engine.dialect.name == "sqlite" else "dbos"


def launch(
    engineering: Engineering,
    delivery: Delivery,
    executors: Executors,
    *,
    sweep: Callable[[], int],
    nightly: Callable[[], int],
    remind: Callable[[], int],
    retain: Callable[[], int],
) -> None:
    """Start delivering in this process, and its scheduled work. DBOS is one for each process."""
    config: DBOSConfig = {
        "name": "intake",
        "system_database_url": engineering.database_url,
        "executor_id": engineering.executor_id,
        # Every release may finish what an older one enqueued: an effect's payload is versioned by its type.
        "application_version": "1",
        "log_level": "ERROR",
        "scheduler_polling_interval_sec": 5.0,
    }
    executors.start_beating(_BEAT_SECONDS)
    DBOS(config=config)
    _register_delivery(WORKFLOW, delivery, first_pause=_FIRST_RETRY_SECONDS, attempts=_ATTEMPTS)
    _register_delivery(RECEIVER_WORKFLOW, delivery, first_pause=engineering.receiver_retry_seconds, attempts=_RECEIVER_ATTEMPTS)
    schedules = [
        _scheduled("nightly", _NIGHTLY, nightly),
        _scheduled("retention", _AFTER_NIGHTLY, retain),
        _scheduled("reminders", _REMINDERS, remind),
        _scheduled("sweep", _every(engineering.sweep_seconds), sweep),
        _scheduled("poll", _every(engineering.poll_seconds), delivery.receivers.poll),
        _scheduled("take_over", _every(_TAKE_OVER_SECONDS), lambda: _take_over(executors, engineering.silent_seconds)),
    ]
    DBOS.launch()
    DBOS.register_queue(QUEUE, partition_concurrency=1, worker_concurrency=4, polling_interval_sec=0.5)
    DBOS.register_queue(
        RECEIVERS,
        partition_concurrency=1,
        worker_concurrency=8,
        limiter={"limit": engineering.receiver_calls_per_minute, "period": 60.0},
        polling_interval_sec=0.5,
    )
    DBOS.apply_schedules(schedules)


def _register_delivery(name: str, delivery: Delivery, *, first_pause: float, attempts: int) -> None:
    """Register the workflow that carries out one effect: a step that is tried again with growing pauses, then given up."""

    @DBOS.step(
        name=f"{name}_once",
        retries_allowed=True,
        interval_seconds=first_pause,
        max_attempts=attempts,
        backoff_rate=_BACKOFF,
        should_retry=lambda error: not isinstance(error, Permanent),
    )
    def deliver_once(effect_id: str) -> None:
        delivery.deliver(effect_id)

    # A process that is killed over and over must not use up an effect's tries.
    @DBOS.workflow(name=name, max_recovery_attempts=_RECOVERIES)
    def deliver_effect(effect_id: str) -> None:
        try:
            deliver_once(effect_id)
        except Exception:
            delivery.give_up(effect_id)
            raise


def _every(seconds: int) -> str:
    """The six-field cron words for every so many seconds; from a minute on, for whole minutes."""
    return f"*/{seconds} * * * * *" if seconds < _MINUTE else f"0 */{max(1, seconds // _MINUTE)} * * * *"


def _scheduled(name: str, schedule: str, work: Callable[[], int]) -> Any:
    """Register a workflow of one step, run on a schedule by one of the processes."""

    @DBOS.step(name=f"{name}_step")
    def step() -> int:
        return work()

    @DBOS.workflow(name=f"{name}_on_schedule")
    def on_schedule(at: datetime, context: Any) -> None:
        step()

    return {"schedule_name": name, "workflow_fn": on_schedule, "schedule": schedule, "context": None}


def _take_over(executors: Executors, silent_seconds: int) -> int:
    """Let the living take over what processes that fell silent were at; each effect is safe to begin again."""
    silent = executors.silent(silent_seconds)
    if not silent:
        return 0
    left = DBOS.list_workflows(status="PENDING", executor_id=silent, load_input=False, load_output=False)
    for workflow in left:
        DBOS.resume_workflow(workflow.workflow_id)
    return len(left)


def stop() -> None:
    """Let running effects finish for a moment, then stop; what is not finished is resumed at the next start."""
    DBOS.destroy(workflow_completion_timeout_sec=3, destroy_registry=True)
