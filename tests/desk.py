"""A person at the console, as tests play them."""

import re
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from intake.console.access import Role
from intake.console.people import Person
from intake.http.console.frame import COOKIE
from intake.wiring import Service

PASSWORD = "correct horse battery"


class Desk:
    """A signed-in browser of a person: `get` and `post` as a page's forms do it."""

    def __init__(self, client: TestClient, person: Person, csrf: str, token: str) -> None:
        self.client, self.person, self.csrf, self.token = client, person, csrf, token

    def get(self, path: str, **query: Any) -> Response:
        return self.client.get(path, params=query, headers={**self._cookie, "Accept": "text/html"}, follow_redirects=False)

    def post(self, path: str, **form: Any) -> Response:
        return self.client.post(path, data={"csrf": self.csrf, **form}, headers=self._cookie, follow_redirects=False)

    @property
    def _cookie(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.token}"}


def a_desk(client: TestClient, service: Service, role: Role = Role.AGENT, *, languages: tuple[str, ...] = ("en",)) -> Desk:
    """Sit somebody new down at the console, signed in."""
    number = len(service.console.people.list()) + 1
    name = f"{role}{number}"
    person = service.console.people.add(name, name.title(), role, service.clock(), languages=languages)
    token = service.console.sessions.begin(person, service.clock())
    return Desk(client, person, service.console.sessions.csrf(token), token)


def text_of_page(response: Response) -> str:
    """The words of a page without its tags, for sentences about what a person sees."""
    without = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", without)
