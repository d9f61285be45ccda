"""A photo that came with a report reaches the crew, once, however often answers are lost."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.effects import AttachPhotos, FetchAttachment, FileCase, FileWorkOrder
from intake.errors import Permanent, Retryable
from intake.settings import Settings
from intake.tables import AttachmentTable, CaseEventTable
from routing.comprehension import Comprehension
from tests.city_hall import CityHall, city_hall
from tests.conftest import Clock

PHOTO = "/media/lamp.jpg"


@pytest.fixture
def hall(settings: Settings, understanding: Comprehension, clock: Clock, tmp_path: Path) -> Iterator[CityHall]:
    with city_hall(settings, understanding, clock, tmp_path) as built:
        yield built


def a_photo(color: str = "gray") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(written, "JPEG")
    return written.getvalue()


def report_with_photos(hall: CityHall, *photos: str) -> None:
    for number, path in enumerate(photos):
        hall.twilio.media[path] = ("image/jpeg", a_photo(("gray", "red", "blue")[number]))
    hall.phone.send("the street light is out", media={hall.twilio.url + path: "image/jpeg" for path in photos})
    hall.phone.send("450 Blue Hill Ave")
    hall.phone.send("yes")


def file_the_work_order(hall: CityHall) -> None:
    hall.deliver(FileCase)
    hall.deliver(FileWorkOrder)


def names(hall: CityHall) -> list[str]:
    return [name for _, name, _, _ in hall.cartegraph.attachments]


def test_a_photo_of_the_report_is_attached_to_its_work_order(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO)
    hall.deliver(FetchAttachment)
    file_the_work_order(hall)
    hall.deliver(AttachPhotos)
    (task,) = hall.cartegraph.tasks
    ((oid, name, kind, content),) = hall.cartegraph.attachments
    assert (oid, name, kind) == (str(task["Oid"]), "26-000001-1.jpg", "image/jpeg")
    assert Image.open(io.BytesIO(content)).size == (40, 30)
    with Session(hall.service.engine) as session:
        event = session.scalars(select(CaseEventTable).where(CaseEventTable.name == "photo_attached")).one()
    assert event.after == {"work_order": "boston-26-000001-W1", "attachment": 1, "name": "26-000001-1.jpg"}


def test_a_lost_answer_does_not_attach_a_photo_twice(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO, "/media/pole.jpg")
    hall.deliver(FetchAttachment)
    file_the_work_order(hall)
    hall.cartegraph.lose_share = 1.0
    for _ in range(2):
        with pytest.raises(Retryable):
            hall.deliver(AttachPhotos)
    hall.cartegraph.lose_share = 0.0
    hall.deliver(AttachPhotos)
    assert names(hall) == ["26-000001-1.jpg", "26-000001-2.jpg"]


def test_attaching_again_asks_for_nothing(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO)
    hall.deliver(FetchAttachment)
    file_the_work_order(hall)
    hall.deliver(AttachPhotos)
    (effect_id,) = hall.effects(AttachPhotos)
    asked = len(hall.cartegraph.asked)
    hall.service.delivery.case_photos.attach(AttachPhotos(1))
    assert len(hall.cartegraph.asked) == asked
    hall.service.delivery.deliver(effect_id)
    assert len(names(hall)) == 1


def test_a_photo_that_is_still_on_its_way_is_waited_for(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO)
    file_the_work_order(hall)
    with pytest.raises(Retryable, match="still being fetched"):
        hall.deliver(AttachPhotos)
    hall.deliver(FetchAttachment)
    hall.deliver(AttachPhotos)
    assert names(hall) == ["26-000001-1.jpg"]


def test_a_report_without_a_photo_asks_for_no_attaching(hall: CityHall) -> None:
    hall.report_a_dark_lamp()
    file_the_work_order(hall)
    assert hall.effects(AttachPhotos) == []


def test_a_photo_of_an_earlier_report_stays_with_that_one(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO)
    hall.deliver(FetchAttachment)
    for said in ("the street light is out", "12 Gibson St", "yes"):
        hall.phone.send(said)
    file_the_work_order(hall)
    hall.deliver(AttachPhotos)
    assert len(hall.cartegraph.tasks) == 2
    assert names(hall) == ["26-000001-1.jpg"]


def test_a_photo_that_was_no_photo_is_not_attached(hall: CityHall) -> None:
    hall.twilio.media[PHOTO] = ("image/jpeg", b"no photo at all")
    hall.phone.send("the street light is out", media={hall.twilio.url + PHOTO: "image/jpeg"})
    hall.phone.send("450 Blue Hill Ave")
    hall.phone.send("yes")
    hall.deliver(FetchAttachment)
    file_the_work_order(hall)
    hall.deliver(AttachPhotos)
    with Session(hall.service.engine) as session:
        assert session.scalars(select(AttachmentTable.state)).all() == ["refused"]
    assert names(hall) == []


def test_an_asset_system_that_says_no_is_believed(hall: CityHall) -> None:
    report_with_photos(hall, PHOTO)
    hall.deliver(FetchAttachment)
    file_the_work_order(hall)
    hall.cartegraph.fail_status, hall.cartegraph.fail_share = 400, 1.0
    with pytest.raises(Permanent):
        hall.deliver(AttachPhotos)
