"""What tests share: the trained parts of a city, a database of their own, and a service around both."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import structlog
from fastapi.testclient import TestClient
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr

from intake.delivering.durable import HeldOutbox
from intake.http.app import create_app
from intake.settings import Settings
from intake.wiring import Service, build_service, build_understanding
from routing.comprehension import Comprehension

# Machines are noisy: a slow example is no wrong one.
hypothesis_settings.register_profile("intake", deadline=None)
hypothesis_settings.load_profile("intake")

AUTH_TOKEN = "a token of tests"
ACCOUNT = "AC00000000000000000000000000000000"
PUBLIC_URL = "https://311.example.org"
API_KEY = "a key of tests"


class Clock:
    """A time that tests move by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_hours(self, hours: float) -> None:
        self.now += timedelta(hours=hours)


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """A command sets up logs for its process; the next test is another."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def understanding() -> Comprehension:
    """The reference city with its starter bundle, loaded once."""
    return build_understanding(Settings())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outbox() -> HeldOutbox:
    return HeldOutbox()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with Twilio set up, on a database and folders of this test's own."""
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'intake.db'}",
        contact_key=SecretStr("a key of tests, long enough"),
        public_url=PUBLIC_URL,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(AUTH_TOKEN),
        twilio_from="+16175550311",
        transcript_api_keys=[SecretStr(API_KEY)],
        var_folder=tmp_path / "var",
    )


@pytest.fixture
def service(settings: Settings, understanding: Comprehension, clock: Clock, outbox: HeldOutbox) -> Iterator[Service]:
    built = build_service(settings, clock=clock, outbox=outbox, understanding=understanding)
    yield built
    built.engine.dispose()


@pytest.fixture
def client(service: Service) -> Iterator[TestClient]:
    with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as started:
        yield started


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind that the service runs on; PostgreSQL where a server is there (PGHOST)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'intake.db'}"
        return
    with new_postgres_database() as url:
        yield url


class new_postgres_database:  # noqa: N801 - used as a context manager.
    """Creates a database on the server that the PG* variables name, and drops it at the end."""

    def __enter__(self) -> str:
        if "PGHOST" not in os.environ:
            pytest.skip("no PostgreSQL server (run under pg_virtualenv)")
        self._name = f"intake_{uuid4().hex}"
        with psycopg.connect(autocommit=True, dbname="postgres") as connection:
            connection.execute(f"CREATE DATABASE {self._name}".encode())
        user, password = os.environ["PGUSER"], os.environ["PGPASSWORD"]
        return f"postgresql+psycopg://{user}:{password}@{os.environ['PGHOST']}:{os.environ['PGPORT']}/{self._name}"

    def __exit__(self, *error: object) -> None:
        with psycopg.connect(autocommit=True, dbname="postgres") as connection:
            connection.execute(f"DROP DATABASE {self._name} WITH (FORCE)".encode())


@pytest.fixture
def service_on(
    settings: Settings, understanding: Comprehension, clock: Clock, outbox: HeldOutbox
) -> Iterator[Callable[[str], Service]]:
    """Builds services on given databases."""
    built: list[Service] = []

    def build(url: str) -> Service:
        changed = settings.model_copy(update={"database_url": url})
        built.append(build_service(changed, clock=clock, outbox=outbox, understanding=understanding))
        return built[-1]

    yield build
    for one in built:
        one.engine.dispose()
