"""The web form, in every language, without JavaScript."""

import io
import re

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.delivering.durable import HeldOutbox
from intake.effects import SendReply
from intake.phrases import Phrases
from intake.tables import AttachmentTable, CaseTable, MessageTable
from intake.wiring import Service
from tests.stories.talks import PLACE, TALKS, Talk

LANGUAGES = pytest.mark.parametrize(("language", "talk"), TALKS.items(), ids=TALKS)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Browser:
    """A browser without JavaScript: it keeps hidden fields and sends forms."""

    def __init__(self, client: TestClient, language: str) -> None:
        self._client = client
        self._language = language
        self.page = client.get(f"/report?lang={language}").text

    def report(self, what: str, *, where: str = "", phone: str = "", photo: bytes | None = None) -> str:
        files = None if photo is None else {"photo": ("photo.jpg", photo, "image/jpeg")}
        fields = {"language": self._language, "what": what, "where": where, "phone": phone}
        return self._send("/report", fields, files)

    def answer(self, **fields: str) -> str:
        return self._send("/report/answer", fields, None)

    def _send(self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes, str]] | None) -> str:
        form = {**dict(HIDDEN.findall(self.page)), **fields}
        response = self._client.post(f"{path}?lang={self._language}", data=form, files=files)
        self.page = str(response.text)
        return self.page


def a_photo() -> bytes:
    written = io.BytesIO()
    image = Image.new("RGB", (40, 30), "red")
    exif = Image.Exif()
    exif[0x010F] = "a maker of cameras"
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


@LANGUAGES
def test_a_report_with_a_place_is_read_back_and_opened(language: str, talk: Talk, client: TestClient, service: Service) -> None:
    browser = Browser(client, language)
    direction = "rtl" if language == "ar" else "ltr"
    assert f'<html lang="{language}" dir="{direction}">' in browser.page
    read_back = browser.report(talk.report, where=PLACE)
    assert PLACE in read_back
    done = browser.answer(choice="1")
    with Session(service.engine) as session:
        case = session.scalars(select(CaseTable)).one()
    assert f'data-case="{case.number}"' in done
    assert (case.service, case.language) == ("REQPOTHL", language)


@LANGUAGES
def test_a_missing_place_is_asked_on_the_next_page(language: str, talk: Talk, client: TestClient) -> None:
    browser = Browser(client, language)
    asked = browser.report(talk.report)
    assert Phrases([language]).say(language, "report-answer") in asked
    assert PLACE in browser.answer(text=PLACE)


def test_a_photo_is_kept_without_what_the_camera_added(client: TestClient, service: Service) -> None:
    browser = Browser(client, "en")
    browser.report("deep pothole", where=PLACE, photo=a_photo())
    with Session(service.engine) as session:
        attachment = session.scalars(select(AttachmentTable)).one()
    kept = service.settings.attachments_folder / str(attachment.key)[:2] / str(attachment.key)
    with Image.open(kept) as image:
        assert image.size == (40, 30)
        assert not image.getexif()


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"%PDF-1.7"], ids=["empty", "svg", "pdf"])
def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(content: bytes, client: TestClient, service: Service) -> None:
    browser = Browser(client, "en")
    page = browser.report("deep pothole here", photo=content)
    assert Phrases(["en"]).say("en", "error-photo-type") in page
    assert "deep pothole here" in page
    with Session(service.engine) as session:
        assert session.scalars(select(MessageTable)).all() == []


@pytest.mark.parametrize(
    ("what", "phone", "phrase"),
    [(" ", "", "error-what-missing"), ("pothole", "12", "error-phone")],
    ids=["nothing said", "no phone number"],
)
def test_what_is_wrong_is_said_in_the_residents_language(what: str, phone: str, phrase: str, client: TestClient) -> None:
    assert Phrases(["es"]).say("es", phrase) in Browser(client, "es").report(what, phone=phone)


def test_with_a_phone_number_the_case_number_follows_by_text(client: TestClient, service: Service, outbox: HeldOutbox) -> None:
    browser = Browser(client, "en")
    browser.report("there is a deep pothole", where=PLACE, phone="617-555-0142")
    browser.answer(choice="1")
    effects = [service.intake.store.effect(effect_id) for effect_id in outbox.effect_ids]
    (text,) = [effect[0] for effect in effects if effect is not None]
    assert isinstance(text, SendReply)
    assert service.intake.store.contact(text.contact_id)[0] == "+16175550142"


def test_sending_the_same_page_twice_opens_one_case(client: TestClient, service: Service) -> None:
    browser = Browser(client, "en")
    read_back = browser.report("there is a deep pothole", where=PLACE)
    first = browser.answer(choice="1")
    browser.page = read_back
    assert re.findall(r"data-case=\S+", browser.answer(choice="1")) == re.findall(r"data-case=\S+", first)
    with Session(service.engine) as session:
        assert len(session.scalars(select(CaseTable)).all()) == 1


def test_a_first_page_that_comes_again_shows_where_the_report_stands(client: TestClient, service: Service) -> None:
    browser = Browser(client, "en")
    empty = browser.page
    read_back = browser.report("there is a deep pothole", where=PLACE)
    browser.page = empty
    again = browser.report("there is a deep pothole", where=PLACE)
    assert re.findall(r'class="reply".*', again) == re.findall(r'class="reply".*', read_back)
    browser.answer(choice="1")
    with Session(service.engine) as session:
        assert len(session.scalars(select(CaseTable)).all()) == 1


def test_nobody_can_answer_in_anothers_name(client: TestClient) -> None:
    browser = Browser(client, "en")
    browser.report("there is a deep pothole", where=PLACE)
    page = browser.answer(choice="1", sender="+16175550100")
    assert Phrases(["en"]).say("en", "error-expired") in page


def test_the_status_page_opens_only_with_its_key(client: TestClient) -> None:
    browser = Browser(client, "en")
    browser.report("there is a deep pothole", where=PLACE)
    found = re.search(r'href="https://311\.example\.org(/cases/[^"?]+)\?key=([^"]+)"', browser.answer(choice="1"))
    assert found is not None
    path, key = found.groups()
    assert "Pothole" in client.get(f"{path}?key={key}").text
    assert client.get(f"{path}?key=wrong").status_code == 404
    assert client.get(path).status_code == 404
