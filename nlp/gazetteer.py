"""The names of a city's streets and places, found in running text by one automaton."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

from nlp.folding import HAN, fold
from nlp.message import PlaceKind

# USPS Publication 28, appendix C1: the suffixes that occur in Boston, with what people type.
SUFFIXES: dict[str, tuple[str, ...]] = {
    "ave": ("ave", "avenue", "av", "aven"),
    "blvd": ("blvd", "boulevard"),
    "cir": ("cir", "circle"),
    "ct": ("ct", "court"),
    "dr": ("dr", "drive"),
    "hwy": ("hwy", "highway"),
    "ln": ("ln", "lane"),
    "pk": ("pk", "park"),
    "pkwy": ("pkwy", "parkway", "pky"),
    "pl": ("pl", "place"),
    "rd": ("rd", "road"),
    "row": ("row",),
    "sq": ("sq", "square"),
    "st": ("st", "street", "str"),
    "ter": ("ter", "terrace", "terr"),
    "way": ("way", "wy"),
    "wharf": ("wharf", "whf"),
}
_CANONICAL_SUFFIX = {form: suffix for suffix, forms in SUFFIXES.items() for form in forms}


@dataclass(frozen=True)
class KnownPlace:
    """A named point of the city: a park, station, landmark or neighbourhood. Degrees are WGS 84."""

    name: str
    kind: str
    neighborhood: str
    latitude: float
    longitude: float
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnownStreet:
    """A street as a line of (latitude, longitude) points from one end to the other."""

    name: str
    neighborhoods: tuple[str, ...]
    path: tuple[tuple[float, float], ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameMention:
    """A gazetteer name found in a text; `is_bare` where a street's suffix was left out ("Bowdoin")."""

    kind: PlaceKind
    name: str
    start: int
    end: int
    is_bare: bool = False


class Gazetteer:
    """Finds known names in texts; built once for a city pack."""

    def __init__(self, places: Iterable[KnownPlace], streets: Iterable[KnownStreet]) -> None:
        self._automaton = ahocorasick.Automaton()
        entries: dict[str, tuple[PlaceKind, str, bool]] = {}
        for street in streets:
            for spelling, is_bare in _street_spellings(street):
                entries.setdefault(spelling, (PlaceKind.STREET, street.name, is_bare))
        for place in places:
            kind = PlaceKind.NEIGHBORHOOD if place.kind == "neighborhood" else PlaceKind.LANDMARK
            for spelling in (place.name, *place.aliases):
                key = fold(spelling).strip()
                if key and (key not in entries or entries[key][2]):
                    entries[key] = (kind, place.name, False)
        for key, entry in entries.items():
            self._automaton.add_word(key, (len(key), *entry))
        self._automaton.make_automaton()

    def find(self, text: str) -> list[NameMention]:
        """Return the longest names in `text`, from left to right, without overlaps."""
        if not len(self._automaton):
            return []
        found = sorted(self._matches(fold(text)), key=lambda m: (m.start, -m.end))
        kept: list[NameMention] = []
        for mention in found:
            if not kept or mention.start >= kept[-1].end:
                kept.append(mention)
            elif mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
        return kept

    def _matches(self, folded: str) -> Iterator[NameMention]:
        for last, (length, kind, name, is_bare) in self._automaton.iter(folded):
            start, end = last - length + 1, last + 1
            if _is_whole_word(folded, start, end):
                yield NameMention(kind, name, start, end, is_bare)


def split_suffix(street: str) -> tuple[str, str | None]:
    """Divide "Dorchester Ave" into ("dorchester", "ave"); the suffix is None where there is none."""
    words = fold(street).replace(".", "").split()
    if len(words) > 1 and words[-1] in _CANONICAL_SUFFIX:
        return " ".join(words[:-1]), _CANONICAL_SUFFIX[words[-1]]
    return " ".join(words), None


def _street_spellings(street: KnownStreet) -> Iterator[tuple[str, bool]]:
    for name in (street.name, *street.aliases):
        base, suffix = split_suffix(name)
        for form in SUFFIXES.get(suffix or "", ()):
            yield f"{base} {form}", False
        if suffix is None:
            yield base, False
        elif len(base) > 3 and not base.isdigit():
            yield base, True


def _is_whole_word(folded: str, start: int, end: int) -> bool:
    # Chinese is written without blanks: a name there has no boundary but its own characters.
    if HAN.search(folded[start:end]):
        return True
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    return not (_is_latin_word(before) or _is_latin_word(after))


def _is_latin_word(character: str) -> bool:
    return character.isalnum() and not HAN.match(character)
