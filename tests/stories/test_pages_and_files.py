"""What all pages share: the language, the size of text, and how they travel."""

import re

import pytest
from fastapi.testclient import TestClient

from intake.phrases import Phrases
from tests.stories.talks import TALKS

PAGES = ("/", "/report", "/chat", "/help", "/help/trash-day")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_names_its_language_and_opens_the_twelve(path: str, client: TestClient) -> None:
    page = client.get(path, params={"lang": "vi"}).text
    summary = re.search(r"<summary>(.*?)</summary>", page, re.DOTALL)
    assert summary is not None
    assert "tiếng việt" in summary.group(1)
    assert set(re.findall(r'hreflang="([\w-]+)"', page)) == set(TALKS)


def test_large_text_is_remembered_until_it_is_unset(client: TestClient) -> None:
    assert 'class="large"' in client.get("/?text=large").text.split(">", 2)[1]
    assert '<html lang="en" dir="ltr" class="large">' in client.get("/report").text
    assert '<html lang="en" dir="ltr">' in client.get("/?text=normal").text
    assert '<html lang="en" dir="ltr">' in client.get("/report").text


def test_a_link_to_another_language_keeps_what_was_asked(client: TestClient) -> None:
    assert 'href="/help?q=trash&amp;lang=es"' in client.get("/help", params={"q": "trash", "lang": "en"}).text


def test_a_page_that_answers_a_form_leads_back_to_the_form(client: TestClient) -> None:
    page = client.post("/report/answer", data={}).text
    assert 'href="/report?lang=es"' in page


def test_home_says_how_to_come_to_ones_case(client: TestClient) -> None:
    for language in TALKS:
        page = client.get("/", params={"lang": language}).text
        assert Phrases([language]).say(language, "word-status") in page
        for way in ("/report", "/chat", "sms:", "tel:", 'action="/help"'):
            assert way in page


def test_a_file_is_fetched_once_and_anew_when_it_changes(client: TestClient) -> None:
    address = re.search(r'href="(/static/v-[0-9a-f]{12}/intake\.css)"', client.get("/").text)
    assert address is not None
    assert client.get(address.group(1)).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("/static/intake.css", "/static/v-000000000000/intake.css"):
        served = client.get(other)
        assert (served.status_code, served.headers["Cache-Control"]) == (200, "public, max-age=300")
    assert client.get("/static/v-000000000000/../../tables.py").status_code == 404
    assert client.get("/static/missing.css").status_code == 404


def test_pages_travel_compressed(client: TestClient) -> None:
    assert client.get("/help").headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/console/sign-in").headers


def test_a_page_asks_for_https_from_then_on_and_loads_nothing_of_others(client: TestClient) -> None:
    headers = client.get("/").headers
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
