"""Who may do what: every route of the console is walked as every role."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from intake.console.access import ACCESS, Role, may
from intake.http.app import CONSOLE_ROUTERS
from intake.http.console.frame import admit
from intake.wiring import Service
from tests.desk import a_desk

# Nobody is signed in yet where one signs in.
_OPEN = {
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("GET", "/console/oidc"),
    ("GET", "/console/oidc/back"),
}
# A stream of events ends only with its reader.
_STREAMS = re.compile(r"/events$")


def routes() -> Iterator[tuple[str, str]]:
    for router in CONSOLE_ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in (route.methods or set()) - {"HEAD"}:
                yield method, route.path


def _path(template: str) -> str:
    return re.sub(r"\{[^}]+\}", "999999", template)


def test_every_route_stands_in_the_table_and_the_table_names_no_other() -> None:
    assert set(routes()) - _OPEN == set(ACCESS)


def test_every_route_that_is_not_for_signing_in_asks_who_comes() -> None:
    for router in CONSOLE_ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            asks = any(dependency.call is admit for dependency in route.dependant.dependencies)
            assert asks or {(method, route.path) for method in route.methods or set()} <= _OPEN, route.path


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_into_its_own_routes_and_no_others(client: TestClient, service: Service, role: Role) -> None:
    desk = a_desk(client, service, role)
    for method, template in sorted(set(routes()) - _OPEN):
        is_for_them = may(role, method, template)
        if template == "/console/sign-out" or (is_for_them and _STREAMS.search(template)):
            continue
        response = desk.get(_path(template)) if method == "GET" else desk.post(_path(template))
        refused = response.status_code == 403 and "not for the role" in response.text
        assert refused is not is_for_them, (method, template, response.status_code)
        assert response.status_code < 500, (method, template, response.status_code)


def test_nobody_gets_in_without_signing_in(client: TestClient) -> None:
    for method, template in sorted(set(routes()) - _OPEN):
        response = client.request(method, _path(template), headers={"Accept": "text/html"}, follow_redirects=False)
        assert (response.status_code, response.headers.get("location")) == (303, "/console/sign-in"), (method, template)


def test_nothing_is_changed_without_the_form_s_own_word(client: TestClient, service: Service) -> None:
    desk = a_desk(client, service, Role.ADMINISTRATOR)
    for method, template in sorted(set(routes()) - _OPEN):
        if method != "GET":
            assert desk.post(_path(template), csrf="").status_code == 403, template
