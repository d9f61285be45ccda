"""One item of the queue, as people at the console read it and act on it: here without a script."""

import html
import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.messages import Channel
from intake.console_tables import AuditTable, StaffMessageTable
from intake.tables import CaseTable
from intake.wiring import Service
from models.understanding import Kind
from routing.drafts import CaseDraft, Place, Precision
from tests.builders import a_draft
from tests.desk import Desk, a_desk, text_of_page
from tests.reviewing import AT_DUDLEY, POTHOLE, STREET_REPAIR, a_review, case, cases_behind, labels, open_pothole, row_of, rows
from tests.stories.console.reviews import do, taken

POTHOLE_NAME, REPAIR_NAME = "Pothole in the street", "Road surface in bad shape"


@pytest.fixture
def desk(client: TestClient, service: Service) -> Desk:
    return a_desk(client, service)


def test_an_item_that_somebody_has_says_who(client: TestClient, service: Service) -> None:
    one, other = a_desk(client, service), a_desk(client, service)
    review_id = a_review(service)
    taken(one, review_id)
    response = other.get(f"/console/reviews/{review_id}")
    assert response.status_code == 409
    assert f"{one.person.name} has this item." in text_of_page(response)
    assert other.post(f"/console/reviews/{review_id}/close", outcome="spam").status_code == 409
    assert row_of(service, review_id).closed_at is None


def test_the_words_that_carried_the_score_are_marked(desk: Desk, service: Service) -> None:
    page = taken(desk, a_review(service, "there is a deep pothole here"))
    assert re.search(r"<mark>pothole</mark>", page)
    assert f"Marked: what spoke most for {POTHOLE_NAME}." in page


def test_a_yes_is_shown_as_the_report_that_it_confirms(client: TestClient, desk: Desk) -> None:
    for text in ("There is a deep pothole", "zzgh qwerty 12", "yes"):
        client.post("/chat", json={"session": "s", "text": text})
    page = taken(desk, 1)
    assert "deep <mark>pothole</mark></blockquote>" in page
    assert '<option value="service" selected>' in page
    assert re.search(r'id="service-1" value="REQPOTHL"[^>]* checked>', page)


def test_similar_sentences_are_never_called_a_translation(desk: Desk, service: Service) -> None:
    page = taken(desk, a_review(service, "Gen yon gwo twou nan lari a", language="ht"))
    assert "Not translated: " in page
    assert "Translated by" not in page


def test_enter_opens_a_case_for_what_is_chosen_and_the_next_item_follows(desk: Desk, service: Service) -> None:
    first, second = a_review(service), a_review(service)
    page = taken(desk, first)
    assert f"Opens a case: {POTHOLE_NAME} without a place." in page

    assert do(desk, first, "open", service=POTHOLE, place="12 Dudley St") == f"/console/reviews/{second}"

    opened = rows(service, CaseTable)[0]
    assert (opened.service, (opened.place or {})["text"], opened.channel) == (POTHOLE, "12 Dudley St", "transcript")
    assert (row_of(service, first).closed_by, row_of(service, first).outcome) == (desk.person.id, "case_opened")
    assert f"Case {opened.number} opened. " in text_of_page(desk.get(f"/console/reviews/{second}"))


def test_another_service_becomes_a_label(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    do(desk, review_id, "open", service=STREET_REPAIR)
    assert ("service", POTHOLE, STREET_REPAIR) in labels(service)


def test_a_service_can_be_named_without_a_script(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    assert f'<option value="{REPAIR_NAME} ({STREET_REPAIR})">' in taken(desk, review_id)
    do(desk, review_id, "open", service=POTHOLE, service_words=f"{REPAIR_NAME} ({STREET_REPAIR})")
    assert rows(service, CaseTable)[0].service == STREET_REPAIR


def test_a_service_that_nobody_knows_is_asked_again_and_nothing_is_done(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    response = desk.post(f"/console/reviews/{review_id}/open", service_words="unicorn riding")
    assert response.status_code == 422
    assert "No service is called “unicorn riding”" in text_of_page(response)
    assert rows(service, CaseTable) == []


def test_with_no_service_chosen_only_corrections_are_kept(desk: Desk, service: Service) -> None:
    review_id = a_review(service, "what are the beach hours", kind=Kind.OTHER)
    taken(desk, review_id)
    assert do(desk, review_id, "open", service="", kind="info", language="en") == f"/console/reviews/{review_id}"
    assert labels(service) == [("kind", "other", "info")]
    assert row_of(service, review_id).closed_at is None


def test_a_case_that_is_open_is_corrected_and_the_item_done(desk: Desk, service: Service) -> None:
    draft = CaseDraft(POTHOLE, "there is a hole", 0.9, Place("by the tree", Precision.TEXT))
    review_id = a_review(service, "there is a hole", name="PlaceNotFound", drafts=(draft,))
    (number,) = cases_behind(service, review_id)
    assert f"Case {number} is open" in taken(desk, review_id)

    do(desk, review_id, "done", service=POTHOLE, place="Franklin Park")

    place = case(service, number).place or {}
    assert (place["text"], place["precision"], round(place["latitude"])) == ("Franklin Park", "landmark", 42)
    assert row_of(service, review_id).outcome == "confirmed"


def test_of_several_places_with_one_name_the_chosen_one_is_taken(desk: Desk, service: Service) -> None:
    elsewhere = Place("12 Dudley St", Precision.ADDRESS, 42.29, -71.06, "Dorchester")
    drafts = (a_draft(place=AT_DUDLEY), a_draft(place=elsewhere))
    review_id = a_review(service, drafts=drafts)
    values = re.findall(r'name="candidate" id="candidate-\d" value="([^"]+)"', taken(desk, review_id))
    assert len(values) == 2

    do(desk, review_id, "open", service=POTHOLE, place="12 Dudley St", candidate=html.unescape(values[1]))

    assert (rows(service, CaseTable)[0].place or {})["latitude"] == pytest.approx(42.29)


def test_a_place_in_other_words_than_the_map_s_is_the_candidate_that_was_chosen(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    (offered,) = desk.get("/console/places", q="Tremont and Boylston").json()["places"]
    do(desk, review_id, "open", service=POTHOLE, place="Tremont and Boylston", candidate=offered["value"])
    place = rows(service, CaseTable)[0].place or {}
    assert (place["text"], place["neighborhood"]) == ("Tremont St & Boylston St", "Downtown")


def test_two_problems_become_two_cases(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    do(desk, review_id, "split", service=POTHOLE, place="12 Dudley St", second_service=f"{REPAIR_NAME} ({STREET_REPAIR})")
    opened = rows(service, CaseTable)
    assert [(row.service, (row.place or {})["text"]) for row in opened] == [
        (POTHOLE, "12 Dudley St"),
        (STREET_REPAIR, "12 Dudley St"),
    ]


def test_a_second_case_needs_its_service(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    response = desk.post(f"/console/reviews/{review_id}/split", service=POTHOLE)
    assert (response.status_code, rows(service, CaseTable)) == (422, [])


def test_a_resident_joins_a_case_that_is_open_nearby(desk: Desk, service: Service) -> None:
    number = open_pothole(service, a_desk(desk.client, service).person)
    review_id = a_review(service, drafts=(a_draft(place=Place("450 Blue Hill Ave", Precision.ADDRESS)),), sender="+16175550199")
    assert re.search(rf'name="case" value="{number}"[^>]*id="join">Join it', taken(desk, review_id))
    do(desk, review_id, "join", case=number)
    assert row_of(service, review_id).outcome == "joined"


def test_an_answer_waits_for_its_minute(desk: Desk, service: Service) -> None:
    review_id = a_review(service, "when does the beach open", channel=Channel.SMS, kind=Kind.INFO)
    taken(desk, review_id)
    do(desk, review_id, "answer", way="own", text="On June 20.")
    (sent,) = rows(service, StaffMessageTable)
    assert (sent.text, sent.sent_text, sent.state) == ("On June 20.", "On June 20.", "waiting")
    assert row_of(service, review_id).outcome == "answered"


def test_an_article_is_sent_in_the_residents_language(desk: Desk, service: Service) -> None:
    review_id = a_review(service, "¿cómo saco la licencia del perro?", channel=Channel.SMS, language="es", kind=Kind.INFO)
    taken(desk, review_id)
    page = desk.get(f"/console/reviews/{review_id}", articles="licencia para mi perro").text
    assert 'name="article" value="dog-license"' in page
    do(desk, review_id, "answer", article="dog-license")
    (sent,) = rows(service, StaffMessageTable)
    assert (sent.article, sent.language) == ("dog-license", "es")
    assert "perro" in sent.sent_text


def test_own_words_without_a_translation_are_only_sent_as_english(desk: Desk, service: Service) -> None:
    review_id = a_review(service, "Mwen bezwen èd", channel=Channel.SMS, language="ht", kind=Kind.AGENT)
    taken(desk, review_id)
    preview = desk.post(f"/console/reviews/{review_id}/preview", text="We will call you.")
    assert "No translation into Haitian Creole could be made." in text_of_page(preview)
    assert "We will call you.</textarea>" in preview.text
    do(desk, review_id, "answer", way="english", text="We will call you.")
    (sent,) = rows(service, StaffMessageTable)
    assert sent.sent_text.endswith("We will call you.")
    assert sent.sent_text != sent.text


def test_an_empty_answer_is_not_sent(desk: Desk, service: Service) -> None:
    review_id = a_review(service, channel=Channel.SMS)
    taken(desk, review_id)
    assert desk.post(f"/console/reviews/{review_id}/answer", way="own", text=" ").status_code == 422
    assert rows(service, StaffMessageTable) == []


def test_an_item_is_closed_with_what_became_of_it(desk: Desk, service: Service) -> None:
    review_id = a_review(service, name="Emergency", is_urgent=True)
    assert '<option value="called_911_confirmed">' in taken(desk, review_id)
    assert desk.post(f"/console/reviews/{review_id}/close", outcome="case_opened").status_code == 422
    do(desk, review_id, "close", outcome="called_911_confirmed")
    assert row_of(service, review_id).outcome == "called_911_confirmed"


def test_pressing_a_button_twice_does_it_once(desk: Desk, service: Service) -> None:
    review_id = a_review(service)
    taken(desk, review_id)
    assert do(desk, review_id, "open", service=POTHOLE) == do(desk, review_id, "open", service=POTHOLE)
    assert len(rows(service, CaseTable)) == 1


def test_the_number_is_shown_only_to_who_asks_and_that_is_noted(desk: Desk, service: Service) -> None:
    review_id = a_review(service, "call me at 617-555-0199 about the hole", channel=Channel.SMS)
    page = taken(desk, review_id)
    assert "…0142" in page
    assert "0199" not in page
    shown = desk.post(f"/console/reviews/{review_id}/show").text
    assert "+16175550142" in shown
    assert "617-555-0199" in shown
    with Session(service.engine) as session:
        names = session.scalars(select(AuditTable.name).where(AuditTable.about == f"review {review_id}")).all()
    assert "review_revealed" in names
