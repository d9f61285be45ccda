"""`make soak`: cases on their way to a CRM and an asset system that fail, dawdle and lose answers, while the delivering processes are killed.

Bounded in count and time. It ends with the figures, and with status 1 where a case is missing, doubled or out of order.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from channels.messages import Channel, InboundMessage
from intake.delivery_tables import EffectTable
from intake.settings import ROOT, Settings
from intake.tables import CaseEventTable
from intake.wiring_delivery import Delivering, build_delivering
from nlp.lexicon import load_lexicons
from routing.catalog import Service
from routing.city import City, load_city
from routing.deadlines import due_at
from routing.drafts import CaseDraft, Place, Precision
from tests.conftest import new_postgres_database
from tests.fake_cartegraph import ORG, FakeCartegraph
from tests.fake_cartegraph import PASSWORD as CARTEGRAPH_PASSWORD
from tests.fake_cartegraph import USER as CARTEGRAPH_USER
from tests.fake_creatio import PASSWORD as CREATIO_PASSWORD
from tests.fake_creatio import USER as CREATIO_USER
from tests.fake_creatio import FakeCreatio

_SERVICE = "STRLGTOUT"
_SYSTEMS = """\
creatio: {{base_url: "{creatio}", origin: "311"}}
cartegraph: {{base_url: "{cartegraph}", org: {org}, activity: Repair, asset_types: {{street_light: Street Light}}}}
"""


@dataclass
class Worker:
    """A delivering process with a stable name."""

    name: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "intake", "worker", "--name", self.name],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def main() -> int:
    options = _options()
    chance = random.Random(options.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(_database(options.database, folder))
        creatio, cartegraph = stack.enter_context(FakeCreatio()), stack.enter_context(FakeCartegraph())
        for fake in (creatio, cartegraph):
            fake.fail_share, fake.lose_share, fake.delay_seconds = options.fail, options.lose, options.delay
        settings = _settings(url, folder, creatio, cartegraph)
        city = load_city(settings.cities_folder / settings.city)
        delivering = build_delivering(settings, city, load_lexicons(), clock=_now, outbox=None)
        _open_cases(delivering, city, options.cases)
        workers = [Worker(f"soak-{number}", _environment(settings)) for number in range(options.processes)]
        begin = time.monotonic()
        kills = _run(workers, delivering, options, chance)
        seconds = time.monotonic() - begin
        delivering.engine.dispose()
        return _report(delivering, creatio, cartegraph, options, seconds, kills)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=10, help="the most that it may take")
    parser.add_argument("--kill-every", type=float, default=12, help="seconds between kills; starting takes some four")
    parser.add_argument("--fail", type=float, default=0.3)
    parser.add_argument("--lose", type=float, default=0.1)
    parser.add_argument("--delay", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=311)
    return parser.parse_args()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'soak.db'}"
        return
    with new_postgres_database() as url:
        yield url


def _settings(url: str, folder: Path, creatio: FakeCreatio, cartegraph: FakeCartegraph) -> Settings:
    systems = folder / "systems.yaml"
    systems.write_text(_SYSTEMS.format(creatio=creatio.url, cartegraph=cartegraph.url, org=ORG), encoding="utf-8")
    return Settings(database_url=url, systems_file=systems, contact_key=SecretStr("a key of the soak, long enough"))


def _environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "INTAKE_DATABASE_URL": settings.database_url,
        "INTAKE_SYSTEMS_FILE": str(settings.systems_file),
        "INTAKE_CONTACT_KEY": settings.contact_key.get_secret_value(),
        "INTAKE_CREATIO_USER": CREATIO_USER,
        "INTAKE_CREATIO_PASSWORD": CREATIO_PASSWORD,
        "INTAKE_CARTEGRAPH_USER": CARTEGRAPH_USER,
        "INTAKE_CARTEGRAPH_PASSWORD": CARTEGRAPH_PASSWORD,
        "INTAKE_RECEIVER_RETRY_SECONDS": "0.2",
        "INTAKE_RECEIVER_CALLS_PER_MINUTE": "6000",
        "INTAKE_EXECUTOR_SILENT_SECONDS": "12",
        "INTAKE_POLL_SECONDS": "30",
    }


def _open_cases(delivering: Delivering, city: City, count: int) -> None:
    service: Service = city.catalog.services[_SERVICE]
    for number in tqdm(range(count), desc="opening cases", disable=None):
        now = _now()
        inbound = InboundMessage(Channel.OPEN311, f"soak-{number}", f"open311:soak-{number}", f"lamp {number} is out", now)
        receipt = delivering.store.record(inbound)
        place = Place(f"{number} Adams St", Precision.ADDRESS, 42.3, -71.06)
        with delivering.store.transaction() as work:
            held = work.lock(receipt.message_id)
            draft = CaseDraft(_SERVICE, inbound.text, 1.0, place)
            case = work.open_case(held, draft, service, "en", now, due_at(now, service.deadline, city.hours, city.timezone))
            work.finish(held.message_id, (), (case,), "en", now)


def _run(workers: list[Worker], delivering: Delivering, options: argparse.Namespace, chance: random.Random) -> int:
    """Let the workers work, and kill one of them now and then, until all is filed or time is up; return the kills."""
    kills = 0
    for worker in workers:
        worker.start()
    deadline, next_kill = time.monotonic() + options.minutes * 60, time.monotonic() + options.kill_every
    with tqdm(total=2 * options.cases, desc="filed", disable=None) as bar:
        while time.monotonic() < deadline:
            time.sleep(0.5)
            done = _delivered(delivering)
            bar.update(done - bar.n)
            if done >= 2 * options.cases:
                break
            if time.monotonic() >= next_kill:
                victim = chance.choice(workers)
                victim.kill()
                kills += 1
                victim.start()
                next_kill = time.monotonic() + options.kill_every
    for worker in workers:
        worker.kill()
    return kills


def _delivered(delivering: Delivering) -> int:
    with Session(delivering.engine) as session:
        return session.scalar(select(func.count()).select_from(EffectTable).where(EffectTable.delivered_at.is_not(None))) or 0


def _report(
    delivering: Delivering,
    creatio: FakeCreatio,
    cartegraph: FakeCartegraph,
    options: argparse.Namespace,
    seconds: float,
    kills: int,
) -> int:
    cases = Counter(case[creatio.column] for case in creatio.cases)
    tasks = Counter(task["RequestIDField"] for task in cartegraph.tasks)
    doubled = [name for counted in (cases, tasks) for name, count in counted.items() if count > 1]
    with Session(delivering.engine) as session:
        events = session.execute(select(CaseEventTable.case_id, CaseEventTable.name).order_by(CaseEventTable.id)).all()
        given_up = session.scalar(select(func.count()).select_from(EffectTable).where(EffectTable.given_up_at.is_not(None)))
    by_case: dict[int, list[str]] = {}
    for case_id, name in events:
        by_case.setdefault(case_id, []).append(name)
    in_order = sum(names == ["opened", "filed", "work_order_filed"] for names in by_case.values())
    print(f"{options.database}, {options.processes} processes, {options.cases} cases, {seconds:.0f} s, {kills} kills (SIGKILL)")
    print(f"receivers: {options.fail:.0%} of calls fail, {options.lose:.0%} of answers lost, {options.delay} s each")
    print(f"calls: {len(creatio.asked)} to the CRM, {len(cartegraph.asked)} to the asset system")
    print(f"CRM: {len(cases)} cases; asset system: {len(tasks)} work orders; doubled: {len(doubled)}; in order: {in_order}")
    print(f"given up: {given_up}")
    is_right = len(cases) == len(tasks) == in_order == options.cases and not doubled
    print("every case exactly once, in order" if is_right else f"NOT RIGHT; doubled: {doubled[:10]}")
    return 0 if is_right else 1


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
