"""The knowledge base in use: read from the city pack, indexed, and read again when an editor saves a file."""

import hashlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event, Lock, Thread
from uuid import uuid4

import numpy as np
import structlog
from tqdm import tqdm

from models.bundle import Bundle
from models.knowledge import Passage
from models.meaning import Vectors
from routing.article_files import KNOWLEDGE, read_articles
from routing.articles import Article, Articles
from routing.city import City
from routing.knowledge import Knowledge, index_articles

_log = structlog.get_logger()
_BATCH = 256
_State = tuple[tuple[tuple[str, int, int], ...], date]


class Library:
    """Gives the knowledge as it is now. An article that breaks while the service runs is served on as it was."""

    def __init__(self, city: City, bundle: Bundle, cache_folder: Path, today: Callable[[], date]) -> None:
        self._city = city
        self._embed = CachedMeanings(bundle, cache_folder / f"{city.id}-{_identity(bundle)}.npz")
        self._today = today
        self._turn = Lock()
        self._stopping = Event()
        self._seen: _State | None = None
        self._knowledge: Knowledge | None = None

    def __call__(self) -> Knowledge:
        """The latest knowledge that could be read; read and indexed at the first call."""
        if self._knowledge is None:
            self.refresh()
        assert self._knowledge is not None
        return self._knowledge

    def refresh(self) -> bool:
        """Read again what has changed on disk, or has become valid or out of date overnight; return whether anything had."""
        with self._turn:
            state = self._state()
            if state == self._seen:
                return False
            source = read_articles(self._city)
            for fault in source.faults:
                _log.error("article_left_out", fault=fault)
            if self._knowledge is not None:
                source = replace(source, articles=_keep_broken(source.articles, self._knowledge.source, self._city.folder))
            self._knowledge = index_articles(source, state[1], self._embed)
            self._seen = state
            return True

    def watch(self, seconds: float) -> None:
        """Look for changes every so often, in a thread of its own, until `stop_watching`."""
        Thread(target=self._watch, args=(seconds,), name="library", daemon=True).start()

    def stop_watching(self) -> None:
        """End the watch."""
        self._stopping.set()

    def _watch(self, seconds: float) -> None:
        while not self._stopping.wait(seconds):
            try:
                if self.refresh():
                    _log.info("knowledge_read_again", articles=len(self().articles))
            except Exception:  # noqa: BLE001 - Whatever an editor saved, the knowledge of a minute ago serves on.
                _log.exception("knowledge_not_read")

    def _state(self) -> _State:
        folder = self._city.folder / KNOWLEDGE
        files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
        stats = [(path.name, path.stat()) for path in files]
        return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats), self._today()


class CachedMeanings:
    """Meanings of passages, kept in a file: reading them anew would cost a start some ten seconds."""

    def __init__(self, bundle: Bundle, path: Path) -> None:
        self._bundle = bundle
        self._path = path
        self._known: dict[str, Vectors] | None = None

    def __call__(self, passages: Sequence[Passage]) -> Vectors:
        """Return unit vectors of shape (n_passages, d)."""
        known = self._load() if self._known is None else self._known
        keys = [_key(passage) for passage in passages]
        missing = {key: passage for key, passage in zip(keys, passages, strict=True) if key not in known}
        if missing:
            known |= self._encode(missing)
            _store(self._path, known)
        self._known = known
        if not keys:
            return np.zeros((0, 1), dtype=np.float32)
        return np.stack([known[key] for key in keys])

    def _encode(self, passages: Mapping[str, Passage]) -> dict[str, Vectors]:
        # Like lengths together: the encoder pads a batch to its longest text.
        ordered = sorted(passages.items(), key=lambda item: len(item[1].text))
        encoded: dict[str, Vectors] = {}
        with tqdm(total=len(ordered), desc="reading the knowledge base", unit=" texts", disable=not _is_long(ordered)) as bar:
            for start in range(0, len(ordered), _BATCH):
                batch = ordered[start : start + _BATCH]
                rows = self._bundle.transform([p.text for _, p in batch], [p.language for _, p in batch])
                encoded |= dict(zip((key for key, _ in batch), self._bundle.meanings(rows), strict=True))
                bar.update(len(batch))
        return encoded

    def _load(self) -> dict[str, Vectors]:
        try:
            with np.load(self._path, allow_pickle=False) as stored:
                return dict(zip(stored["keys"].tolist(), stored["meanings"], strict=True))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError):
            _log.warning("cache_unreadable", path=str(self._path))
            return {}


def _keep_broken(fresh: Mapping[str, Article], before: Articles, folder: Path) -> dict[str, Article]:
    """Put back what was good before and whose file is still there."""
    lost = {id_: article for id_, article in before.articles.items() if id_ not in fresh}
    return {**{id_: article for id_, article in lost.items() if (folder / KNOWLEDGE / f"{id_}.yaml").exists()}, **fresh}


def _identity(bundle: Bundle) -> str:
    """Another bundle gives other meanings."""
    return bundle.card.files["features.joblib"][:12]


def _key(passage: Passage) -> str:
    return hashlib.sha256(f"{passage.language}\0{passage.text}".encode()).hexdigest()[:32]


def _store(path: Path, known: Mapping[str, Vectors]) -> None:
    """Write beside and rename, so that two processes that start together do not read half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.stem}.{uuid4().hex}.npz")
    np.savez(part, keys=np.array(list(known)), meanings=np.stack(list(known.values())))
    part.replace(path)


def _is_long(work: Sequence[object]) -> bool:
    return len(work) > _BATCH and sys.stderr.isatty()
