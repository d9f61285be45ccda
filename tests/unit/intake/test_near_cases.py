"""Which open cases may be the same problem: near, recent, of this service or one that it is taken for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from intake.casework.known_cases import KnownCases
from intake.database import make_engine, migrate
from intake.settings import ROOT
from intake.tables import CaseTable, ContactTable, ConversationTable, MessageTable
from models.similar_words import similarities
from routing.city import load_city
from routing.decision import AskToConfirm, AskToJoin
from routing.drafts import CaseDraft, Place, Precision
from routing.reasons import Reason, ReasonCode

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HERE = Place("450 Blue Hill Ave", Precision.ADDRESS, 42.3100, -71.0800)
WHY = (Reason(ReasonCode.COMPLETE),)


class Street:
    """A database in which cases are open at and around one address."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'intake.db'}"
        migrate(url)
        self.engine = make_engine(url)
        self.known = KnownCases(self.engine, load_city(ROOT / "cities" / "boston").catalog)
        self.count = 0
        with Session(self.engine) as session, session.begin():
            session.add(ContactTable(id=1, lookup="a", sealed=b"", created_at=NOW))
            session.flush()
            session.add(
                ConversationTable(
                    id=1, contact_id=1, channel="sms", thread="", state="ready", memory={}, version=0, changed_at=NOW
                )
            )
            session.flush()
            session.add(MessageTable(id=1, channel="sms", provider_id="1", conversation_id=1, text="", received_at=NOW))

    def open_case(self, service: str, words: str, *, north: float = 0.0, language: str = "en", hours_ago: float = 1) -> str:
        """Open a case so many meters north of the address."""
        self.count += 1
        place = {"text": f"{self.count} Elsewhere St", "precision": "address", "neighborhood": ""}
        place |= {"latitude": 42.3100 + north / 111_320, "longitude": -71.0800}  # type: ignore[dict-item]
        catalog = self.known.catalog
        with Session(self.engine) as session, session.begin():
            session.add(
                CaseTable(
                    number=f"26-{self.count:06d}",
                    token=str(self.count),
                    message_id=1,
                    conversation_id=1,
                    contact_id=1,
                    service=service,
                    department=catalog.services[service].department,
                    status="open",
                    priority=catalog.services[service].priority.value,
                    description=words,
                    details=[],
                    place=place,
                    language=language,
                    channel="sms",
                    confidence=1.0,
                    opened_at=NOW - timedelta(hours=hours_ago),
                    due_at=NOW,
                )
            )
        return f"26-{self.count:06d}"

    def near(self, service: str, words: str) -> list[str]:
        return [case.number for case in self.known.near(service, HERE, words, NOW, limit=10)]

    def asked_about(self, service: str, words: str, *, language: str = "en") -> str | None:
        """The case that a resident with this report is asked about."""
        decision = AskToConfirm((CaseDraft(service, words, 0.9, HERE),), WHY)
        asked = self.known.offer_joining(decision, language, NOW)
        return asked.case_number if isinstance(asked, AskToJoin) else None


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    built = Street(tmp_path)
    yield built
    built.engine.dispose()


def test_the_likeliest_copy_comes_first(street: Street) -> None:
    other = street.open_case("RDWYRPR", "the road surface is broken all along the block")
    unlike = street.open_case("REQPOTHL", "my tire is gone, please come")
    alike = street.open_case("REQPOTHL", "there is a deep pothole, cars hit it")
    assert street.near("REQPOTHL", "a deep pothole here, all cars hit it") == [alike, unlike, other]


def test_a_near_case_says_how_near_and_how_much_alike_it_is(street: Street) -> None:
    street.open_case("REQPOTHL", "deep pothole", north=40)
    (case,) = street.known.near("REQPOTHL", HERE, "deep pothole", NOW, limit=10)
    assert case.distance_meters == pytest.approx(40, abs=0.1)
    assert case.similarity == pytest.approx(1)
    assert (case.service, case.place, case.opened_at) == ("REQPOTHL", "1 Elsewhere St", NOW - timedelta(hours=1))


def test_what_is_far_or_old_or_another_problem_is_not_near(street: Street) -> None:
    street.open_case("REQPOTHL", "deep pothole", north=61)
    street.open_case("REQPOTHL", "deep pothole", hours_ago=31 * 24)
    street.open_case("GENGRAFFITI", "deep pothole")
    assert street.near("REQPOTHL", "deep pothole") == []


def test_no_more_than_asked_for_are_given(street: Street) -> None:
    for _ in range(4):
        street.open_case("REQPOTHL", "deep pothole")
    assert len(street.known.near("REQPOTHL", HERE, "deep pothole", NOW, limit=3)) == 3


def test_without_a_place_nothing_is_near(street: Street) -> None:
    street.open_case("REQPOTHL", "deep pothole")
    assert street.known.near("REQPOTHL", None, "deep pothole", NOW, limit=3) == ()


def test_sensitive_services_have_no_near_cases(street: Street) -> None:
    street.open_case("HEAT", "no heat in my apartment")
    assert street.near("HEAT", "no heat in my apartment") == []


def test_another_service_is_asked_about_where_the_words_are_similar(street: Street) -> None:
    number = street.open_case("MTRECYDBI", "the trash bags on our corner were not picked up")
    assert street.asked_about("ILGLDUMP", "trash bags on our corner, nobody picks them up") == number
    assert street.asked_about("ILGLDUMP", "someone dumped an old sofa and tires") is None


def test_the_same_service_is_asked_about_in_any_words(street: Street) -> None:
    number = street.open_case("ILGLDUMP", "someone dumped an old sofa")
    assert street.asked_about("ILGLDUMP", "garbage everywhere") == number


def test_across_languages_only_a_very_near_place_counts_for_another_service(street: Street) -> None:
    number = street.open_case("MTRECYDBI", "no se llevaron la basura", north=20, language="es")
    assert street.asked_about("ILGLDUMP", "trash bags on our corner", language="en") == number
    assert street.asked_about("ILGLDUMP", "tiraron un sofá viejo", language="es") is None


def test_across_languages_a_case_a_few_houses_away_is_another(street: Street) -> None:
    street.open_case("MTRECYDBI", "no se llevaron la basura", north=40, language="es")
    assert street.asked_about("ILGLDUMP", "trash bags on our corner", language="en") is None


def test_a_danger_is_never_put_into_a_case_that_can_wait(street: Street) -> None:
    words = "the street light pole at the corner"
    street.open_case("STRLGTOUT", words)
    assert street.asked_about("STRLGTKDWN", words) is None


def test_words_are_alike_by_their_letters_and_not_by_their_marks() -> None:
    same, accents, other = similarities("hay un bache enorme", ["hay un bache enorme", "HAY UN BÁCHE ENORME", "no hay luz"])
    assert same == pytest.approx(1)
    assert accents == pytest.approx(1)
    assert other < 0.3
    assert similarities("anything", []) == ()
    assert similarities("", ["a", ""]) == (0.0, 0.0)
