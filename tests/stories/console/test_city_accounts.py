"""Signing in with an account of the city, at a real provider on this machine."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from pydantic import SecretStr

from intake.console.access import Role
from intake.delivering.durable import HeldOutbox
from intake.http.app import create_app
from intake.settings import Settings
from intake.wiring import Service, build_service
from routing.comprehension import Comprehension
from tests.conftest import PUBLIC_URL, Clock
from tests.fake_oidc import FakeOidc

ANA = {"sub": "42", "email": "ana@city.example", "name": "Ana Andrade", "groups": ["311-agents"]}
Enter = Callable[..., AbstractContextManager["Door"]]


class Door:
    """A browser before the console of a city with a provider."""

    def __init__(self, client: TestClient, service: Service, provider: FakeOidc) -> None:
        self.client, self.service, self.provider = client, service, provider

    def sign_in(self) -> Response:
        """Go to the provider, agree there, and come back."""
        away = self.client.get("/console/oidc", follow_redirects=False)
        if away.status_code != 303:
            return away
        agreed = httpx2.get(away.headers["location"])
        return self.client.get(agreed.headers["location"], follow_redirects=False)


@pytest.fixture
def enter(settings: Settings, understanding: Comprehension, clock: Clock, outbox: HeldOutbox) -> Enter:
    @contextmanager
    def open_door(user: dict[str, object], roles: dict[str, str] | None = None, spoils: str = "") -> Iterator[Door]:
        with FakeOidc(dict(user), now=clock.now.timestamp(), spoils=spoils) as provider:
            changed = settings.model_copy(
                update={
                    "oidc_issuer": provider.url,
                    "oidc_client_id": provider.client[0],
                    "oidc_client_secret": SecretStr(provider.client[1]),
                    "oidc_roles": {"311-agents": "agent", "311-leads": "supervisor"} if roles is None else roles,
                }
            )
            service = build_service(changed, clock=clock, outbox=outbox, understanding=understanding)
            with TestClient(create_app(service, delivers=False), base_url=PUBLIC_URL) as client:
                yield Door(client, service, provider)
            service.engine.dispose()

    return open_door


def test_somebody_in_a_known_group_signs_in_and_gets_its_role(enter: Enter) -> None:
    with enter(ANA) as door:
        assert "Sign in with your city account" in door.client.get("/console/sign-in").text

        assert door.sign_in().headers["location"] == "/console"
        assert "Ana Andrade" in door.client.get("/console/me").text
        assert door.service.console.people.list()[0].role is Role.AGENT


def test_the_role_follows_the_groups_at_every_sign_in(enter: Enter) -> None:
    with enter(ANA) as door:
        door.sign_in()
        door.provider.user["groups"] = ["311-leads"]
        door.sign_in()

        assert [person.role for person in door.service.console.people.list()] == [Role.SUPERVISOR]


def test_somebody_who_left_all_groups_is_not_let_in(enter: Enter) -> None:
    with enter(ANA) as door:
        door.sign_in()
        door.client.cookies.clear()
        door.provider.user["groups"] = []

        assert door.sign_in().status_code == 403


def test_a_person_who_was_added_by_hand_is_known_by_e_mail_once(enter: Enter, clock: Clock) -> None:
    with enter(ANA, roles={}) as door:
        door.service.console.people.add("ana@city.example", "Ana", Role.DATA_SCIENTIST, clock())
        assert door.sign_in().status_code == 303

        door.client.cookies.clear()
        door.provider.user["sub"] = "somebody else with the same address"
        assert door.sign_in().status_code == 403


def test_a_stranger_is_told_to_ask_an_administrator(enter: Enter) -> None:
    with enter({**ANA, "groups": ["parks"]}) as door:
        refused = door.sign_in()

        assert refused.status_code == 403
        assert "Ask an administrator" in refused.text
        assert door.service.console.people.list() == ()


@pytest.mark.parametrize("spoiled", ["nonce", "audience", "key", "issuer", "none"])
def test_a_token_that_is_not_the_provider_s_or_not_for_us_lets_nobody_in(enter: Enter, spoiled: str) -> None:
    with enter(ANA, spoils=spoiled) as door:
        assert door.sign_in().status_code == 403
        assert door.service.console.people.list() == ()


def test_a_code_that_another_browser_began_with_is_refused(enter: Enter) -> None:
    with enter(ANA) as door:
        away = door.client.get("/console/oidc", follow_redirects=False)
        agreed = httpx2.get(away.headers["location"])
        door.client.cookies.clear()

        assert door.client.get(agreed.headers["location"], follow_redirects=False).status_code == 403


def test_a_code_works_once(enter: Enter) -> None:
    with enter(ANA) as door:
        away = door.client.get("/console/oidc", follow_redirects=False)
        back = httpx2.get(away.headers["location"]).headers["location"]
        going = dict(door.client.cookies)
        assert door.client.get(back, follow_redirects=False).status_code == 303

        door.client.cookies.update(going)
        assert door.client.get(back, follow_redirects=False).status_code == 403


def test_a_provider_that_is_away_is_said_and_local_accounts_still_work(enter: Enter, clock: Clock) -> None:
    with enter(ANA, spoils="away") as door:
        door.service.console.people.add("root", "Root", Role.ADMINISTRATOR, clock(), password="a long enough password")
        assert door.sign_in().status_code == 403
        response = door.client.post(
            "/console/sign-in", data={"login": "root", "password": "a long enough password"}, follow_redirects=False
        )
        assert response.status_code == 303
