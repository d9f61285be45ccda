"""Who works here: added, changed, locked out, and what of it stays in the audit trail."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from intake.__main__ import main
from intake.console.access import Role
from intake.settings import Settings
from intake.wiring import Service
from tests.conftest import Clock
from tests.desk import PASSWORD, a_desk, text_of_page


def test_an_administrator_adds_somebody_who_can_sign_in(client: TestClient, service: Service) -> None:
    root = a_desk(client, service, Role.ADMINISTRATOR)

    added = root.post("/console/people", login="ana", name="Ana", role="agent", languages=["es", "en"], password=PASSWORD)

    assert added.status_code == 303
    assert service.console.people.sign_in("ana", PASSWORD, service.clock()) is not None
    assert "Ana" in root.get("/console/people").text


def test_a_password_that_is_too_short_is_refused_with_the_reason(client: TestClient, service: Service) -> None:
    root = a_desk(client, service, Role.ADMINISTRATOR)

    refused = root.post("/console/people", login="ana", name="Ana", role="agent", password="short")

    assert refused.status_code == 422
    assert "12 letters" in refused.text


def test_somebody_who_is_locked_out_is_out_at_once(client: TestClient, service: Service) -> None:
    root, ana = a_desk(client, service, Role.ADMINISTRATOR), a_desk(client, service)
    assert ana.get("/console/me").status_code == 200

    root.post(f"/console/people/{ana.person.id}", role="agent", is_disabled="on")

    assert ana.get("/console/me").headers["location"] == "/console/sign-in"


def test_an_administrator_cannot_lock_themselves_out(client: TestClient, service: Service) -> None:
    root = a_desk(client, service, Role.ADMINISTRATOR)

    assert root.post(f"/console/people/{root.person.id}", role="agent").status_code == 422
    assert root.get("/console/people").status_code == 200


def test_the_audit_trail_tells_who_changed_what(client: TestClient, service: Service) -> None:
    root, ana = a_desk(client, service, Role.ADMINISTRATOR), a_desk(client, service)
    root.post(f"/console/people/{ana.person.id}", role="supervisor", languages=["ht"])

    trail = text_of_page(root.get("/console/audit", actor=root.person.login))

    assert "person changed" in trail
    assert "role: agent" in trail
    assert "role: supervisor" in trail


def test_after_five_wrong_passwords_an_account_is_locked_for_five_minutes(service: Service, clock: Clock) -> None:
    people = service.console.people
    people.add("ana", "Ana", Role.AGENT, clock(), password=PASSWORD)
    for _ in range(5):
        assert people.sign_in("ana", "wrong", clock()) is None

    assert people.sign_in("ana", PASSWORD, clock()) is None
    clock.now += timedelta(minutes=5)
    assert people.sign_in("ana", PASSWORD, clock()) is not None


def test_many_tries_from_one_place_have_to_wait(client: TestClient) -> None:
    answers = [client.post("/console/sign-in", data={"login": "x", "password": "y"}).status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]


def test_an_idle_session_ends_and_a_busy_one_ends_after_a_working_day(client: TestClient, service: Service, clock: Clock) -> None:
    idle, busy = a_desk(client, service), a_desk(client, service)
    for _ in range(23):
        clock.now += timedelta(minutes=31)
        assert busy.get("/console/me").status_code == 200

    assert idle.get("/console/me").status_code == 303
    clock.now += timedelta(minutes=31)
    assert busy.get("/console/me").status_code == 303


def test_operators_add_list_and_reset_people_in_the_terminal(
    settings: Settings, service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", settings.database)

    assert main(["people", "add", "ana", "--role", "agent", "--reads", "en,ht", "--generate"]) == 0
    first = capsys.readouterr().err.split("password: ")[1].strip()
    assert main(["people", "reset", "ana", "--generate"]) == 0
    second = capsys.readouterr().err.split("password: ")[1].strip()
    assert main(["people", "list"]) == 0

    assert capsys.readouterr().out.startswith("ana\tagent\ten,ht\tmay sign in")
    assert service.console.people.sign_in("ana", first, service.clock()) is None
    assert service.console.people.sign_in("ana", second, service.clock()) is not None


def test_a_name_that_is_taken_is_said(settings: Settings, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATABASE_URL", settings.database)
    main(["people", "add", "ana", "--role", "agent", "--city-account"])

    assert main(["people", "add", "ANA", "--role", "agent", "--city-account"]) == 2
