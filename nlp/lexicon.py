"""The words of each language that rules read, loaded from `nlp/lexicon/*.yaml`."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from nlp.message import CommandName, EmergencyKind

# YAML 1.2, in which "no" and "on" are words: in several languages they are.
_YAML = YAML(typ="safe", pure=True)
LEXICON_FOLDER = Path(__file__).parent / "lexicon"


DayName = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "today", "tomorrow", "holiday"
]


class LexiconError(ValueError):
    """A lexicon file is broken; the message names the file and what to mend."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmergencyRule(_Strict):
    """Patterns of one emergency kind, and the look-alikes that are cut out before they are tried again."""

    patterns: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()


class PlaceWords(_Strict):
    """Words around places: before one, between two streets of a corner, and for "street" itself."""

    before: tuple[str, ...] = ()
    corner: tuple[str, ...] = ()
    street_words: tuple[str, ...] = ()


class Lexicon(_Strict):
    """One language's words; see nlp/lexicon/README.md for the pattern language."""

    language: str
    names: tuple[str, ...] = Field(min_length=1)
    fold_accents: bool
    commands: dict[CommandName, tuple[str, ...]]
    emergencies: dict[EmergencyKind, EmergencyRule]
    places: PlaceWords
    also: tuple[str, ...] = ()
    abbreviations: dict[str, str] = Field(default_factory=dict)
    fillers: tuple[str, ...] = ()
    still_there: tuple[str, ...] = ()
    stop_wishes: tuple[str, ...] = ()
    days: dict[DayName, tuple[str, ...]] = Field(default_factory=dict)


def load_lexicons(folder: Path = LEXICON_FOLDER) -> dict[str, Lexicon]:
    """Read every lexicon in `folder`, keyed by BCP 47 code. Raises LexiconError naming the file and the field."""
    lexicons = [_load(path) for path in sorted(folder.glob("*.yaml"))]
    return {lexicon.language: lexicon for lexicon in lexicons}


def _load(path: Path) -> Lexicon:
    try:
        return Lexicon.model_validate(_YAML.load(path.read_text(encoding="utf-8")))
    except (YAMLError, ValidationError) as error:
        raise LexiconError(f"{path}: {error}") from error
