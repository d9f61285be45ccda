"""Broken article files: each fault names file, line and remedy, and takes nothing else down."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from routing.article_files import read_articles
from routing.city import City
from tests.small_city import small_city

GOOD = """\
department: TOWNHALL
link: https://millbrook.example/bees
reviewer: a test
related_services: [GENERAL]
variants:
  shore: {neighborhoods: [Harborside]}
texts:
  en:
    reviewed: 2026-11-22
    title: Bees
    answer: Bees cost {dog_fee}.
    variants:
      shore: No bees at the shore.
"""


@pytest.fixture
def city(tmp_path: Path) -> City:
    """Millbrook, with articles that may be broken."""
    shutil.copytree(small_city().folder / "knowledge", tmp_path / "knowledge")
    return replace(small_city(), folder=tmp_path)


@pytest.fixture
def write(city: City) -> Callable[[str], list[str]]:
    """Write an article, and read all: the faults."""

    def written(text: str) -> list[str]:
        (city.folder / "knowledge" / "bees.yaml").write_text(text, encoding="utf-8")
        articles = read_articles(city)
        # Whatever is wrong with one file, the others serve.
        assert {"trash-day", "town-hall-hours", "dog-license", "beach-sticker"} <= set(articles.articles)
        assert ("bees" in articles.articles) == (not articles.faults)
        return list(articles.faults)

    return written


def test_a_good_article_has_no_faults(write: Callable[[str], list[str]]) -> None:
    assert write(GOOD) == []


@pytest.mark.parametrize(
    ("good", "bad", "line", "told"),
    [
        ("TOWNHALL", "NOBODY", 1, "departments.yaml"),
        ("https://", "http://", 2, "https"),
        ("https://millbrook.example/bees", "the town page", 2, "URL"),
        ("[GENERAL]", "[BEES]", 4, "services.yaml"),
        ("[Harborside]", "[Harbourside]", 6, "places.tsv"),
        ("{neighborhoods: [Harborside]}", "{}", 6, "condition"),
        ("{dog_fee}", "{bee_fee}", 11, "facts.yaml"),
        ("  en:", "  fr:", 8, "not among"),
        ("      shore: No bees at the shore.", "      beach: No bees there.", 8, "variant"),
        ("reviewer: a test", "reviewer: [", 5, "expected"),
        ("    title: Bees\n", "", 8, "title"),
        ("reviewed: 2026-11-22", "reviewed: yesterday", 9, "date"),
        ("department:", "colour: red\ndepartment:", 1, "not permitted"),
    ],
)
def test_a_broken_article_names_file_line_and_remedy(
    good: str, bad: str, line: int, told: str, write: Callable[[str], list[str]]
) -> None:
    assert good in GOOD
    faults = write(GOOD.replace(good, bad, 1))
    assert any(told in fault for fault in faults), faults
    places = [int(fault.split("bees.yaml:")[1].split(":")[0]) for fault in faults]
    assert line in places, faults


def test_broken_facts_take_down_only_what_names_them(city: City) -> None:
    facts = city.folder / "knowledge" / "facts.yaml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("dog_fee: {money: 12", "dog_fee: {money: 12, number: 3"), encoding="utf-8"
    )
    articles = read_articles(city)
    assert any("facts.yaml:4" in fault and "one of money" in fault for fault in articles.faults)
    assert set(articles.articles) == {"trash-day", "town-hall-hours", "beach-sticker"}


def test_broken_groups_leave_the_articles_in_no_group(city: City) -> None:
    (city.folder / "knowledge" / "groups.yaml").write_text("home: 3\n", encoding="utf-8")
    articles = read_articles(city)
    assert [fault for fault in articles.faults if "groups.yaml:1" in fault]
    assert {article.group for article in articles.articles.values()} == {""}


def test_a_city_without_articles_has_none(tmp_path: Path) -> None:
    assert read_articles(replace(small_city(), folder=tmp_path)).articles == {}
