"""The help pages: readable and searchable in every language, without a script."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.stories.questions import QUESTIONS, Asked
from tests.stories.test_text_messages import words

LANGUAGES = pytest.mark.parametrize(("language", "asked"), QUESTIONS.items(), ids=QUESTIONS)


def page(client: TestClient, path: str, **query: str) -> str:
    response = client.get(path, params=query, headers={"accept": "text/html"})
    assert response.status_code == 200, response.text
    return unescape(response.text)


@LANGUAGES
def test_all_topics_are_listed_in_the_language(language: str, asked: Asked, client: TestClient) -> None:
    listed = page(client, "/help", lang=language)
    assert words(language, "help-title") in listed
    assert len(set(re.findall(r'href="/help/([a-z0-9-]+)"', listed))) == 80
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in listed


@LANGUAGES
def test_a_question_is_searched_in_the_residents_own_words(language: str, asked: Asked, client: TestClient) -> None:
    found = page(client, "/help", lang=language, q=asked.question)
    assert words(language, "help-found") in found
    assert found.index("/help/dog-license") < found.index(words(language, "help-all"))
    assert asked.question in found


@LANGUAGES
def test_an_article_says_the_answer_the_source_and_that_it_is_a_starter(language: str, asked: Asked, client: TestClient) -> None:
    article = page(client, "/help/dog-license", lang=language)
    assert "$15" in article
    assert "https://www.boston.gov/departments/animal-care-and-control/how-license-your-dog" in article
    assert words(language, "help-starter") in article
    assert words(language, "help-only-english", phone="311") not in article
    assert '<section lang="en" dir="ltr"' in article


def test_a_search_without_result_says_so_and_offers_a_person(client: TestClient) -> None:
    found = page(client, "/help", lang="en", q="zzz qqq xxx")
    assert words("en", "help-none-found") in found


def test_what_a_resident_types_is_text_and_never_markup(client: TestClient) -> None:
    response = client.get("/help", params={"q": "<script>alert(1)</script>", "lang": "en"})
    assert "<script>alert" not in response.text


def test_an_article_for_single_neighborhoods_names_them(client: TestClient) -> None:
    article = page(client, "/help/street-cleaning-schedule", lang="en")
    assert "Beacon Hill, North End, South End" in article


def test_an_unknown_article_is_not_found(client: TestClient) -> None:
    response = client.get("/help/no-such-thing", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert words("en", "error-not-found") in unescape(response.text)


def test_the_ready_page_tells_of_articles_and_faults(client: TestClient) -> None:
    assert client.get("/readyz").json()["knowledge"] == {"articles": 80, "faults": []}
