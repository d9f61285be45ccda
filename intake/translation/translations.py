"""Translations between residents and staff: what is stored, what can be made now, and what is only similar."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console_tables import PersonTable, TranslationTable
from intake.database import WRITES
from intake.tables import MessageTable
from intake.translation.similar_sentences import SimilarSentences
from intake.translation.translating import ENGLISH
from intake.translation.translation_engines import Capability, TranslationEngines
from intake.translation.translation_memory import TranslationMemory
from nlp.folding import fold
from nlp.translation.port import Pair, TranslatorError

__all__ = ["Capability", "DraftTranslation", "Similar", "StoredTranslation", "Translations"]

_log = structlog.get_logger()
PERSON = "person"
# A draft below this is not offered: a resident could not tell that it misleads.
_WORTH_SENDING = 0.3
# What a machine makes of its own translation agrees at best in part; half of the trust rests on it.
_BACK_WEIGHT = 0.5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class StoredTranslation:
    """A message in English as staff read it; `signal` is 0 to 1, 1 the best; `by` names the person who gave it, "" a machine."""

    text: str
    engine: str
    model: str
    signal: float
    is_wrong: bool
    by: str


@dataclass(frozen=True)
class Similar:
    """A known sentence near a message, with its English meaning: never a translation of the message. `similarity` is 0 to 1."""

    text: str
    english: str
    similarity: float


@dataclass(frozen=True)
class DraftTranslation:
    """What a resident would read, and what a machine makes of it in English again, for the writer to check."""

    text: str
    back: str
    language: str
    engine: str
    model: str
    signal: float


class Translations:
    """What the console asks about translations. Without an engine it says so, and work goes on."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], datetime],
        engines: TranslationEngines,
        memory: TranslationMemory,
        similar: SimilarSentences,
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._clock = clock
        self._engines = engines
        self._memory = memory
        self._similar = similar

    def of_message(self, message_id: int) -> StoredTranslation | None:
        """The newest translation of a message, a person's before a machine's; None where there is none (yet).

        A message that the memory knows word for word needs no machine.
        """
        with Session(self._engine) as session:
            row = _newest(session, message_id)
            if row is not None:
                name = session.scalar(select(PersonTable.name).where(PersonTable.id == row.person_id)) if row.person_id else ""
                return StoredTranslation(row.text, row.engine, row.model, row.signal, row.is_wrong, name or "")
            message = session.get(MessageTable, message_id)
        if message is None or message.language in {None, ENGLISH}:
            return None
        return self._remembered(message.text, str(message.language))

    def similar(self, text: str, language: str, *, limit: int = 3) -> tuple[Similar, ...]:
        """Known sentences near `text`, nearest first."""
        if language == ENGLISH or language not in self._engines.languages:
            return ()
        found = self._similar.nearest(text, language, limit)
        return tuple(Similar(near.sentence.text, near.sentence.english, near.similarity) for near in found)

    def draft_for_resident(self, text: str, language: str) -> DraftTranslation | None:
        """Translate an agent's English words; None where no engine can. Slow: never within a transaction.

        None too where the machine drops a name or a number, or nothing good comes out: a resident could not tell.
        """
        try:
            made = self._engines.translate(text, Pair(ENGLISH, language))
            if made is None or made.lost:
                return None
            back = self._engines.translate(made.text, Pair(language, ENGLISH))
        except TranslatorError as error:
            _log.warning("draft_not_translated", language=language, reason=str(error))
            return None
        agreement = _agreement(text, back.text) if back is not None else 0.0
        signal = round(made.signal * (1 - _BACK_WEIGHT + _BACK_WEIGHT * agreement), 3)
        if signal < _WORTH_SENDING:
            return None
        return DraftTranslation(made.text, back.text if back else "", language, made.engine, made.model, signal)

    def mark_wrong(self, message_id: int, person_id: int) -> None:
        """Note that a message's translation misleads; one that came from the memory is kept as wrong for this message."""
        shown = self.of_message(message_id)
        if shown is None:
            return
        with Session(self._writer) as session, session.begin():
            row = _newest(session, message_id)
            if row is None:
                message = session.get_one(MessageTable, message_id)
                row = self._row(message, shown.text, shown.engine, shown.signal)
                session.add(row)
            row.is_wrong = True

    def improve(self, message_id: int, english: str, person_id: int) -> None:
        """Keep a person's own translation; it joins the translation memory."""
        with Session(self._writer) as session, session.begin():
            message = session.get_one(MessageTable, message_id)
            row = self._row(message, english.strip(), PERSON, 1.0)
            row.person_id = person_id
            session.add(row)
            text, language = message.text, row.source
        self._memory.keep(language, text, english, person_id, self._clock())

    def capabilities(self) -> tuple[Capability, ...]:
        """What can be translated, language by language, in the city's order."""
        return self._engines.capabilities()

    def _remembered(self, text: str, language: str) -> StoredTranslation | None:
        known = self._memory.translate([text], Pair(language, ENGLISH))[0]
        return StoredTranslation(known.text, self._memory.name, "", 1.0, is_wrong=False, by="") if known else None

    def _row(self, message: MessageTable, text: str, engine: str, signal: float) -> TranslationTable:
        return TranslationTable(
            message_id=message.id,
            source=message.language or "",
            target=ENGLISH,
            text=text,
            engine=engine,
            model="",
            signal=signal,
            is_wrong=False,
            at=self._clock(),
        )


def _newest(session: Session, message_id: int) -> TranslationTable | None:
    """A message's translation as it is shown."""
    query = (
        select(TranslationTable)
        .where(TranslationTable.message_id == message_id)
        .order_by(TranslationTable.person_id.is_(None), TranslationTable.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def _agreement(text: str, back: str) -> float:
    """The share of words that two English texts have in common (F1)."""
    one, other = Counter(_WORD.findall(fold(text))), Counter(_WORD.findall(fold(back)))
    total = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / total if total else 0.0
