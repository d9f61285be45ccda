"""What waits for people: in which order, and that one person has an item at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from channels.messages import Channel
from intake.console.outcomes import Outcome
from intake.console.people import Person
from intake.console.queue import Urgency
from intake.console.reason_words import reason_words, review_words
from intake.wiring import Service
from routing.reasons import Reason, ReasonCode
from tests.conftest import Clock
from tests.reviewing import a_review, an_agent, minutes


@pytest.fixture
def ana(service: Service) -> Person:
    return an_agent(service)


@pytest.fixture
def ben(service: Service) -> Person:
    return an_agent(service, "ben")


def order(service: Service, person: Person) -> list[int]:
    return [item.review_id for item in service.console.queue.waiting(person, service.clock())]


def test_danger_comes_first_then_who_waits_then_what_is_due_first(service: Service, ana: Person, clock: Clock) -> None:
    old = a_review(service)
    clock.pass_hours(1)
    quiet = a_review(service)
    person = a_review(service, "I want to talk to somebody", name="CallAgent")
    chatting = a_review(service, channel=Channel.CHAT, sender="chat:one")
    danger = a_review(service, "I smell gas in the hallway", name="Emergency", is_urgent=True)

    assert order(service, ana) == [danger, person, chatting, old, quiet]


def test_words_that_sound_like_danger_come_first_although_no_emergency_was_called(service: Service, ana: Person) -> None:
    a_review(service, "I want to talk to somebody", name="CallAgent")
    doubtful = a_review(service, "I smell gas in the hallway since yesterday", name="HandToStaff")

    first = service.console.queue.waiting(ana, service.clock())[0]

    assert (first.review_id, first.urgency) == (doubtful, Urgency.DANGER)
    assert any("danger" in words for words in first.words)


def test_a_chat_that_fell_silent_waits_no_more(service: Service, ana: Person, clock: Clock) -> None:
    a_review(service, channel=Channel.CHAT, sender="chat:one")
    assert service.console.queue.waiting(ana, service.clock())[0].is_waiting
    clock.now += minutes(16)
    (item,) = service.console.queue.waiting(ana, service.clock())
    assert (item.is_waiting, item.urgency) == (False, Urgency.NORMAL)


def test_what_has_no_case_is_due_within_a_business_day(service: Service, ana: Person) -> None:
    review = a_review(service)
    (item,) = service.console.queue.waiting(ana, service.clock())
    assert item.review_id == review
    assert timedelta(0) < item.due_at - item.opened_at <= timedelta(days=1, hours=12)


def test_a_language_that_nothing_translates_goes_first_to_who_reads_it(service: Service, ana: Person) -> None:
    reader = an_agent(service, "marie", languages=("en", "ht"))
    english = a_review(service)
    creole = a_review(service, "gen yon gwo twou nan lari a", language="ht")

    assert order(service, reader) == [creole, english]
    assert order(service, ana) == [english, creole]
    assert any("Haitian Creole" in words for words in service.console.queue.waiting(ana, service.clock())[1].words)


def test_a_resident_who_waits_comes_before_a_deadline_though_nothing_translates_them(service: Service, ana: Person) -> None:
    english = a_review(service)
    creole = a_review(service, "mwen vle pale ak yon moun", language="ht", name="CallAgent")
    assert order(service, ana) == [creole, english]


def test_the_list_shows_no_phone_number(service: Service, ana: Person) -> None:
    a_review(service, "call me at 617-555-0199, the lamp is out")
    assert service.console.queue.waiting(ana, service.clock())[0].text == "call me at [phone], the lamp is out"


def test_an_item_that_somebody_has_is_nobody_elses(service: Service, ana: Person, ben: Person) -> None:
    review = a_review(service)
    queue, now = service.console.queue, service.clock()

    assert queue.claim(review, ana, now)
    assert not queue.claim(review, ben, now)
    assert queue.claim(review, ana, now)
    assert queue.waiting(ben, now)[0].claimed_by == "Ana"

    queue.release(review, ben, now)
    assert not queue.claim(review, ben, now)
    queue.release(review, ana, now)
    assert queue.claim(review, ben, now)


def test_an_item_is_free_again_after_ten_minutes_without_a_click(service: Service, ana: Person, ben: Person) -> None:
    review = a_review(service)
    queue, now = service.console.queue, service.clock()
    queue.claim(review, ana, now)

    assert queue.claim_next(ben, now + minutes(9.9)) is None
    assert queue.waiting(ben, now + minutes(10))[0].claimed_by == ""
    assert queue.claim_next(ben, now + minutes(10)) == review
    assert not queue.claim(review, ana, now + minutes(11))


def test_a_closed_review_cannot_be_taken(service: Service, ana: Person) -> None:
    review = a_review(service)
    service.console.queue.claim(review, ana, service.clock())
    service.console.desk.close(review, ana, Outcome.NO_ACTION, service.clock())
    assert not service.console.queue.claim(review, ana, service.clock())
    assert order(service, ana) == []
    assert not service.console.queue.claim(12345, ana, service.clock())


def test_next_goes_on_behind_what_one_leaves_and_frees_it(service: Service, ana: Person, ben: Person) -> None:
    first, second, third = (a_review(service) for _ in range(3))
    queue, now = service.console.queue, service.clock()

    assert queue.claim_next(ana, now) == first
    assert queue.claim_next(ben, now) == second
    assert queue.claim_next(ana, now, after=first) == third
    assert queue.claim_next(ben, now, after=second) == first
    assert queue.claim_next(ana, now, after=third) == second


def test_nobody_steps_over_danger(service: Service, ana: Person) -> None:
    first, _ = a_review(service), a_review(service)
    queue, now = service.console.queue, service.clock()
    assert queue.claim_next(ana, now) == first
    danger = a_review(service, "I smell gas in the hallway", name="Emergency", is_urgent=True)
    assert queue.claim_next(ana, now, after=first) == danger


def test_the_marker_changes_with_every_change_of_the_list(service: Service, ana: Person, ben: Person, clock: Clock) -> None:
    queue = service.console.queue
    seen = [queue.marker()]

    def has_changed() -> bool:
        seen.append(queue.marker())
        return seen[-1] != seen[-2]

    assert not has_changed()
    review = a_review(service)
    assert has_changed()
    assert not has_changed()
    queue.claim(review, ana, service.clock())
    assert has_changed()
    queue.release(review, ana, service.clock())
    queue.claim(review, ben, service.clock())
    assert has_changed()
    clock.now += minutes(10)
    assert has_changed()


def test_the_marker_is_one_question_to_the_database(service: Service) -> None:
    asked: list[str] = []
    event.listen(service.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    service.console.queue.marker()
    assert len([statement for statement in asked if "SELECT" in statement]) == 1


@pytest.mark.parametrize("at_once", [2, 6])
def test_people_who_press_next_at_the_same_time_never_get_the_same_item(
    database_url: str, service_on: Callable[[str], Service], at_once: int
) -> None:
    service = service_on(database_url)
    people = [an_agent(service, f"agent{number}") for number in range(at_once)]
    reviews = [a_review(service) for _ in range(4 * at_once)]

    def work_through(person: Person) -> list[int]:
        taken = []
        while (review := service.console.queue.claim_next(person, service.clock())) is not None and review not in taken:
            taken.append(review)
            service.console.desk.close(review, person, Outcome.NO_ACTION, service.clock())
        return taken

    with ThreadPoolExecutor(at_once) as pool:
        taken = [review for mine in pool.map(work_through, people) for review in mine]

    assert sorted(taken) == sorted(reviews)


def test_of_two_who_claim_one_item_at_the_same_time_one_gets_it(database_url: str, service_on: Callable[[str], Service]) -> None:
    service = service_on(database_url)
    people = [an_agent(service, f"agent{number}") for number in range(6)]
    for _ in range(5):
        review = a_review(service)
        with ThreadPoolExecutor(len(people)) as pool:
            got = list(pool.map(lambda person, id_=review: service.console.queue.claim(id_, person, service.clock()), people))
        assert sum(got) == 1


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_words(code: ReasonCode, service: Service) -> None:
    for about in ("", "REQPOTHL", "REQPOTHL|RDWYRPR", "es", "photo", "agent", "not a service"):
        words = reason_words(Reason(code, about, 0.55), service.intake.city.catalog)
        assert words[0].isupper()
        assert code.value not in words or "_" not in code.value


def test_reasons_read_as_sentences_for_people_under_pressure(service: Service) -> None:
    catalog = service.intake.city.catalog
    assert reason_words(Reason(ReasonCode.LANGUAGE_UNSURE, "es", 0.55), catalog) == "The language is unsure (es 0.55)"
    between = reason_words(Reason(ReasonCode.BETWEEN_SERVICES, "REQPOTHL|RDWYRPR"), catalog)
    assert between.startswith("Between these: ")
    assert catalog.service_name("REQPOTHL", "en") in between
    assert reason_words(Reason(ReasonCode.COMMAND, "agent"), catalog) == "The resident asked for a person"
    assert review_words("PlaceNotFound") == "A case is open whose place no map knows"
    assert review_words("SomethingNew") == "Something new"
