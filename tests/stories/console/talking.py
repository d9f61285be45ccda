"""What tests of taken-over talks share: a talk in the database, its effects delivered by hand, a chat's socket, and a word book."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.console_tables import StaffMessageTable
from intake.delivering.durable import HeldOutbox
from intake.tables import ConversationTable, ReviewTable
from intake.translation.translation_engines import TranslationEngines
from intake.wiring import Service
from models.memory import KnownSentence, NearSentence
from nlp.translation.port import Pair, Translated
from tests.desk import Desk

KEY = re.compile(r'name="key" value="([^"]+?)(?:-\w+)?"')


class WordBook:
    """A translation engine that knows a few sentences, both ways."""

    name = "word book"

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self._there, self._back = Pair("en", language), Pair(language, "en")
        self._known = {self._there: dict(sentences), self._back: {said: english for english, said in sentences.items()}}

    def pairs(self) -> frozenset[Pair]:
        return frozenset(self._known)

    def model(self, pair: Pair) -> str:
        return "1"

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        return tuple(Translated(self._known[pair][text], 0.9) if text in self._known[pair] else None for text in texts)


class FewSentences:
    """Known sentences that were looked up before; the whole memory takes its time to be read."""

    def __init__(self, *known: KnownSentence) -> None:
        self._known = known

    def nearest(self, text: str, language: str, limit: int) -> tuple[NearSentence, ...]:
        return tuple(NearSentence(sentence, 0.8) for sentence in self._known[:limit])


def remember(service: Service, *known: KnownSentence) -> None:
    """Let these be the sentences that the service knows."""
    service.translations._similar = FewSentences(*known)  # type: ignore[assignment]


def teach(service: Service, language: str, sentences: Mapping[str, str]) -> None:
    """Let the service translate a few sentences from now on."""
    engines: TranslationEngines = service.translations._engines
    engines._engines = [WordBook(language, sentences)]
    engines.refresh()


class Story:
    """One talk between a resident and the console."""

    def __init__(self, client: TestClient, service: Service, outbox: HeldOutbox) -> None:
        self.client, self.service, self.outbox = client, service, outbox
        self._delivered = 0

    def say(self, text: str, session: str = "a-talk", **more: Any) -> list[str]:
        """What a chat is answered with."""
        response = self.client.post("/chat", json={"session": session, "text": text, **more})
        assert response.status_code == 200, response.text
        return [reply["text"] for reply in response.json()["replies"]]

    def deliver(self) -> None:
        """Carry out what was enqueued since, in order."""
        waiting, self._delivered = self.outbox.effect_ids[self._delivered :], len(self.outbox.effect_ids)
        for effect_id in waiting:
            self.service.delivery.deliver(effect_id)

    def conversation(self, channel: str = "chat") -> ConversationTable:
        with Session(self.service.engine) as session:
            return session.scalars(select(ConversationTable).where(ConversationTable.channel == channel)).one()

    def reviews(self) -> list[tuple[str, str | None]]:
        with Session(self.service.engine) as session:
            return [(row.name, row.outcome) for row in session.scalars(select(ReviewTable).order_by(ReviewTable.id))]

    def written(self) -> list[StaffMessageTable]:
        """What people wrote, without what the service says of them."""
        query = select(StaffMessageTable).where(StaffMessageTable.engine != "phrase").order_by(StaffMessageTable.id)
        with Session(self.service.engine) as session:
            return list(session.scalars(query))


def address(conversation: ConversationTable, step: str = "") -> str:
    """A talk's page, or one of its forms."""
    return f"/console/conversations/{conversation.id}{step and '/' + step}"


def key_on(desk: Desk, conversation: ConversationTable) -> str:
    """The key in a talk's form, which makes a double click one."""
    found = KEY.search(desk.get(address(conversation)).text)
    assert found is not None
    return found.group(1)


def frames_until(socket: Any, name: str) -> dict[str, Any]:
    """The next frame that holds `name`."""
    for _ in range(20):
        frame: dict[str, Any] = socket.receive_json()
        if name in frame:
            return frame
    raise AssertionError(f"no frame with {name}")
