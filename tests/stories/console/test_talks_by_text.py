"""Conversations by text message that a person takes over; after a call or a form they go on as text messages."""

import pytest
from fastapi.testclient import TestClient

from intake.delivering.durable import HeldOutbox
from intake.phrases import Phrases
from intake.wiring import Service
from tests.desk import Desk, a_desk, text_of_page
from tests.stories.console.talking import Story, address, remember, teach
from tests.stories.talks import TALKS
from tests.twilio import SmsPhone


def words(language: str, phrase: str, **values: str) -> str:
    return Phrases([language]).say(language, phrase, **values)


@pytest.fixture
def story(client: TestClient, service: Service, outbox: HeldOutbox) -> Story:
    remember(service)
    return Story(client, service, outbox)


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service)


def test_a_text_message_talk_is_taken_over_answered_and_handed_back(
    story: Story, client: TestClient, service: Service, desk: Desk
) -> None:
    texts: list[tuple[str, str]] = []
    phone = SmsPhone(client)
    object.__setattr__(service.delivery, "texts", _Texts(texts))
    phone.send(TALKS["es"].agent)
    conversation = story.conversation("sms")
    desk.post(address(conversation, "take"))
    assert phone.send(TALKS["es"].report) == ""
    assert phone.send(TALKS["es"].gas) == words("es", "emergency-gas")
    teach(service, "es", {"A crew comes tomorrow.": "Mañana va una cuadrilla."})
    fields = {"way": "translation", "text": "A crew comes tomorrow.", "sent_text": "Mañana va una cuadrilla."}
    desk.post(address(conversation, "send"), key="k", engine="word book", model="1", **fields)
    desk.post(address(conversation, "hand-back"))
    story.deliver()
    assert [text for _, text in texts] == [
        words("es", "staff-joined", name="Agent1"),
        f"Mañana va una cuadrilla.\n({words('es', 'machine-translated')})",
        words("es", "staff-left"),
    ]
    assert [message.state for message in story.written()] == ["sent"]
    assert phone.send(TALKS["es"].report) != ""


def test_who_opts_out_after_an_answer_was_written_does_not_get_it_and_the_agent_reads_why(
    story: Story, client: TestClient, desk: Desk
) -> None:
    phone = SmsPhone(client)
    phone.send(TALKS["en"].agent)
    conversation = story.conversation("sms")
    desk.post(address(conversation, "take"))
    desk.post(address(conversation, "send"), text="Hello", way="own", key="k")
    phone.send("STOP")
    story.deliver()
    assert [message.state for message in story.written()] == ["failed"]
    assert "failed: the resident opted out of messages" in text_of_page(desk.get(address(conversation)))


def test_after_a_form_the_resident_is_answered_by_text_and_writes_back_to_the_same_person(
    story: Story, client: TestClient, desk: Desk
) -> None:
    client.post("/report?lang=en", data={"what": "can I talk to a person please", "phone": "617-555-0123", "language": "en"})
    asked = story.conversation("form")
    moved = desk.post(address(asked, "take"))
    assert moved.headers["location"] == address(story.conversation("sms"))
    assert SmsPhone(client).send("hello, are you there") == ""
    page = text_of_page(desk.get(moved.headers["location"]))
    assert "can I talk to a person please" in page
    assert "hello, are you there" in page


class _Texts:
    """A provider that keeps what it was given."""

    def __init__(self, kept: list[tuple[str, str]]) -> None:
        self._kept = kept

    def send(self, to: str, text: str) -> str:
        self._kept.append((to, text))
        return f"SM{len(self._kept)}"
