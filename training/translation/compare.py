"""The trained model and the translation memory say in English what messages by other authors mean, and are measured side by side."""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from models.bundle import Bundle, Count
from models.meaning import Vectors
from models.memory import KnownSentence, SentenceIndex
from nlp.translation.argos import ArgosTranslator, try_out
from nlp.translation.argos_packages import PackageShelf, packages_in
from nlp.translation.guards import signal
from nlp.translation.port import Pair
from training.corpus import Row
from training.errors import TrainingError

ENGLISH = "en"
_ALL = "all"


@dataclass(frozen=True)
class Said:
    """What one side says a message means; "" where it says nothing. `score` is how sure it is, 0 to 1."""

    text: str
    score: float


@dataclass(frozen=True)
class Measured:
    """One side on the messages of one language (or `all`): how many it says something about, chrF and BLEU, both 0 to 100."""

    language: str
    spoken: Count
    chrf: float
    bleu: float


@dataclass(frozen=True)
class Judged:
    """A message with both answers. `*_wrong` are for a person to fill in: 1 where who reads only this is misled, else 0."""

    language: str
    text: str
    english: str
    model: str
    model_score: str
    model_wrong: str
    memory: str
    memory_score: str
    memory_wrong: str


@dataclass(frozen=True)
class Shown:
    """What a threshold lets through: how many of all, and how many of those mislead."""

    threshold: float
    shown: Count
    wrong: Count


def say_by_model(rows: Sequence[Row], packages: Path) -> list[Said]:
    """Translate through the service's own engine, with the trust that it would show; Raises TrainingError where a package is missing."""
    files = packages_in(packages)
    if not files:
        raise TrainingError(f"No packages in {packages}: python -m training translation export")
    with tempfile.TemporaryDirectory() as folder:
        shelf = PackageShelf(Path(folder))
        for file in files:
            shelf.install(file, probe=lambda package: try_out(package, "a"))
        engine = ArgosTranslator(shelf, [*{row.language for row in rows}, ENGLISH])
        return [_translate(engine, row) for row in rows]


def _translate(engine: ArgosTranslator, row: Row) -> Said:
    pair = Pair(row.language, ENGLISH)
    if pair not in engine.pairs():
        return Said("", 0.0)
    (found,) = engine.translate([row.text], pair)
    return Said(found.text, signal(row.text, found.text, ENGLISH, found.confidence)) if found else Said("", 0.0)


def say_by_memory(rows: Sequence[Row], known: Sequence[Row], bundle: Bundle) -> list[Said]:
    """The English meaning of the nearest known sentence of the same language, as the console shows it."""
    said: dict[int, Said] = {}
    for language, places in _by_language(rows).items():
        sentences = [row for row in known if row.language == language and row.english]
        index = SentenceIndex([KnownSentence(row.text, row.english) for row in sentences], _meanings(bundle, sentences))
        for place, meaning in zip(places, _meanings(bundle, [rows[place] for place in places]), strict=True):
            nearest = index.nearest(meaning, 1)
            said[place] = Said(nearest[0].sentence.english, nearest[0].similarity) if nearest else Said("", 0.0)
    return [said[place] for place in range(len(rows))]


def _meanings(bundle: Bundle, rows: Sequence[Row]) -> Vectors:
    return bundle.meanings(bundle.transform([row.text for row in rows], [row.language for row in rows]))


def _by_language(rows: Sequence[Row]) -> Mapping[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.language].append(place)
    return places


def measure(rows: Sequence[Row], said: Sequence[Said]) -> list[Measured]:
    """Measure each language, and all. Capitals do not count, since the meanings are notes that begin without them."""
    slices = {**_by_language(rows), _ALL: list(range(len(rows)))}
    return [_measured(name, [rows[p].english for p in places], [said[p].text for p in places]) for name, places in slices.items()]


def _measured(name: str, references: list[str], texts: list[str]) -> Measured:
    spoken = Count(right=sum(map(bool, texts)), total=len(texts))
    chrf, bleu = (metric(lowercase=True).corpus_score(texts, [references]).score for metric in (CHRF, BLEU))
    return Measured(name, spoken, chrf, bleu)


def signatures() -> tuple[str, ...]:
    """How the figures were counted, in sacrebleu's words."""
    chrf, bleu = CHRF(lowercase=True), BLEU(lowercase=True)
    # A metric knows its signature only after it has counted something.
    chrf.corpus_score(["a"], [["a"]])
    bleu.corpus_score(["a"], [["a"]])
    return f"chrF {chrf.get_signature()}", f"BLEU {bleu.get_signature()}"


def sample(
    rows: Sequence[Row], model: Sequence[Said], memory: Sequence[Said], *, languages: Sequence[str], each: int, seed: int
) -> Iterator[Judged]:
    """Draw `each` messages of some languages for a person to judge."""
    chance, places = np.random.default_rng(seed), _by_language(rows)
    for language in languages:
        for place in chance.choice(places[language], each, replace=False).tolist():
            row, one, other = rows[place], model[place], memory[place]
            yield Judged(language, row.text, row.english, one.text, f"{one.score:.3f}", "", other.text, f"{other.score:.3f}", "")


def write_judged(judged: Sequence[Judged], path: Path) -> None:
    """Write a table for a person to fill in."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Judged)], delimiter="\t")
        writer.writeheader()
        writer.writerows(asdict(one) for one in judged)


def read_judged(path: Path) -> list[Judged]:
    """Read a filled table. Raises TrainingError where a verdict is missing."""
    with path.open(encoding="utf-8", newline="") as file:
        judged = [Judged(**cells) for cells in csv.DictReader(file, delimiter="\t")]
    for number, one in enumerate(judged, 2):
        if {one.model_wrong, one.memory_wrong} - {"0", "1"}:
            raise TrainingError(f"{path}:{number}: model_wrong and memory_wrong must be 0 or 1")
    return judged


def curve(scores: Sequence[float], wrong: Sequence[bool], thresholds: Sequence[float]) -> list[Shown]:
    """What each threshold shows, and how much of that misleads."""
    found = []
    for threshold in thresholds:
        kept = [is_wrong for score, is_wrong in zip(scores, wrong, strict=True) if score >= threshold]
        found.append(Shown(threshold, Count(right=len(kept), total=len(scores)), Count(right=sum(kept), total=len(kept))))
    return found
