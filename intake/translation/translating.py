"""Residents' messages are translated for staff, after they were answered: what waits for it, and how it is carried out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.console_tables import TranslationTable
from intake.database import WRITES
from intake.delivering.outbox import Outbox
from intake.effects import TranslateForStaff
from intake.errors import Permanent, Retryable
from intake.recorded import Recorded
from intake.tables import MessageTable
from intake.translation.translation_engines import TranslationEngines
from intake.work import Work
from nlp.message import Language
from nlp.translation.port import Pair, TranslatorAwayError, TranslatorError

_log = structlog.get_logger()
ENGLISH = "en"
# One after the other, apart from what residents get: a slow engine can never hold up a text.
PARTITION = "translations"
# A short text is a guess; below this the conversation's language is likelier.
_SURE = 0.85


class Translating:
    """Translates messages into English and keeps the result."""

    def __init__(self, engine: Engine, engines: TranslationEngines, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._engines = engines
        self._clock = clock

    def effects_for(self, held: Recorded, guess: Language, settled: str) -> Iterator[TranslateForStaff]:
        """What is to be done for a message in the language that it is in: one effect, or none where no engine can."""
        language = guess.code if guess.confidence >= _SURE else settled
        if language == ENGLISH or not any(c.isalpha() for c in held.text):
            return
        if self._engines.engine_for(Pair(language, ENGLISH)):
            yield TranslateForStaff(held.message_id, language)

    def translate(self, effect: TranslateForStaff) -> None:
        """Translate a message unless it is; an engine that has gone away for good leaves it as it is. Raises Retryable, Permanent."""
        text = self._text(effect.message_id)
        if text is None:
            return
        try:
            made = self._engines.translate(text, Pair(effect.language, ENGLISH))
        except TranslatorAwayError as error:
            raise Retryable(str(error)) from error
        except TranslatorError as error:
            raise Permanent(str(error)) from error
        if made is None:
            _log.info("message_not_translated", message=effect.message_id, language=effect.language)
            return
        row = TranslationTable(
            message_id=effect.message_id,
            source=effect.language,
            target=ENGLISH,
            text=made.text,
            engine=made.engine,
            model=made.model[:80],
            signal=made.signal,
            at=self._clock(),
        )
        with Session(self._writer) as session, session.begin():
            session.add(row)

    def _text(self, message_id: int) -> str | None:
        """The message's text, None where it has a translation already."""
        with Session(self._engine) as session:
            known = select(TranslationTable.id).where(TranslationTable.message_id == message_id).limit(1)
            if session.scalar(known) is not None:
                return None
            return session.get_one(MessageTable, message_id).text


def enqueue_untranslated(engine: Engine, outbox: Outbox, languages: Sequence[str], since: datetime, now: datetime) -> int:
    """Have messages translated that came in while no engine could; return how many. Again is harmless: who has one is passed over."""
    has_one = select(TranslationTable.id).where(TranslationTable.message_id == MessageTable.id).exists()
    query = (
        select(MessageTable.id, MessageTable.conversation_id, MessageTable.language)
        .where(
            MessageTable.received_at >= since,
            MessageTable.language.in_(languages),
            MessageTable.handled_at.is_not(None),
            ~has_one,
        )
        .order_by(MessageTable.id.desc())
    )
    with Session(engine.execution_options(**WRITES)) as session, session.begin():
        work = Work(session, outbox)
        found = session.execute(query).all()
        for message_id, conversation_id, language in found:
            work.enqueue(conversation_id, TranslateForStaff(message_id, str(language)), now, partition=PARTITION)
    return len(found)
