"""A photo in a chat, with and without a script."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.phrases import Phrases
from intake.tables import AttachmentTable, MessageTable
from intake.wiring import Service
from tests.stories.test_form import a_photo

JSON = {"Accept": "application/json"}
SCRIPTLESS = {"Accept": "text/html"}


def send(client: TestClient, photo: bytes, headers: dict[str, str], **fields: str) -> Response:
    form = {"session": "s", "id": "p-1", "language": "en", **fields}
    return client.post("/chat/photo", data=form, files={"photo": ("photo.jpg", photo, "image/jpeg")}, headers=headers)


def kept(service: Service) -> list[AttachmentTable]:
    with Session(service.engine) as session:
        return list(session.scalars(select(AttachmentTable)))


def test_a_photo_is_kept_without_what_the_camera_added_and_answered(client: TestClient, service: Service) -> None:
    answer = send(client, a_photo(), JSON).json()
    assert answer["id"] == "p-1"
    assert Phrases(["en"]).say("en", "photo-received") in answer["replies"][0]["text"]
    (row,) = kept(service)
    assert row.state == "stored"
    assert row.key is not None
    with Image.open(service.settings.attachments_folder / row.key[:2] / row.key) as image:
        assert dict(image.getexif()) == {}


def test_the_photo_belongs_to_the_talk(client: TestClient, service: Service) -> None:
    client.post("/chat", json={"session": "s", "text": "There is a deep pothole at 450 Blue Hill Ave"})
    send(client, a_photo(), JSON)
    with Session(service.engine) as session:
        assert len(set(session.scalars(select(MessageTable.conversation_id)))) == 1


def test_a_photo_that_is_sent_again_counts_once(client: TestClient, service: Service) -> None:
    first = send(client, a_photo(), JSON).json()
    assert send(client, a_photo(), JSON).json() == first
    assert len(kept(service)) == 1


def test_a_browser_without_a_script_gets_a_page_in_its_language(client: TestClient) -> None:
    page = send(client, a_photo(), SCRIPTLESS, language="es")
    assert '<html lang="es"' in page.text
    assert 'name="session" value="s"' in page.text


@pytest.mark.parametrize(("content", "phrase"), [(b"no photo", "error-photo-type"), (b"", "error-photo-type")])
def test_what_is_no_photo_is_refused_in_words(content: bytes, phrase: str, client: TestClient, service: Service) -> None:
    refused = send(client, content, JSON)
    assert (refused.status_code, refused.json()["error"]) == (422, Phrases(["en"]).say("en", phrase))
    assert Phrases(["en"]).say("en", phrase) in send(client, content, SCRIPTLESS).text
    assert kept(service) == []


def test_a_photo_that_is_too_large_is_refused_with_the_limit(client: TestClient, service: Service) -> None:
    limit = service.intake.city.policy.attachment_megabytes
    refused = send(client, b"0" * (limit * 1_000_000 + 1), JSON)
    assert (refused.status_code, str(limit) in refused.json()["error"]) == (422, True)


def test_a_photo_without_a_session_is_refused(client: TestClient) -> None:
    assert send(client, a_photo(), JSON, session="../etc").status_code == 422


def test_whoever_floods_with_photos_is_asked_to_wait(client: TestClient) -> None:
    statuses = {send(client, b"no photo", JSON).status_code for _ in range(61)}
    assert statuses == {422, 429}
