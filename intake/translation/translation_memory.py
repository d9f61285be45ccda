"""The translation memory: sentences whose English meaning a person has written, from the city pack's corpus and from the console."""

import csv
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from intake.console_tables import MemoryTable
from intake.database import WRITES
from models.memory import KnownSentence
from nlp.cleaning import clean
from nlp.folding import fold
from nlp.personal_data import redact
from nlp.translation.port import Pair, Translated

NAME = "memory"
_LONGEST = 1000
_NOT_WORDS = re.compile(r"[\W_]+")
_State = tuple[int, int, str]


class TranslationMemory:
    """Known sentences by language. As an engine it translates only what it knows word for word: the nearest sentence is no translation."""

    name = NAME

    def __init__(self, engine: Engine, city_folder: Path, languages: Sequence[str]) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._corpus = city_folder / "corpus"
        self._languages = languages
        self._read: dict[str, tuple[_State, tuple[KnownSentence, ...], dict[str, str]]] = {}

    def pairs(self) -> frozenset[Pair]:
        """Every language, into English."""
        return frozenset(Pair(code, "en") for code in self._languages if code != "en")

    def model(self, pair: Pair) -> str:
        """People, not a model."""
        return ""

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """The English meaning of what is known word for word; None for all else."""
        known = self._known(pair.source)[2] if pair in self.pairs() else {}
        found = (known.get(_key(text)) for text in texts)
        return tuple(Translated(english, 1.0) if english else None for english in found)

    def sentences(self, language: str) -> tuple[KnownSentence, ...]:
        """All sentences of a language, people's own before the corpus."""
        return self._known(language)[1]

    def state(self, language: str) -> _State:
        """What changes when a sentence comes or changes."""
        path = self._corpus / f"{language}.tsv"
        written = path.stat().st_mtime_ns if path.exists() else 0
        with Session(self._engine) as session:
            query = select(func.count(), func.max(MemoryTable.at)).where(MemoryTable.language == language)
            count, newest = session.execute(query).one()
        return written, count, str(newest)

    def keep(self, language: str, text: str, english: str, person_id: int, now: datetime) -> None:
        """Remember a person's own translation, without what identifies a resident; for a known sentence it replaces the meaning."""
        kept, meaning = redact(text.strip()), redact(english.strip())
        if not kept or len(kept) > _LONGEST:
            return
        with Session(self._writer) as session, session.begin():
            row = session.scalars(
                select(MemoryTable).where(MemoryTable.language == language, MemoryTable.text == kept)
            ).one_or_none()
            if row is None:
                row = MemoryTable(language=language, text=kept)
                session.add(row)
            row.english, row.person_id, row.at = meaning, person_id, now

    def _known(self, language: str) -> tuple[_State, tuple[KnownSentence, ...], dict[str, str]]:
        state = self.state(language)
        if language not in self._read or self._read[language][0] != state:
            sentences = (*self._of_people(language), *_of_corpus(self._corpus / f"{language}.tsv"))
            # The first wins: what a person of this city wrote stands before the corpus.
            by_key = {_key(sentence.text): sentence.english for sentence in reversed(sentences)}
            self._read[language] = (state, sentences, by_key)
        return self._read[language]

    def _of_people(self, language: str) -> list[KnownSentence]:
        query = (
            select(MemoryTable.text, MemoryTable.english).where(MemoryTable.language == language).order_by(MemoryTable.at.desc())
        )
        with Session(self._engine) as session:
            return [KnownSentence(text, english) for text, english in session.execute(query)]


def _of_corpus(path: Path) -> list[KnownSentence]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [KnownSentence(row["text"], row["english"]) for row in rows if row.get("english") and row.get("text")]


def _key(text: str) -> str:
    """Words as they count for "word for word": without capitals, accents on letters that carry no meaning, and signs."""
    return _NOT_WORDS.sub(" ", fold(clean(redact(text)))).strip()
