"""Signing in with a local account."""

from fastapi.testclient import TestClient

from intake.console.access import Role
from intake.wiring import Service
from tests.desk import PASSWORD, a_desk


def test_a_person_signs_in_with_name_and_password_and_out_again(client: TestClient, service: Service) -> None:
    service.console.people.add("ana@city.example", "Ana", Role.AGENT, service.clock(), password=PASSWORD)

    response = client.post("/console/sign-in", data={"login": "Ana@city.example", "password": PASSWORD}, follow_redirects=False)

    assert response.status_code == 303
    assert "Ana" in client.get("/console/me").text


def test_a_wrong_password_lets_nobody_in(client: TestClient, service: Service) -> None:
    service.console.people.add("ana@city.example", "Ana", Role.AGENT, service.clock(), password=PASSWORD)

    response = client.post("/console/sign-in", data={"login": "ana@city.example", "password": "wrong"})

    assert response.status_code == 401
    assert "wrong" in response.text
    assert client.get("/console/me", headers={"Accept": "text/html"}, follow_redirects=False).status_code == 303


def test_a_form_from_another_site_is_refused(client: TestClient, service: Service) -> None:
    desk = a_desk(client, service)

    assert desk.post("/console/sign-out", csrf="guessed").status_code == 403
    assert desk.get("/console/me").status_code == 200
