"""Articles as residents read them, and as editors handle them: facts, findings, Markdown."""

import shutil
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from intake.knowledge.article_lint import lint, reading_grade
from intake.knowledge.article_markdown import MarkdownError, from_markdown, read_document, to_markdown, write_document
from intake.knowledge.facts import fill_in, write_fact
from intake.settings import ROOT
from nlp.message import Weekday
from routing.article_files import article_paths, read_articles
from routing.articles import Fact, Hours, Money
from routing.city import City
from tests.small_city import small_city

TODAY = date(2026, 11, 23)
OFFICE = Hours((Weekday.MONDAY, Weekday.FRIDAY), time(9), time(17))


def a_fact(value: object) -> Fact:
    return Fact(value, "a test", is_sure=True)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "language", "written"),
    [
        (Money(15), "ar", "$15"),
        (Money(2.5), "en", "$2.50"),
        (48.0, "so", "48"),
        (2.5, "en", "2.5"),
        (time(17), "en", "5:00 PM"),
        (time(17), "fr", "17:00"),
        (time(17), "es", "5:00 p.m."),
        (time(6, 30), "so", "6:30 AM"),
        ((4, 1), "en", "April 1"),
        ((4, 1), "ht", "1 avril"),
        ((2, 29), "en", "February 29"),
        (date(2026, 11, 2), "pt", "2 de novembro de 2026"),
        (date(2026, 11, 2), "ht", "2 novanm 2026"),
        (OFFICE, "en", "Monday-Friday 9:00 AM-5:00 PM"),
        (OFFICE, "vi", "Thứ Hai - Thứ Sáu 09:00-17:00"),
        ("617-635-4500", "ru", "617-635-4500"),
    ],
)
def test_a_fact_is_written_as_people_of_the_language_write_it(value: object, language: str, written: str) -> None:
    assert write_fact(a_fact(value), language) == written


def test_facts_are_filled_in_where_the_text_names_them() -> None:
    text = "It costs {fee}. Call {city_phone}."
    assert fill_in(text, {"fee": a_fact(Money(15))}, "311", "en") == "It costs $15. Call 311."
    with pytest.raises(KeyError):
        fill_in("{nothing}", {}, "311", "en")


def test_within_arabic_a_fact_keeps_its_order() -> None:
    assert fill_in("الثمن {fee}", {"fee": a_fact(Money(15))}, "311", "ar") == "الثمن \u2068$15\u2069"


@pytest.fixture
def city(tmp_path: Path) -> City:
    shutil.copytree(small_city().folder / "knowledge", tmp_path / "knowledge")
    return replace(small_city(), folder=tmp_path)


def findings(city: City, article: str, *changes: tuple[str, str]) -> list[str]:
    path = city.folder / "knowledge" / f"{article}.yaml"
    text = path.read_text(encoding="utf-8")
    for good, bad in changes:
        assert good in text
        text = text.replace(good, bad, 1)
    path.write_text(text, encoding="utf-8")
    source = read_articles(city)
    assert source.faults == ()
    return lint(source.articles[article], path, source, city, TODAY)


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ("reviewed: 2026-10-02", "reviewed: 2026-09-30", "es is older than the English"),
        ("title: Dog license", f"title: {'Dog license ' * 6}", "at most 60"),
        ("Renew your dog's", f"{'Go now. ' * 40}Renew your dog's", "at most 300"),
        ("      - do I have to register my puppy\n", "", "at least 6"),
        ("      - dónde registro a mi perrito\n", "", "at least 3"),
        ("It costs {dog_fee}", "It costs $12", "{dog_fee} is not in both"),
        ("It costs {dog_fee}", "It costs $12 or {dog_fee}", "$12 is written out"),
        ("Renew your dog's", "Call 508-555-0100 and renew your dog's", "508-555-0100 is written out"),
        (
            "Renew your dog's",
            "Municipal authorities unequivocally necessitate comprehensive documentation of immunization. Renew your dog's",
            "reading grade",
        ),
        ("reviewer: town clerk", "reviewer: town clerk\nvalid_until: 2026-01-01", "not valid today"),
    ],
)
def test_a_finding_names_the_line_and_what_to_do(good: str, bad: str, told: str, city: City) -> None:
    found = findings(city, "dog-license", (good, bad))
    assert len(found) >= 1
    assert any(told in finding and "dog-license.yaml:" in finding for finding in found), found


def test_a_missing_language_and_group_are_found(city: City) -> None:
    path = city.folder / "knowledge" / "dog-license.yaml"
    document = read_document(path)
    del document["texts"]["es"]
    write_document(document, path.with_name("cat-license.yaml"))
    source = read_articles(city)
    found = lint(source.articles["cat-license"], path.with_name("cat-license.yaml"), source, city, TODAY)
    assert [finding for finding in found if "es is missing" in finding]
    assert [finding for finding in found if "no group" in finding]


def test_a_link_in_the_longer_text_has_to_be_whole(city: City) -> None:
    found = findings(city, "trash-day", ("The town collects", "See [here](/trash). The town collects"))
    assert len(found) == 1
    assert "/trash is not https" in found[0]


def test_plain_words_read_easier_than_official_ones() -> None:
    plain = "Put your trash out at night. We come in the morning."
    official = "Residential refuse necessitates municipal authorization preceding curbside accumulation."
    assert reading_grade(plain) < 4
    assert reading_grade(official) > 12
    assert reading_grade("") == 0


@pytest.mark.parametrize("path", article_paths(ROOT / "cities" / "boston"), ids=lambda path: path.stem)
def test_every_shipped_article_survives_the_way_to_markdown_and_back(path: Path) -> None:
    document = read_document(path)
    assert from_markdown(to_markdown(document), TODAY) == document


@pytest.mark.parametrize(
    ("markdown", "told"),
    [
        ("# en: Bees\nAn answer.\n", "front matter"),
        ("---\ndepartment: [\n---\n# en: Bees\nYes.\n", "no YAML"),
        ("---\ndepartment: TOWNHALL\n---\nAn answer without a language.\n", "4: no language"),
    ],
)
def test_markdown_that_is_no_article_says_what_is_missing(markdown: str, told: str) -> None:
    with pytest.raises(MarkdownError, match=told):
        from_markdown(markdown, TODAY)


def test_markdown_from_another_system_may_end_its_lines_its_own_way() -> None:
    document = from_markdown("---\r\ndepartment: X\r\n---\r\n# en: Bees\r\nYou may\r\nkeep bees.\r\n", TODAY)
    assert document["texts"]["en"] == {"reviewed": TODAY, "title": "Bees", "answer": "You may keep bees."}
