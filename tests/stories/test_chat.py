"""Talks by chat, in every language: JSON for clients, a WebSocket for the page, a form for browsers without JavaScript."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from intake.phrases import Phrases
from tests.stories.talks import PLACE, TALKS, Talk

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)


class Chat:
    """A chat client that keeps its session."""

    def __init__(self, client: TestClient, session: str) -> None:
        self._client = client
        self._session = session

    def send(self, text: str, **more: Any) -> dict[str, Any]:
        response = self._client.post("/chat", json={"session": self._session, "text": text, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        assert answer["session"] == self._session
        return answer


@pytest.fixture
def chat(client: TestClient) -> Chat:
    return Chat(client, "a-session")


@LANGUAGES
def test_a_report_becomes_a_case_with_department_and_date(language: str, talk: Talk, chat: Chat) -> None:
    asked = chat.send(talk.report)["replies"][0]
    assert asked["language"] == language
    read_back = chat.send(PLACE)["replies"][0]
    assert PLACE in read_back["text"]
    assert [choice["value"] for choice in read_back["choices"]] == ["1", "2"]
    answer = chat.send(talk.yes)
    (case,) = answer["cases"]
    assert case["service_code"] == "REQPOTHL"
    assert case["place"] == PLACE
    assert case["number"] in answer["replies"][0]["text"]
    assert case["department"] in answer["replies"][0]["text"]


@LANGUAGES
def test_an_emergency_in_a_chat_is_answered_with_911(language: str, talk: Talk, chat: Chat) -> None:
    assert chat.send(talk.gas)["replies"][0]["text"] == Phrases([language]).say(language, "emergency-gas")


def test_a_repeated_message_is_answered_from_the_stored_reply(chat: Chat) -> None:
    chat.send("There is a deep pothole at 450 Blue Hill Ave")
    first = chat.send("yes", id="m-2")
    assert chat.send("yes", id="m-2") == first
    assert len(first["cases"]) == 1


def test_a_position_from_the_browser_is_the_place(chat: Chat) -> None:
    chat.send("There is a deep pothole right here")
    read_back = chat.send("here", location={"lat": 42.3, "lon": -71.07})
    assert "42.30000, -71.07000" in read_back["replies"][0]["text"]


def test_a_message_without_a_session_gets_one(client: TestClient) -> None:
    assert client.post("/chat", json={"text": "hello"}).json()["session"]


@pytest.mark.parametrize("body", ["", "[]", '{"text": 5}', '{"text": "x", "session": "../etc"}'])
def test_what_cannot_be_read_is_refused_in_words(body: str, client: TestClient) -> None:
    response = client.post("/chat", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"]


def test_the_language_can_be_changed_in_the_middle(chat: Chat) -> None:
    chat.send("There is a deep pothole on my street")
    answer = chat.send("español")["replies"][0]
    assert answer["language"] == "es"
    assert "Hoyo" in answer["text"] or "Bache" in answer["text"]
    assert PLACE in chat.send(PLACE)["replies"][0]["text"]


def test_the_socket_answers_each_frame_with_its_id(client: TestClient) -> None:
    with client.websocket_connect("/chat") as socket:
        socket.send_json({"session": "s", "id": "1", "text": "There is a deep pothole at 450 Blue Hill Ave"})
        assert socket.receive_json()["id"] == "1"
        socket.send_text("no json")
        assert socket.receive_json()["status"] == 422
        socket.send_json({"session": "s", "id": "2", "text": "yes"})
        assert len(socket.receive_json()["cases"]) == 1


def test_a_browser_without_javascript_talks_page_by_page(client: TestClient) -> None:
    page = client.post("/chat?lang=en", data={"session": "s", "text": "There is a deep pothole at 450 Blue Hill Ave"})
    assert "450 Blue Hill Ave" in page.text
    assert 'name="text" value="1"' in page.text


def test_whoever_floods_is_asked_to_wait(client: TestClient, chat: Chat) -> None:
    for _ in range(60):
        chat.send("hello")
    assert client.post("/chat", json={"session": "a-session", "text": "hello"}).status_code == 429
