"""A service that residents have written to for a day, so that every page has something on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console.access import Role
from intake.tables import CaseTable, ConversationTable, ReviewTable
from intake.wiring import Service
from tests.conftest import Clock
from tests.stories.talks import PLACE, TALKS

_QUESTIONS = {"en": "when is trash picked up on my street?", "ar": "ايمتى بتيجوا تاخدوا الزبالة؟"}
_UNSURE = {
    "es": "aqui hay algo raro botado en la esquina y nadie hace nada",
    "ar": "في شي غريب مرمي عالزاوية وما حدا عم يهتم",
    "ht": "gen yon bagay dwòl nan kafou a, pèsonn pa okipe l",
    "vi": "co cai gi do la lam o goc duong khong ai don",
}


@dataclass(frozen=True)
class PageToSee:
    """A page by a name for its picture, its path, and who opens it; None is a resident."""

    name: str
    path: str
    role: Role | None = None


def live_in(client: TestClient, service: Service, clock: Clock) -> None:
    """Let residents report, ask, be unclear, want a person and smell gas, in several languages, over two days."""
    for number, (language, talk) in enumerate(TALKS.items()):
        clock.now += timedelta(minutes=37)
        _say(client, f"report-{language}", talk.report, f"{400 + 10 * number} Blue Hill Ave", talk.yes)
    clock.now += timedelta(hours=9)
    for language, text in _UNSURE.items():
        _say(client, f"unsure-{language}", text, TALKS[language].nonsense, text)
    for language in ("es", "ar", "ru"):
        clock.now += timedelta(minutes=3)
        _say(client, f"person-{language}", TALKS[language].report, TALKS[language].agent, TALKS[language].report)
    for language, question in _QUESTIONS.items():
        _say(client, f"question-{language}", question)
    _say(client, "contact", "call me at 617-555-0142, my landlord does nothing about the thing", "I want to talk to a person")
    _say(client, "gas", TALKS["en"].gas)
    _say(client, "copy", TALKS["en"].report, PLACE)
    clock.now += timedelta(minutes=2)


def pages(service: Service) -> Iterator[PageToSee]:
    """Every page there is, after a day of life."""
    yield from _residents(service)
    yield from _console(service)


def _residents(service: Service) -> Iterator[PageToSee]:
    with Session(service.engine) as session:
        number, token = session.execute(select(CaseTable.number, CaseTable.token).order_by(CaseTable.id)).first() or ("", "")
    yield PageToSee("home", "/")
    yield PageToSee("report", "/report")
    yield PageToSee("chat", "/chat")
    yield PageToSee("help", "/help")
    yield PageToSee("help-search", "/help?q=trash")
    yield PageToSee("article", "/help/trash-day")
    yield PageToSee("case", f"/cases/{number}?key={token}")
    yield PageToSee("not-found", "/cases/26-999999?key=x")


def _console(service: Service) -> Iterator[PageToSee]:
    with Session(service.engine) as session:
        number = session.scalars(select(CaseTable.number).order_by(CaseTable.id.desc())).first()
        reviews = session.execute(
            select(ReviewTable.id, ConversationTable.language, ReviewTable.conversation_id)
            .join(ConversationTable, ConversationTable.id == ReviewTable.conversation_id)
            .order_by(ReviewTable.id)
        ).all()
    by_language = {language: (review_id, conversation_id) for review_id, language, conversation_id in reviews}
    yield PageToSee("sign-in", "/console/sign-in")
    yield PageToSee("queue", "/console", Role.AGENT)
    for language in ("es", "ar", "ht"):
        yield PageToSee(f"review-{language}", f"/console/reviews/{by_language[language][0]}", Role.AGENT)
    yield PageToSee("talks", "/console/conversations", Role.AGENT)
    yield PageToSee("talk-ar", f"/console/conversations/{by_language['ar'][1]}", Role.AGENT)
    yield PageToSee("translation", "/console/translation", Role.AGENT)
    yield PageToSee("message-translation", "/console/messages/1/translation", Role.AGENT)
    yield PageToSee("cases", "/console/cases", Role.AGENT)
    yield PageToSee("case-in-console", f"/console/cases/{number}", Role.SUPERVISOR)
    yield PageToSee("insight", "/console/insight", Role.SUPERVISOR)
    yield PageToSee("audit", "/console/audit", Role.SUPERVISOR)
    yield PageToSee("models", "/console/models", Role.DATA_SCIENTIST)
    yield PageToSee("people", "/console/people", Role.ADMINISTRATOR)
    yield PageToSee("me", "/console/me", Role.AGENT)


def _say(client: TestClient, session: str, *texts: str) -> None:
    for text in texts:
        answer = client.post("/chat", json={"session": session, "text": text})
        assert answer.status_code == 200, answer.text
