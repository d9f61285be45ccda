"""What becomes of answers: counted by what residents do within a week, shown to editors and to whoever scrapes figures."""

import json

import pytest
from fastapi.testclient import TestClient

from intake.__main__ import main
from intake.knowledge.answer_book import AnswerBook, FollowedBy, Tally, by_language_and_channel, tally
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.talks import PLACE, TALKS
from tests.twilio import SmsPhone

QUESTION = "how much is a dog license?"
UNANSWERED = ("how do I become a notary public in massachusetts?", "where can I recharge my electric car?")


@pytest.fixture
def phone(client: TestClient) -> SmsPhone:
    return SmsPhone(client)


@pytest.fixture
def book(service: Service) -> AnswerBook:
    return AnswerBook(service.engine)


def followed(book: AnswerBook, clock: Clock) -> list[FollowedBy]:
    since = clock.now.replace(year=2026, month=1)
    return [one.followed_by for one in book.answered(since, clock.now)]


def test_an_answer_that_nothing_follows_for_a_week_is_deflected(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    since = clock.now
    phone.send(QUESTION)
    clock.pass_hours(6 * 24)
    assert tally(book.answered(since, clock.now)) == Tally(answered=1)
    clock.pass_hours(24)
    assert tally(book.answered(since, clock.now)) == Tally(answered=1, week_old=1, deflected=1)


def test_a_case_within_a_week_means_that_the_answer_was_not_enough(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    phone.send(QUESTION)
    clock.pass_hours(6 * 24)
    for line in (TALKS["en"].report, PLACE, "yes"):
        phone.send(line)
    assert followed(book, clock) == [FollowedBy.CASE]


def test_a_case_after_a_week_is_another_matter(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    phone.send(QUESTION)
    clock.pass_hours(8 * 24)
    for line in (TALKS["en"].report, PLACE, "yes"):
        phone.send(line)
    assert followed(book, clock) == [FollowedBy.NOTHING]


def test_a_person_counts_more_than_a_case(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    phone.send(QUESTION)
    clock.pass_hours(1)
    for line in (TALKS["en"].report, PLACE, "yes", TALKS["en"].agent):
        phone.send(line)
    assert followed(book, clock) == [FollowedBy.PERSON]


def test_the_same_question_again_is_no_deflection(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    phone.send(QUESTION)
    clock.pass_hours(48)
    phone.send(QUESTION)
    assert followed(book, clock) == [FollowedBy.SAME_QUESTION, FollowedBy.NOTHING]


def test_another_residents_case_says_nothing_about_the_answer(client: TestClient, book: AnswerBook, clock: Clock) -> None:
    SmsPhone(client).send(QUESTION)
    client.post("/chat", json={"session": "another", "text": TALKS["en"].agent})
    assert followed(book, clock) == [FollowedBy.NOTHING]


def test_an_answer_beside_a_report_is_no_failure_for_the_case_that_follows(
    phone: SmsPhone, book: AnswerBook, clock: Clock
) -> None:
    since = clock.now
    for said in ("Nobody took our trash today. What day does the truck come?", PLACE, "yes"):
        phone.send(said)
    clock.pass_hours(8 * 24)
    assert tally(book.answered(since, clock.now)) == Tally(answered=1, beside=1)


def test_what_the_resident_says_of_it_is_counted_by_language_and_channel(
    client: TestClient, book: AnswerBook, clock: Clock
) -> None:
    since = clock.now
    SmsPhone(client).send(QUESTION)
    SmsPhone(client).send("1")
    client.post("/chat", json={"session": "s", "text": "¿cuánto cuesta la licencia de mi perro?"})
    client.post("/chat", json={"session": "s", "text": "no"})
    tallies = by_language_and_channel(book.answered(since, clock.now))
    assert tallies["en", "sms"] == Tally(answered=1, helpful=1)
    assert tallies["es", "chat"] == Tally(answered=1, not_helpful=1)


def test_the_figures_are_there_to_be_scraped(phone: SmsPhone, client: TestClient) -> None:
    phone.send(QUESTION)
    phone.send("1")
    written = client.get("/metrics").text
    assert 'intake_answers{channel="sms",language="en",outcome="answered"} 1.0' in written
    assert 'intake_answers{channel="sms",language="en",outcome="helpful"} 1.0' in written


def test_questions_without_an_answer_are_kept_without_personal_data(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    since = clock.now
    phone.send(f"{UNANSWERED[0]} call me at 617-555-0123")
    (gap,) = book.gaps(since)
    assert gap.text == f"{UNANSWERED[0]} call me at [phone]"
    assert (gap.language, gap.article) == ("en", "")


def test_an_answer_that_did_not_help_is_a_gap_too(phone: SmsPhone, book: AnswerBook, clock: Clock) -> None:
    since = clock.now
    phone.send(QUESTION)
    phone.send("no")
    assert [(gap.text, gap.article) for gap in book.gaps(since)] == [(QUESTION, "dog-license")]


@pytest.fixture
def on_this_database(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands read the database of this test."""
    monkeypatch.setenv("INTAKE_DATABASE_URL", service.settings.database_url)


@pytest.mark.usefixtures("on_this_database")
def test_editors_see_gaps_of_like_meaning_together(client: TestClient, clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    asked = (
        "how do I become a notary public in massachusetts?",
        "what do I need to become a notary in massachusetts?",
        "where can I recharge my electric car?",
    )
    for number, text in enumerate(asked):
        client.post("/chat", json={"session": f"s{number}", "text": text})
    assert main(["knowledge", "gaps", "--days", "3650", "--json"]) == 0
    groups = json.loads(capsys.readouterr().out)
    assert [group["count"] for group in groups] == [2, 1]
    assert {example["text"] for example in groups[0]["examples"]} == set(asked[:2])
    assert main(["knowledge", "gaps", "--days", "3650"]) == 0
    assert "1. asked 2 ×, in en" in capsys.readouterr().out


@pytest.mark.usefixtures("on_this_database")
def test_a_command_prints_the_measures(phone: SmsPhone, capsys: pytest.CaptureFixture[str]) -> None:
    phone.send(QUESTION)
    assert main(["knowledge", "measures", "--days", "3650", "--json"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["all"]["answered"] == measured["en sms"]["answered"] == 1
    assert main(["knowledge", "measures", "--days", "3650"]) == 0
    assert "en sms" in capsys.readouterr().out


@pytest.mark.usefixtures("on_this_database")
def test_where_everything_was_answered_there_are_no_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["knowledge", "gaps"]) == 0
    assert "no question" in capsys.readouterr().out
