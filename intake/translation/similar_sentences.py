"""Finds known sentences near a message; what they mean is computed once for a language, behind the backs of those who wait."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from time import perf_counter, sleep
from uuid import uuid4

import numpy as np
import structlog

from intake.translation.translation_memory import TranslationMemory
from models.bundle import Bundle
from models.meaning import Vectors
from models.memory import KnownSentence, NearSentence, SentenceIndex
from nlp.cleaning import clean

_log = structlog.get_logger()
# Small, and with a pause as long as each took: a language costs ten seconds of computing, and residents are answered meanwhile.
_BATCH = 32


class SimilarSentences:
    """Searches the memory by meaning, language by language. An index is built in the background when it is first asked for."""

    def __init__(self, memory: TranslationMemory, bundle: Bundle, cache_folder: Path) -> None:
        self._memory = memory
        self._bundle = bundle
        self._folder = cache_folder
        self._indexes: dict[str, tuple[object, SentenceIndex]] = {}
        self._building: set[str] = set()
        self._turn = Lock()

    def nearest(self, text: str, language: str, limit: int) -> tuple[NearSentence, ...]:
        """Return known sentences near `text`, nearest first; none as long as the language's index is being built."""
        state = self._memory.state(language)
        seen, index = self._indexes.get(language, (None, None))
        if seen != state:
            self._build_aside(language)
        if index is None:
            return ()
        meaning = self._bundle.meanings(self._bundle.transform([clean(text)], [language]))[0]
        return index.nearest(meaning, limit)

    def build(self, language: str) -> None:
        """Build a language's index now."""
        state, sentences = self._memory.state(language), self._memory.sentences(language)
        self._indexes[language] = (state, SentenceIndex(sentences, self._meanings(sentences, language)))

    def _build_aside(self, language: str) -> None:
        with self._turn:
            if language in self._building:
                return
            self._building.add(language)
        Thread(target=self._build_and_tell, args=(language,), name=f"memory-{language}", daemon=True).start()

    def _build_and_tell(self, language: str) -> None:
        try:
            self.build(language)
            _log.info("memory_built", language=language)
        except Exception:  # noqa: BLE001 - The console works on without it; the next question tries again.
            _log.exception("memory_not_built", language=language)
        finally:
            self._building.discard(language)

    def _meanings(self, sentences: Sequence[KnownSentence], language: str) -> Vectors:
        path = self._folder / f"memory-{language}-{self._bundle.card.files['features.joblib'][:12]}.npz"
        known = _load(path)
        keys = [hashlib.sha256(sentence.text.encode()).hexdigest()[:32] for sentence in sentences]
        missing = {key: sentence.text for key, sentence in zip(keys, sentences, strict=True) if key not in known}
        if missing:
            known |= self._encode(missing, language)
            _store(path, {key: known[key] for key in keys})
        return np.stack([known[key] for key in keys]) if keys else np.zeros((0, 1), dtype=np.float32)

    def _encode(self, texts: dict[str, str], language: str) -> dict[str, Vectors]:
        # Like lengths together: the encoder pads a batch to its longest text.
        ordered = sorted(texts.items(), key=lambda item: len(item[1]))
        encoded: dict[str, Vectors] = {}
        for start in range(0, len(ordered), _BATCH):
            begin = perf_counter()
            batch = ordered[start : start + _BATCH]
            rows = self._bundle.transform([clean(text) for _, text in batch], [language] * len(batch))
            encoded |= dict(zip((key for key, _ in batch), self._bundle.meanings(rows), strict=True))
            if len(ordered) > _BATCH:
                sleep(perf_counter() - begin)
        return encoded


def _load(path: Path) -> dict[str, Vectors]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["meanings"], strict=True))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError):
        _log.warning("cache_unreadable", path=str(path))
        return {}


def _store(path: Path, known: dict[str, Vectors]) -> None:
    """Write beside and rename, so that two processes that start together do not read half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}.{uuid4().hex}.npz")
    np.savez(part, keys=np.array(list(known)), meanings=np.stack(list(known.values())))
    part.replace(path)
