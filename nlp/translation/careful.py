"""One text is translated with all that guards it: names kept, losses noticed, trust measured."""

from dataclasses import dataclass

from nlp.translation.glossary import Glossary, restore
from nlp.translation.guards import signal
from nlp.translation.port import Pair, Translated, Translator

# Below this a machine's words say more about the machine than about the text: nothing is better.
WORTHLESS = 0.15
_NAME_LOST = 0.5


@dataclass(frozen=True)
class Careful:
    """A guarded translation. `signal` is 0 to 1, 1 the best; `lost` are names and numbers that the machine dropped."""

    text: str
    signal: float
    lost: tuple[str, ...]


def translate_carefully(text: str, pair: Pair, translator: Translator, glossary: Glossary) -> Careful | None:
    """Translate `text`; None where the engine has nothing to say, or nothing that is worth reading.

    Where a stand-in is lost, the text itself is tried: a model that cannot copy numbers may well copy a name. Raises TranslatorError.
    """
    if not any(c.isalpha() for c in text):
        return Careful(text, 1.0, ())
    protected = glossary.protect(text, pair)
    translated = _one(translator, protected.text, pair)
    if translated is None:
        return None
    restored = restore(translated.text, protected.standins)
    found = Careful(restored.text, _trust(protected.text, translated, pair), restored.lost)
    if found.lost:
        again = _one(translator, text, pair)
        lost = tuple(s.value for s in protected.standins if again is None or s.value.casefold() not in again.text.casefold())
        if again is not None and len(lost) <= len(found.lost):
            found = Careful(again.text, _trust(text, again, pair), lost)
    worth = found.signal * (_NAME_LOST if found.lost else 1.0)
    return Careful(found.text, round(worth, 3), found.lost) if worth >= WORTHLESS else None


def _one(translator: Translator, text: str, pair: Pair) -> Translated | None:
    return translator.translate([text], pair)[0]


def _trust(source: str, translated: Translated, pair: Pair) -> float:
    return signal(source, translated.text, pair.target, translated.confidence)
