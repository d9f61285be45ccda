"""Phrases to residents: one Fluent file a language in `intake/phrases/`, never text in code."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource

from intake.errors import RefuseToStart

PHRASES_FOLDER = Path(__file__).parent / "phrases"
# Around a number or an English street name, Arabic needs marks that keep the order of the words; elsewhere such invisible
# letters would only turn a text message of 160 letters into one of 70.
_RIGHT_TO_LEFT = frozenset({"ar"})


class Phrases:
    """All phrases in all of a city's languages."""

    def __init__(self, languages: Sequence[str], folder: Path = PHRASES_FOLDER) -> None:
        missing = [folder / f"{code}.ftl" for code in languages if not (folder / f"{code}.ftl").exists()]
        if missing:
            raise RefuseToStart(f"{missing[0]} is missing: the city's languages include {missing[0].stem}")
        # A file is parsed when its language is first spoken: twelve of them would cost every start half a second.
        self._load = lru_cache(maxsize=None)(lambda code: _load(folder / f"{code}.ftl", code))

    def say(self, language: str, phrase: str, **values: str) -> str:
        """Return `phrase` in `language` with its variables filled in. Raises KeyError for an unknown phrase."""
        bundle = self._load(language)
        message = bundle.get_message(phrase)
        if message.value is None:
            raise KeyError(phrase)
        text, errors = bundle.format_pattern(message.value, values)
        if errors:
            raise KeyError(f"{phrase} in {language}: {errors}")
        return str(text)


def is_right_to_left(language: str) -> bool:
    """Whether a page in `language` reads from right to left."""
    return language in _RIGHT_TO_LEFT


def _load(path: Path, language: str) -> FluentBundle:
    bundle = FluentBundle([language], use_isolating=is_right_to_left(language))
    bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle
