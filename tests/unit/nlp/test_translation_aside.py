"""The engine in a process of its own: what becomes of a text when that process dies, hangs or refuses."""

import io
import json
import os
import signal
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlp.translation.argos_packages import PackageShelf
from nlp.translation.argos_routes import Routes
from nlp.translation.aside import ArgosAside, serve
from nlp.translation.port import Pair, Translated, TranslatorAwayError, TranslatorRefusedError
from nlp.translation.sentences import SentenceSplitter
from tests.argos_package import small_package
from tests.unit.nlp.test_translation_packages import a_package, never, with_metadata

__all__ = ["small_package"]

TO_ENGLISH = Pair("es", "en")
LIGHT = "El semáforo está roto."


@pytest.fixture
def shelf(tmp_path: Path) -> PackageShelf:
    """A shelf with a package that is none: no test here loads it."""
    shelf = PackageShelf(tmp_path / "packages")
    shelf.install(a_package(tmp_path / "one.argosmodel"), probe=never)
    return shelf


def aside_that(does: str, shelf: PackageShelf, *, seconds: float = 5) -> ArgosAside:
    """An engine whose process is a few lines of Python; `line` is what it was asked."""
    engine = ArgosAside(shelf, ("en", "es"), seconds=seconds)
    program = f"import sys, json, os, time\nfor line in sys.stdin:\n    {does}\n    sys.stdout.flush()"
    engine._command = [sys.executable, "-c", program]
    return engine


def test_a_process_that_dies_is_started_again(tmp_path: Path, small_package: Path) -> None:
    shelf = PackageShelf(tmp_path / "packages")
    shelf.install(small_package, probe=never)
    engine = ArgosAside(shelf, ("en", "es"))
    first = engine.translate([LIGHT], TO_ENGLISH)
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    assert engine.translate([LIGHT], TO_ENGLISH) == first


def test_a_text_that_kills_it_twice_is_refused(shelf: PackageShelf, tmp_path: Path) -> None:
    engine = aside_that(f"open({str(tmp_path / 'deaths')!r}, 'a').write('x'); os.abort()", shelf)
    with pytest.raises(TranslatorRefusedError, match="broke off twice"):
        engine.translate(["a text"], TO_ENGLISH)
    assert (tmp_path / "deaths").read_text() == "xx"


def test_one_that_hangs_is_ended_and_the_text_tried_again_later(shelf: PackageShelf) -> None:
    engine = aside_that("time.sleep(60)", shelf, seconds=0.1)
    with pytest.raises(TranslatorAwayError, match="did not answer"):
        engine.translate(["a text"], TO_ENGLISH)
    assert engine._process is None


def test_what_it_refuses_is_refused(shelf: PackageShelf) -> None:
    engine = aside_that("print(json.dumps({'refused': 'it will not'}))", shelf)
    with pytest.raises(TranslatorRefusedError, match="it will not"):
        engine.translate(["a text"], TO_ENGLISH)


def test_it_does_not_start_before_there_is_a_text(shelf: PackageShelf) -> None:
    engine = aside_that("pass", shelf)
    assert TO_ENGLISH in engine.pairs()
    assert engine.model(TO_ENGLISH)
    with pytest.raises(TranslatorRefusedError):
        engine.translate(["a text"], Pair("en", "es"))
    assert engine._process is None


class Echo:
    """Says what it is asked, or refuses."""

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        if pair.source == "de":
            raise TranslatorRefusedError("no German")
        return tuple(Translated(text, 0.5) if text else None for text in texts)


def test_each_line_gets_one_line_back() -> None:
    asked = [{"texts": ["señor", ""], "source": "es", "target": "en"}, {"texts": ["Loch"], "source": "de", "target": "en"}]
    lines = io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in asked))
    assert [json.loads(answer) for answer in serve(lines, Echo())] == [
        {"translated": [["señor", 0.5], None]},
        {"refused": "no German"},
    ]


class TestRoutes:
    def test_a_language_without_a_package_into_english_goes_through_a_third(self, shelf: PackageShelf, tmp_path: Path) -> None:
        package = a_package(tmp_path / "two.argosmodel", with_metadata(from_code="kea", to_code="es"))
        shelf.install(package, probe=never)
        route = Routes(shelf, ("en", "es", "kea")).all()[Pair("kea", "en")]
        assert [(package.source, package.target) for package in route] == [("kea", "es"), ("es", "en")]

    def test_portuguese_is_brazilian_where_there_is_a_choice_and_chinese_is_two(
        self, shelf: PackageShelf, tmp_path: Path
    ) -> None:
        for code in ("pt", "pb", "zt"):
            shelf.install(a_package(tmp_path / f"{code}.argosmodel", with_metadata(from_code=code)), probe=never)
        routes = Routes(shelf, ("en", "pt", "zh-Hans", "zh-Hant")).all()
        assert routes[Pair("pt", "en")][0].source == "pb"
        assert routes[Pair("zh-Hant", "en")][0].source == "zt"
        assert Pair("zh-Hans", "en") not in routes

    def test_a_package_that_comes_while_it_runs_is_found(self, tmp_path: Path) -> None:
        shelf = PackageShelf(tmp_path / "packages")
        routes = Routes(shelf, ("en", "es"))
        assert routes.all() == {}
        shelf.install(a_package(tmp_path / "one.argosmodel"), probe=never)
        assert set(routes.all()) == {TO_ENGLISH}

    def test_a_folder_that_nobody_installed_is_passed_over(self, shelf: PackageShelf, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "one.argosmodel") as archive:
            archive.extractall(shelf.folder / "by-hand")
        assert len(shelf.installed()) == 1


@pytest.mark.parametrize(
    ("text", "language", "sentences"),
    [
        ("Hay un hoyo. ¿Cuándo vienen?", "es", ["Hay un hoyo.", "¿Cuándo vienen?"]),
        ("Vivo en la Av. 5 de Mayo. Gracias.", "es", ["Vivo en la Av. 5 de Mayo.", "Gracias."]),
        ("街上有洞。路燈壞了！", "zt", ["街上有洞。", "路燈壞了！"]),
        ("الشارع مظلم. هل يمكنكم إصلاحه؟ شكرا", "ar", ["الشارع مظلم.", "هل يمكنكم إصلاحه؟", "شكرا"]),
        ("", "es", []),
    ],
)
def test_texts_are_cut_into_sentences_without_a_model(text: str, language: str, sentences: list[str]) -> None:
    assert SentenceSplitter().split(text, language) == sentences
