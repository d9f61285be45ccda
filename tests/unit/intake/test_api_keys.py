"""Keys for machines: shown once, checked by scope, ended for good."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from intake.__main__ import main
from intake.api_keys import ApiKeys
from intake.database import make_engine, migrate
from intake.open311.limits import CallerLimit
from intake.reference_tables import ApiKeyTable

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def keys(database_url: str) -> Iterator[ApiKeys]:
    migrate(database_url)
    engine = make_engine(database_url)
    yield ApiKeys(engine)
    engine.dispose()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("INTAKE_DATABASE_URL", f"sqlite:///{tmp_path / 'keys.db'}")

    def run_keys(*arguments: str) -> tuple[int, str, str]:
        status = main(["keys", *arguments])
        return status, *capsys.readouterr()

    return run_keys


def test_a_key_opens_what_it_was_made_for_and_tells_whose_it_is(keys: ApiKeys) -> None:
    key = keys.add("an app", ["open311"], NOW)
    assert key.startswith("sk_")
    assert len(key) >= 40
    assert keys.check(key, "open311") == "an app"
    assert keys.check(key, "something else") is None
    assert keys.check(f"{key}x", "open311") is None
    assert keys.check("", "open311") is None


def test_the_key_itself_is_nowhere_in_the_database(keys: ApiKeys) -> None:
    key = keys.add("an app", ["open311"], NOW)
    with Session(keys._engine) as session:
        row = session.query(ApiKeyTable).one()
    assert key not in str(vars(row))
    assert key.removeprefix("sk_") not in str(vars(row))


def test_a_revoked_key_opens_nothing_and_stays_listed(keys: ApiKeys) -> None:
    key = keys.add("an app", ["open311"], NOW)
    assert keys.revoke("an app", NOW)
    assert keys.check(key, "open311") is None
    assert [(one.name, one.revoked_at) for one in keys.list()] == [("an app", NOW)]


def test_revoking_what_is_not_in_use_says_so(keys: ApiKeys) -> None:
    keys.add("an app", ["open311"], NOW)
    assert not keys.revoke("another", NOW)
    assert keys.revoke("an app", NOW)
    assert not keys.revoke("an app", NOW)


def test_a_name_is_never_given_twice(keys: ApiKeys) -> None:
    keys.add("an app", ["open311"], NOW)
    keys.revoke("an app", NOW)
    with pytest.raises(ValueError, match="choose another name"):
        keys.add("an app", ["open311"], NOW)


@pytest.mark.parametrize(
    ("name", "scopes"), [("", ["open311"]), ("n" * 61, ["open311"]), ("an\napp", ["open311"]), ("an app", [])]
)
def test_a_name_or_scope_that_cannot_be_used_is_refused(name: str, scopes: list[str], keys: ApiKeys) -> None:
    with pytest.raises(ValueError, match=r"name|scope"):
        keys.add(name, scopes, NOW)


def test_an_operator_makes_lists_and_revokes_a_key(run: Run) -> None:
    status, key, hint = run("add", "an app", "--scope", "open311")
    assert (status, key[:3]) == (0, "sk_")
    assert "cannot be shown again" in hint
    _, listed, _ = run("list")
    assert "an app\topen311" in listed
    assert "in use" in listed
    assert key.strip() not in listed
    assert run("revoke", "an app")[:2] == (0, "an app is revoked\n")
    assert "revoked 2" in run("list")[1]


def test_an_operator_reads_why_a_key_was_not_made_or_ended(run: Run) -> None:
    run("add", "an app", "--scope", "open311")
    status, _, complaint = run("add", "an app", "--scope", "open311")
    assert (status, "choose another name" in complaint) == (2, True)
    status, _, complaint = run("revoke", "nobody")
    assert (status, "nobody" in complaint) == (2, True)


def test_a_caller_is_told_the_seconds_until_the_next_request_is_taken() -> None:
    limit = CallerLimit(without_key=2, with_key=3)
    assert [limit.seconds_to_wait("1.2.3.4", None, now) for now in (0.0, 10.0, 15.0, 60.0)] == [0, 0, 45, 0]


def test_callers_do_not_wait_for_each_other() -> None:
    limit = CallerLimit(without_key=1, with_key=1)
    callers = [("1.2.3.4", None), ("1.2.3.5", None), ("1.2.3.4", "an app"), ("1.2.3.4", "another app")]
    assert [limit.seconds_to_wait(address, name, 0.0) for address, name in callers] == [0, 0, 0, 0]
