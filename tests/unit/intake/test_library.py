"""The knowledge base while the service runs: what an editor saves is served, what an editor breaks is served on as it was."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from intake.knowledge.library import Library
from intake.settings import Settings
from intake.wiring import build_understanding
from routing.city import City
from routing.comprehension import Comprehension
from tests.small_city import small_city

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def millbrook() -> Comprehension:
    return build_understanding(Settings(city="millbrook"))


@pytest.fixture
def city(tmp_path: Path) -> City:
    shutil.copytree(small_city().folder / "knowledge", tmp_path / "knowledge")
    return replace(small_city(), folder=tmp_path)


@pytest.fixture
def library(city: City, millbrook: Comprehension, tmp_path: Path) -> Library:
    return Library(city, millbrook.bundle, tmp_path / "cache", lambda: TODAY)


@pytest.fixture
def edit(city: City) -> Callable[[str, str, str], None]:
    def edited(article: str, good: str, bad: str) -> None:
        path = city.folder / "knowledge" / f"{article}.yaml"
        text = path.read_text(encoding="utf-8")
        assert good in text
        path.write_text(text.replace(good, bad, 1), encoding="utf-8")

    return edited


def test_nothing_is_read_again_where_nothing_changed(library: Library) -> None:
    before = library()
    assert not library.refresh()
    assert library() is before


def test_an_edited_answer_is_served_at_the_next_look(library: Library, edit: Callable[[str, str, str], None]) -> None:
    library()
    edit("dog-license", "or by mail", "or by pigeon")
    assert library.refresh()
    assert "pigeon" in library().articles["dog-license"].wordings["en"].answer


def test_a_broken_article_is_served_on_as_it_was(library: Library, edit: Callable[[str, str, str], None]) -> None:
    before = library().articles["dog-license"]
    edit("dog-license", "department: TOWNHALL", "department: NOBODY")
    assert library.refresh()
    assert library().articles["dog-license"] == before
    assert ["dog-license.yaml:1" in fault for fault in library().source.faults] == [True]
    edit("dog-license", "department: NOBODY", "department: HIGHWAY")
    library.refresh()
    assert library().articles["dog-license"].department == "HIGHWAY"


def test_a_removed_article_is_gone(library: Library, city: City) -> None:
    library()
    (city.folder / "knowledge" / "dog-license.yaml").unlink()
    library.refresh()
    assert "dog-license" not in library().articles


def test_an_article_becomes_valid_overnight(city: City, millbrook: Comprehension, tmp_path: Path) -> None:
    path = city.folder / "knowledge" / "dog-license.yaml"
    path.write_text("valid_from: 2026-11-24\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    days = [TODAY]
    library = Library(city, millbrook.bundle, tmp_path / "cache", lambda: days[-1])
    assert "dog-license" not in library().articles
    days.append(date(2026, 11, 24))
    assert library.refresh()
    assert "dog-license" in library().articles


def test_meanings_are_kept_for_the_next_start(city: City, millbrook: Comprehension, tmp_path: Path) -> None:
    first = Library(city, millbrook.bundle, tmp_path / "cache", lambda: TODAY)()
    (kept,) = (tmp_path / "cache").glob("*.npz")
    when = kept.stat().st_mtime_ns
    second = Library(city, millbrook.bundle, tmp_path / "cache", lambda: TODAY)()
    assert kept.stat().st_mtime_ns == when
    meaning = np.ones(millbrook.bundle.features.meaning_columns, dtype=np.float32)
    assert first.index.search(["dog"], ["en"], meaning[None, :]) == second.index.search(["dog"], ["en"], meaning[None, :])


def test_a_damaged_cache_is_made_anew(city: City, millbrook: Comprehension, tmp_path: Path) -> None:
    Library(city, millbrook.bundle, tmp_path / "cache", lambda: TODAY)()
    (kept,) = (tmp_path / "cache").glob("*.npz")
    kept.write_bytes(b"not a cache")
    assert len(Library(city, millbrook.bundle, tmp_path / "cache", lambda: TODAY)().articles) == 4


def test_the_watch_ends_when_it_is_told_to(library: Library, edit: Callable[[str, str, str], None]) -> None:
    library()
    library.watch(0.01)
    edit("dog-license", "or by mail", "or by pigeon")
    for _ in range(500):
        if "pigeon" in library().articles["dog-license"].wordings["en"].answer:
            break
        library._stopping.wait(0.01)
    library.stop_watching()
    assert "pigeon" in library().articles["dog-license"].wordings["en"].answer
