"""A small translation model learns, becomes a package, and is measured; the package is one that Argos Translate reads."""

import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import ctranslate2
import pytest

from tests.argos_package import ROOT, SPANISH_TO_ENGLISH, quiet, small_package, small_package_back
from tests.builders import a_row
from training.__main__ import main
from training.errors import TrainingError
from training.translation.compare import Judged, Said, curve, measure, read_judged, sample, say_by_model, write_judged
from training.translation.data import Pair, batches, pairs_of, split_pairs
from training.translation.vocabulary import END, PAD, START, Vocabulary, train_vocabulary

__all__ = ["small_package", "small_package_back"]

_GO_ON = """
import sys
from pathlib import Path
from training.translation.data import Pair
from training.translation.fit import Recipe, fit, use_one_thread
from training.translation.transformer import Shape
use_one_thread(Path(sys.argv[1]) / "compiled")
pairs = [Pair("es", "hola amigo", "hello friend"), Pair("es", "muchas gracias", "many thanks")]
recipe = Recipe(shape=Shape(width=8, hidden=8, heads=2, layers=1), pieces=60, tokens=64, lengths=((16, 16),), epochs=3)
for minutes in (0.0001, float("inf"), 0):
    print(fit(pairs, pairs, recipe, Path(sys.argv[1]), minutes=minutes).epochs)
"""


@pytest.fixture
def argos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Argos Translate's own code, with a home folder of this test's."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from argostranslate import package, translate  # noqa: PLC0415 - It makes folders when it is imported.
    return package, translate


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    path = tmp_path_factory.mktemp("vocabulary") / "sentencepiece.model"
    texts = [text for pair in SPANISH_TO_ENGLISH.items() for text in pair]
    train_vocabulary(texts, ["es", "ht"], pieces=500, coverage=1.0, path=path)
    return Vocabulary.load(path)


class WholeText:
    """Each text is one sentence."""

    def split_sentences(self, text: str) -> list[str]:
        return [text]


def translated(argos: Any, file: Path, folder: Path, text: str) -> str:
    package, translate = argos
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    (root,) = folder.iterdir()
    read = package.Package(root)
    model = ctranslate2.Translator(str(root / "model"), intra_threads=1)
    (best, *_) = translate.apply_packaged_translation(read, text, model, WholeText(), 1)
    return str(best.value)


class TestThePackage:
    @pytest.mark.parametrize("spanish", ["Hay ratas en el callejón.", "El autobús 7 llega tarde.", "Muchas gracias."])
    def test_argos_translate_reads_it_and_says_what_it_has_learned(
        self, argos: Any, small_package: Path, tmp_path: Path, spanish: str
    ) -> None:
        assert translated(argos, small_package, tmp_path / "package", spanish) == SPANISH_TO_ENGLISH[spanish]

    def test_the_one_back_speaks_spanish(self, argos: Any, small_package_back: Path, tmp_path: Path) -> None:
        assert translated(argos, small_package_back, tmp_path / "package", "Your case is closed.") == "Su caso está cerrado."

    def test_it_is_surer_of_what_it_learned_than_of_anything_else(self, small_package: Path) -> None:
        spanish, english = next(iter(SPANISH_TO_ENGLISH.items()))
        known, unknown = say_by_model([in_spanish(spanish), in_spanish("Juan canta muy bien en el coro")], small_package)
        assert known.text == english
        assert known.score > 0.8 > unknown.score


class TestLearning:
    def test_a_fit_that_was_stopped_goes_on_where_it_was(self, tmp_path: Path) -> None:
        told = subprocess.run(
            [sys.executable, "-c", _GO_ON, str(tmp_path)], cwd=ROOT, env=quiet(), check=True, capture_output=True, text=True
        )
        assert [line for line in told.stdout.splitlines() if line.isdigit()] == ["1", "3", "3"]

    def test_a_package_is_written_only_of_a_model_that_learned(self, tmp_path: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "training",
            "translation",
            "export",
            "--city",
            "millbrook",
            "--var-folder",
            str(tmp_path),
        ]
        told = subprocess.run(command, cwd=ROOT, env=quiet(), check=False, capture_output=True, text=True)
        assert told.returncode == 2
        assert "No model has been trained" in told.stderr

    def test_only_messages_with_an_english_meaning_are_learned(self) -> None:
        assert pairs_of([in_spanish("hola", "hello"), in_spanish("adiós")]) == [Pair("es", "hola", "hello")]

    def test_messages_of_one_family_are_all_learned_or_all_kept_to_check(self) -> None:
        rows = [replace(in_spanish(f"{n} {m}", "a"), family=str(n)) for n in range(100) for m in range(3)]
        learned, checked = split_pairs(rows, seed=1)
        families = [{pair.text.split()[0] for pair in pairs} for pairs in (learned, checked)]
        assert len(learned) + len(checked) == 300
        assert len(families[1]) == 2
        assert not families[0] & families[1]

    def test_every_sentence_is_in_one_batch_but_those_that_are_too_long(self, vocabulary: Vocabulary) -> None:
        pairs = [Pair("es", *pair) for pair in SPANISH_TO_ENGLISH.items()]
        pairs.append(Pair("es", "hola " * 50, "hello"))
        found = list(batches(pairs, vocabulary, tokens=100, seed=3, lengths=((10, 10), (20, 20))))
        assert sum(int((batch.source[:, 0] != PAD).sum()) for batch in found) == len(SPANISH_TO_ENGLISH)
        assert all(batch.source.size <= 100 for batch in found)

    def test_a_batch_says_what_comes_next_and_how_the_text_is_to_be_read(self, vocabulary: Vocabulary) -> None:
        (batch,) = batches([Pair("ht", "Muchas gracias.", "Thank you.")], vocabulary, tokens=10, lengths=((10, 10),))
        words = vocabulary.target("Thank you.")
        assert vocabulary.pieces[batch.source[0, 0]] == "<ht>"
        assert [*batch.said[0, : len(words) + 1]] == [START, *words]
        assert [*batch.next[0, : len(words) + 1]] == [*words, END]

    def test_nobody_can_write_the_mark_of_a_language(self, vocabulary: Vocabulary) -> None:
        mark = vocabulary.source("", "ht")[0]
        assert mark not in vocabulary.source("<ht> hola", "es")


class TestMeasuring:
    def test_the_same_words_measure_a_hundred_whatever_their_capitals(self) -> None:
        one, every = measure([in_spanish("a", "There is a big hole")], [Said("there is a big hole", 0.9)])
        assert (one.language, every.language) == ("es", "all")
        assert (round(one.chrf), round(one.bleu)) == (100, 100)

    def test_saying_nothing_is_counted(self) -> None:
        rows = [in_spanish("a", "There is a big hole"), in_spanish("b", "The lamp is out")]
        spoken = measure(rows, [Said("There is a big hole", 0.9), Said("", 0.0)])[0].spoken
        assert (spoken.right, spoken.total) == (1, 2)

    def test_a_language_without_a_package_is_met_with_silence(self, small_package: Path) -> None:
        (said,) = say_by_model([replace(in_spanish("bonjou"), language="ht")], small_package)
        assert said == Said("", 0.0)

    def test_without_packages_the_command_that_makes_them_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingError, match="translation export"):
            say_by_model([in_spanish("hola")], tmp_path)

    def test_a_threshold_shows_less_and_misleads_less(self) -> None:
        low, high = curve([0.2, 0.6, 0.9], [True, True, False], [0.0, 0.7])
        assert (low.shown.right, low.wrong.right, low.wrong.total) == (3, 2, 3)
        assert (high.shown.right, high.wrong.right, high.wrong.total) == (1, 0, 1)

    def test_a_sample_is_judged_by_a_person_and_counted(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_judged([replace(one, model_wrong="1", memory_wrong="0") for one in a_sample()], tmp_path / "judged.tsv")
        assert main(["translation", "compare", "--judged", str(tmp_path / "judged.tsv")]) == 0
        model, memory = capsys.readouterr().out.split("memory:")
        assert "0.30  2 of 2       2 of 2" in model
        assert "0.30  2 of 2       0 of 2" in memory

    def test_a_missing_verdict_is_named_with_its_line(self, tmp_path: Path) -> None:
        first, second = a_sample()
        write_judged([replace(first, model_wrong="0", memory_wrong="0"), second], tmp_path / "judged.tsv")
        with pytest.raises(TrainingError, match=r"judged\.tsv:3"):
            read_judged(tmp_path / "judged.tsv")


def in_spanish(text: str, english: str = "") -> Any:
    return a_row(text, language="es", english=english)


def a_sample() -> list[Judged]:
    rows = [in_spanish("a", "one"), in_spanish("b", "two"), in_spanish("c", "three")]
    said = [Said("something", 0.5)] * 3
    return list(sample(rows, said, said, languages=["es"], each=2, seed=1))
