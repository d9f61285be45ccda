"""The translation engines of an installation: which does which language, and one guarded way to ask them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock, Thread

import structlog

from nlp.translation.careful import translate_carefully
from nlp.translation.glossary import Glossary
from nlp.translation.port import Pair, Translator, TranslatorAwayError, TranslatorError

_log = structlog.get_logger()
# A package that an operator installs, or a server that comes back, is noticed within so long.
_LOOKED_AT_EVERY = timedelta(seconds=30)


@dataclass(frozen=True)
class Made:
    """A translation with who made it. `signal` is 0 to 1, 1 the best; `lost` are names that the machine dropped."""

    text: str
    engine: str
    model: str
    signal: float
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Capability:
    """What can be done for a language; an engine's name, or "" with the reason in `why`."""

    language: str
    to_english: str
    from_english: str
    why: str


class TranslationEngines:
    """Asks the first engine that can, then the next. `memory` knows single sentences, so it alone makes no language translatable."""

    def __init__(
        self,
        memory: Translator,
        engines: Sequence[Translator],
        glossary: Callable[[], Glossary],
        languages: Sequence[str],
        clock: Callable[[], datetime],
    ) -> None:
        self.memory = memory
        self.languages = languages
        self._engines = engines
        self._glossary = glossary
        self._clock = clock
        self._pairs: dict[str, frozenset[Pair]] = {}
        self._faults: dict[str, str] = {}
        self._looked_at: datetime | None = None
        self._turn = Lock()

    def refresh(self) -> None:
        """Ask the engines what they can do now; one that is away can do nothing."""
        pairs: dict[str, frozenset[Pair]] = {}
        faults: dict[str, str] = {}
        for engine in self._engines:
            try:
                pairs[engine.name] = engine.pairs()
            except TranslatorError as error:
                faults[engine.name] = str(error)
        self._pairs, self._faults, self._looked_at = pairs, faults, self._clock()

    def engine_for(self, pair: Pair) -> str:
        """The name of the engine that is asked first, "" where none can; costs nothing, and looks for changes in the background."""
        self._refresh_if_old()
        return next((engine.name for engine in self._able(pair)), "")

    def capabilities(self) -> tuple[Capability, ...]:
        """What can be translated, language by language, in the city's order; English needs nothing."""
        return tuple(self._capability(code) for code in self.languages if code != "en")

    def translate(self, text: str, pair: Pair) -> Made | None:
        """Translate a text; None where nobody can, or what came out is worth nothing. Slow.

        What a person has translated word for word needs no guard. Raises TranslatorError where all that could are away or refuse.
        """
        known = self.memory.translate([text], pair)[0]
        if known is not None:
            return Made(known.text, self.memory.name, self.memory.model(pair), 1.0, ())
        failed: TranslatorError | None = None
        for engine in self._able(pair):
            try:
                found = translate_carefully(text, pair, engine, self._glossary())
            except TranslatorError as error:
                _log.warning("engine_failed", engine=engine.name, reason=str(error))
                # Where one is only away, it is worth while to try again.
                failed = error if failed is None or isinstance(error, TranslatorAwayError) else failed
                continue
            if found is not None:
                return Made(found.text, engine.name, engine.model(pair), found.signal, found.lost)
        if failed is not None:
            raise failed
        return None

    def log_matrix(self) -> None:
        """Say once, for operators, what can be translated."""
        able = {c.language: f"{c.to_english or 'none'}/{c.from_english or 'none'}" for c in self.capabilities()}
        _log.info("translation_matrix", read_and_written_by=able, engines_away=self._faults or None)

    def _able(self, pair: Pair) -> list[Translator]:
        return [engine for engine in self._engines if pair in self._pairs.get(engine.name, frozenset())]

    def _capability(self, code: str) -> Capability:
        to_english, from_english = self.engine_for(Pair(code, "en")), self.engine_for(Pair("en", code))
        why = "" if to_english and from_english else self._why(is_read=bool(to_english), is_written=bool(from_english))
        return Capability(code, to_english, from_english, why)

    def _why(self, *, is_read: bool, is_written: bool) -> str:
        missing = "into it" if is_read else "from it" if is_written else "from it or into it"
        return "; ".join([f"no engine has a model {missing}", *self._faults.values()])

    def _refresh_if_old(self) -> None:
        if self._looked_at is None or self._clock() - self._looked_at < _LOOKED_AT_EVERY:
            return
        if not self._turn.acquire(blocking=False):
            return
        self._looked_at = self._clock()
        Thread(target=self._refresh_and_release, name="translation-engines", daemon=True).start()

    def _refresh_and_release(self) -> None:
        try:
            self.refresh()
        finally:
            self._turn.release()
