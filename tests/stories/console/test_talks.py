"""Conversations that a person takes over, answers and hands back."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.console_tables import AuditTable
from intake.conversation import Conversation
from intake.delivering.durable import HeldOutbox
from intake.phrases import Phrases
from intake.reading import Reading
from intake.recorded import Recorded
from intake.tables import ReviewTable
from intake.wiring import Service
from models.memory import KnownSentence
from tests.conftest import Clock
from tests.desk import Desk, a_desk, text_of_page
from tests.stories.console.talking import Story, address, frames_until, key_on, remember, teach
from tests.stories.talks import TALKS

ARABIC = TALKS["ar"]
CREWS = {"A crew comes tomorrow.": "سيأتي فريق غدا."}


def words(language: str, phrase: str, **values: str) -> str:
    return Phrases([language]).say(language, phrase, **values)


@pytest.fixture
def story(client: TestClient, service: Service, outbox: HeldOutbox) -> Story:
    remember(service)
    return Story(client, service, outbox)


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service)


@pytest.fixture
def taken(story: Story, desk: Desk) -> Story:
    """A chat in Arabic whose resident asked for a person, and has one."""
    story.say(ARABIC.agent)
    assert desk.post(address(story.conversation(), "take")).status_code == 303
    story.deliver()
    return story


def test_a_resident_who_asks_for_a_person_stands_in_the_list_until_one_comes(story: Story, desk: Desk) -> None:
    story.say(ARABIC.agent)
    page = desk.get("/console/conversations")
    assert ARABIC.agent in page.text
    assert "The resident asked for a person" in page.text
    assert "Arabic" in page.text
    desk.post(address(story.conversation(), "take"))
    assert "Waits" not in text_of_page(desk.get("/console/conversations"))
    assert "You" in text_of_page(desk.get("/console/conversations"))


def test_taking_over_closes_what_waited_and_stands_in_the_audit_trail(taken: Story, desk: Desk) -> None:
    assert taken.reviews() == [("CallAgent", "taken_over")]
    with Session(taken.service.engine) as session:
        assert ("agent1", "talk_taken_over") in session.execute(select(AuditTable.actor, AuditTable.name)).all()


def test_the_resident_is_told_in_their_language_who_writes_and_who_has_left(taken: Story, desk: Desk) -> None:
    with taken.client.websocket_connect("/chat") as socket:
        socket.send_json({"session": "a-talk", "seen": 0})
        joined = frames_until(socket, "staff")["staff"]
        assert joined["text"] == words("ar", "staff-joined", name="Agent1")
        assert frames_until(socket, "held") == {"held": True}
        desk.post(address(taken.conversation(), "hand-back"))
        taken.deliver()
        assert frames_until(socket, "held") == {"held": False}
        assert frames_until(socket, "staff")["staff"]["text"] == words("ar", "staff-left")


def test_while_a_person_has_the_talk_the_service_says_nothing_and_the_agent_reads_everything(taken: Story, desk: Desk) -> None:
    assert taken.say(ARABIC.report) == []
    assert taken.say("450 Blue Hill Ave") == []
    page = desk.get(address(taken.conversation()))
    assert ARABIC.report in page.text
    assert f'lang="ar" dir="auto">{ARABIC.report}' in page.text


def test_a_message_that_was_being_understood_as_the_talk_was_taken_over_is_left_to_the_person(
    story: Story, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.say(ARABIC.agent)
    reader, read = story.service.intake.reader, story.service.intake.reader.read

    def read_while_somebody_takes_over(recorded: Recorded, conversation: Conversation) -> Reading:
        assert story.service.console.talks.take(recorded.conversation_id, desk.person, story.service.clock())
        return read(recorded, conversation)

    monkeypatch.setattr(reader, "read", read_while_somebody_takes_over)
    assert story.say(ARABIC.report) == []


def test_danger_is_answered_at_once_also_while_a_person_has_the_talk(taken: Story) -> None:
    assert taken.say(ARABIC.gas) == [words("ar", "emergency-gas")]
    assert ("Emergency", None) in taken.reviews()


def test_taking_over_does_not_close_an_emergency(story: Story, desk: Desk) -> None:
    story.say(ARABIC.gas)
    desk.post(address(story.conversation(), "take"))
    assert story.reviews() == [("Emergency", None)]


def test_stop_is_obeyed_while_a_person_has_the_talk_and_nothing_reaches_the_resident_then(taken: Story, desk: Desk) -> None:
    assert taken.say("STOP") != []
    page = desk.post(address(taken.conversation(), "send"), text="hello", way="english", key="k")
    assert page.status_code == 422
    assert "opted out" in page.text
    assert taken.written() == []


def test_handed_back_the_service_answers_again(taken: Story, desk: Desk) -> None:
    desk.post(address(taken.conversation(), "hand-back"))
    assert taken.say(ARABIC.report) != []
    assert taken.conversation().held_by is None


def test_a_translated_answer_is_checked_first_and_reaches_the_resident_marked_with_the_original_beside(
    taken: Story, desk: Desk
) -> None:
    teach(taken.service, "ar", CREWS)
    (english, arabic) = next(iter(CREWS.items()))
    conversation = taken.conversation()
    preview = desk.post(address(conversation, "preview"), text=english)
    assert arabic in preview.text
    assert f'id="back" lang="en">{english}' in preview.text
    fields = {"way": "translation", "text": english, "sent_text": arabic, "engine": "word book", "model": "1"}
    desk.post(address(conversation, "send"), key=key_on(desk, conversation), **fields)
    taken.deliver()
    with taken.client.websocket_connect("/chat") as socket:
        socket.send_json({"session": "a-talk", "seen": 0})
        frames_until(socket, "staff")
        got = frames_until(socket, "staff")["staff"]
    assert got["text"] == arabic
    assert got["original"] == english
    assert got["is_machine_translated"] is True
    assert got["name"] == "Agent1"


def test_where_no_engine_can_the_page_says_why_and_the_words_go_out_in_english_with_a_notice(taken: Story, desk: Desk) -> None:
    conversation = taken.conversation()
    preview = desk.post(address(conversation, "preview"), text="A crew comes tomorrow.")
    assert "no engine has a model" in preview.text
    assert "A crew comes tomorrow." in preview.text
    desk.post(address(conversation, "send"), text="A crew comes tomorrow.", way="english", key="k")
    (message,) = taken.written()
    assert message.sent_text == f"{words('ar', 'in-english-only')} A crew comes tomorrow."
    assert message.text == "A crew comes tomorrow."


def test_who_writes_the_residents_language_sends_it_as_it_is(story: Story, client: TestClient, service: Service) -> None:
    story.say(ARABIC.agent)
    reader = a_desk(client, service, languages=("en", "ar"))
    reader.post(address(story.conversation(), "take"))
    reader.post(address(story.conversation(), "send"), text="مرحبا", way="own", key="k")
    (message,) = story.written()
    assert (message.sent_text, message.engine) == ("مرحبا", "")


def test_who_does_not_read_it_cannot_pretend_to(taken: Story, desk: Desk) -> None:
    assert desk.post(address(taken.conversation(), "send"), text="hello", way="own", key="k").status_code == 422


def test_an_article_answers_in_the_residents_language(taken: Story, desk: Desk) -> None:
    conversation = taken.conversation()
    page = desk.get(address(conversation), q="how do I get a dog license")
    assert 'value="dog-license"' in page.text
    desk.post(address(conversation, "send"), way="article", article="dog-license", key="k")
    (message,) = taken.written()
    assert message.article == "dog-license"
    assert "/help/dog-license?lang=ar" in message.sent_text
    assert message.sent_text != message.text


def test_a_double_click_sends_once(taken: Story, desk: Desk) -> None:
    conversation = taken.conversation()
    key = key_on(desk, conversation)
    for _ in range(2):
        assert desk.post(address(conversation, "send"), text="Hello", way="english", key=key).status_code == 303
    assert len(taken.written()) == 1


def test_a_connection_that_comes_back_gets_what_it_missed_and_only_that(taken: Story, desk: Desk) -> None:
    def hear(seen: int, count: int) -> list[int]:
        with taken.client.websocket_connect("/chat") as socket:
            socket.send_json({"session": "a-talk", "seen": seen})
            ids = [frames_until(socket, "staff")["staff"]["id"] for _ in range(count)]
            socket.send_json({"session": "a-talk", "seen": ids[-1]})
            socket.send_json({"session": "a-talk", "text": "STATUS", "id": f"after-{seen}"})
            while "replies" not in socket.receive_json():
                pass
            return ids

    (joined,) = hear(0, 1)
    for text in ("One", "Two"):
        desk.post(address(taken.conversation(), "send"), text=text, way="english", key=text)
    taken.deliver()
    missed = hear(joined, 2)
    assert missed == [message.id for message in taken.written()]
    assert [message.state for message in taken.written()] == ["delivered", "delivered"]


def test_a_chat_without_a_script_shows_what_a_person_wrote_when_it_is_loaded_again(taken: Story, desk: Desk) -> None:
    said = {"session": "a-talk", "text": ARABIC.report, "id": "one"}
    taken.client.post("/chat?lang=ar", data=said)
    desk.post(address(taken.conversation(), "send"), text="Hello", way="english", key="k")
    taken.deliver()
    page = taken.client.post("/chat?lang=ar", data=said)
    assert words("ar", "in-english-only") in page.text
    assert [message.state for message in taken.written()] == ["delivered"]


def test_two_people_cannot_have_the_same_talk(taken: Story, client: TestClient, service: Service) -> None:
    other = a_desk(client, service)
    refused = other.post(address(taken.conversation(), "take"))
    assert refused.status_code == 409
    assert "Agent1 has this conversation" in text_of_page(refused)
    assert other.post(address(taken.conversation(), "send"), text="Hello", way="english", key="k").status_code == 409


def test_a_supervisor_hands_back_what_somebody_left_behind(taken: Story, client: TestClient, service: Service) -> None:
    a_desk(client, service).post(address(taken.conversation(), "hand-back"))
    assert taken.conversation().held_by is not None
    a_desk(client, service, Role.SUPERVISOR).post(address(taken.conversation(), "hand-back"))
    assert taken.conversation().held_by is None


def test_a_talk_whose_holder_went_away_goes_back_to_the_queue(taken: Story, clock: Clock, desk: Desk) -> None:
    taken.say(ARABIC.report)
    clock.pass_hours(0.4)
    taken.service.sweep()
    assert taken.conversation().held_by is not None
    clock.pass_hours(0.2)
    taken.service.sweep()
    taken.service.sweep()
    assert taken.conversation().held_by is None
    assert taken.reviews()[-1] == ("HolderAway", None)
    assert ARABIC.report in desk.get("/console/conversations").text


def test_a_data_scientist_has_no_business_with_talks(taken: Story, client: TestClient, service: Service) -> None:
    scientist = a_desk(client, service, Role.DATA_SCIENTIST)
    assert scientist.get("/console/conversations").status_code == 403
    assert scientist.get(address(taken.conversation())).status_code == 403
    assert scientist.post(address(taken.conversation(), "take")).status_code == 403


def test_haitian_creole_has_no_model_so_the_agent_reads_similar_sentences_named_so(story: Story, desk: Desk) -> None:
    known = KnownSentence("Gen yon twou nan lari mwen an", "There is a hole in my street")
    remember(story.service, known)
    story.say("Gen yon gwo twou nan lari a devan lakay mwen")
    desk.post(address(story.conversation(), "take"))
    page = text_of_page(desk.get(address(story.conversation())))
    assert "no engine has a model from it or into it" in page
    assert f"No translation. Similar to: I know what it means {known.text} {known.english} 80 % alike" in page
    assert "Translation by" not in page


def test_words_of_the_service_stand_beside_what_they_do(taken: Story, desk: Desk) -> None:
    page = text_of_page(desk.get(address(taken.conversation())))
    assert "What it does call agent" in page


def test_reviews_that_somebody_has_open_are_told_apart_from_closed_ones(taken: Story, desk: Desk) -> None:
    with Session(taken.service.engine) as session:
        (review_id,) = session.scalars(select(ReviewTable.id)).all()
    assert (
        f'/console/reviews/{review_id}">The resident asked for a person</a> (closed)'
        in desk.get(address(taken.conversation())).text
    )
