"""The door of the chat widget: its words, and whose pages may open it."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from intake.http.app import create_app
from intake.http.static_files import STATIC_FOLDER
from intake.phrases import Phrases
from intake.wiring import Service
from tests.conftest import PUBLIC_URL
from tests.stories.talks import TALKS

CITY = "https://www.example.gov"
STRANGER = "https://www.example.com"


def client_of(service: Service, *origins: str) -> TestClient:
    """The service of a city that holds the widget on the pages of `origins`."""
    settings = service.settings.model_copy(update={"widget_origins": list(origins)})
    return TestClient(create_app(replace(service, settings=settings), delivers=False), base_url=PUBLIC_URL)


def says_hello(client: TestClient, origin: str | None) -> bool:
    headers = {"Origin": origin} if origin else {}
    with client.websocket_connect("/chat", headers=headers) as socket:
        socket.send_json({"session": "s", "id": "1", "text": "hello"})
        return bool(socket.receive_json()["replies"])


def test_the_script_is_small_and_every_page_may_load_it(client: TestClient) -> None:
    assert (STATIC_FOLDER / "widget.js").stat().st_size <= 12_000
    script = client.get("/static/widget.js", headers={"Origin": STRANGER})
    assert script.headers["Access-Control-Allow-Origin"] == "*"
    assert script.headers["Cache-Control"] == "public, max-age=300"


def test_the_words_are_there_in_every_language_for_every_origin(client: TestClient) -> None:
    for language in TALKS:
        answer = client.get("/widget/phrases", params={"lang": language}, headers={"Origin": STRANGER})
        words = answer.json()
        assert (words["language"], words["direction"]) == (language, "rtl" if language == "ar" else "ltr")
        assert words["send"] == Phrases([language]).say(language, "chat-send")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(("asked", "given"), [("es-MX", "es"), ("zh-TW", "zh-Hant"), ("tlh", "en"), ("", "en")])
def test_a_pages_language_finds_the_nearest_of_ours(asked: str, given: str, client: TestClient) -> None:
    assert client.get("/widget/phrases", params={"lang": asked}).json()["language"] == given


@pytest.mark.parametrize("origin", [PUBLIC_URL, None])
def test_our_own_pages_and_programs_talk_as_before(origin: str | None, client: TestClient) -> None:
    assert says_hello(client, origin)


def test_a_city_page_that_is_named_may_talk(service: Service) -> None:
    assert says_hello(client_of(service, CITY + "/"), CITY)


def test_any_page_may_talk_where_the_city_says_so(service: Service) -> None:
    assert says_hello(client_of(service, "*"), STRANGER)


@pytest.mark.parametrize("origin", [STRANGER, "null", CITY + ".evil.example", "http://www.example.gov"])
def test_the_page_of_a_stranger_is_refused(origin: str, service: Service) -> None:
    with pytest.raises(WebSocketDisconnect) as refused:
        says_hello(client_of(service, CITY), origin)
    assert refused.value.code == 1008


def test_only_named_pages_may_read_answers(service: Service) -> None:
    client = client_of(service, CITY)
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = client.options("/chat", headers={"Origin": CITY, **asked})
    assert allowed.headers["Access-Control-Allow-Origin"] == CITY
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    for response in (
        client.options("/chat", headers={"Origin": STRANGER, **asked}),
        client.post("/chat", json={"text": "hello"}, headers={"Origin": STRANGER}),
        client.get("/", headers={"Origin": CITY}),
    ):
        assert "Access-Control-Allow-Origin" not in response.headers


def test_without_the_setting_no_page_is_shared(client: TestClient) -> None:
    answered = client.post("/chat", json={"text": "hello"}, headers={"Origin": CITY})
    assert "Access-Control-Allow-Origin" not in answered.headers
