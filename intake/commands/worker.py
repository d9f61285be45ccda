"""`worker`: delivery alone, in as many processes as there is work for; they share the queue in the database."""

import argparse
import signal
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.console.idle_talks import release_idle
from intake.logs import set_up_logs
from intake.pipeline import answer_unhandled
from intake.settings import Settings
from intake.the_city import load_the_city
from intake.wiring import build_service
from intake.wiring_delivery import Delivering, build_delivering
from nlp.lexicon import load_lexicons


def add_worker(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("worker", help="deliver effects, poll other systems and sweep, without answering")
    parser.add_argument("--name", default="", help="a stable name; its work is resumed when a process of this name starts again")
    parser.set_defaults(run=_work)


def _work(options: argparse.Namespace) -> int:
    settings = Settings()
    if options.name:
        settings = settings.model_copy(update={"executor_id": options.name})
    set_up_logs(settings.log_level)
    city = load_the_city(settings)
    lexicons = {code: lexicon for code, lexicon in load_lexicons().items() if code in city.languages}
    delivering = build_delivering(settings, city, lexicons, clock=_now, outbox=None)
    stopping = threading.Event()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_, lambda *_: stopping.set())
    delivering.start(lambda: _sweep(delivering))
    print(f"delivering as {delivering.executors.own}; stop with Ctrl-C", flush=True)
    stopping.wait()
    delivering.stop()
    return 0


def _sweep(delivering: Delivering) -> int:
    """Put talks back whose holder went away, and answer what was recorded but never handled. Models are loaded only where there is something: it is rare."""
    release_idle(delivering.engine, delivering.store, _now())
    before = _now() - timedelta(seconds=delivering.settings.sweep_after_seconds)
    if not delivering.store.unhandled(before, attempts_below=1):
        return 0
    service = build_service(delivering.settings)
    try:
        return answer_unhandled(service.intake, before, _now())
    finally:
        service.engine.dispose()


def _now() -> datetime:
    return datetime.now(UTC)
