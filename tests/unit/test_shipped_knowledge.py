"""The knowledge base that ships: complete, in order, and in every language."""

from datetime import date

import pytest

from channels.segments import count_segments
from intake.knowledge.article_lint import ANSWER_LETTERS, lint
from intake.knowledge.facts import fill_in
from intake.settings import ROOT
from nlp.lexicon import load_lexicons
from routing.article_files import article_paths, read_articles
from routing.articles import Article
from routing.city import load_city
from training.corpus import read_corpus

CITY = load_city(ROOT / "cities" / "boston")
SOURCE = read_articles(CITY)
TODAY = date(2026, 11, 23)
ARTICLES = pytest.mark.parametrize("article", SOURCE.articles.values(), ids=SOURCE.articles)


def test_no_article_is_broken() -> None:
    assert SOURCE.faults == ()


def test_there_is_an_article_for_every_topic_that_questions_are_labelled_with() -> None:
    rows = read_corpus(CITY.folder / "corpus", ["en"], CITY.catalog.services)
    topics = {row.label for row in rows if row.kind == "info"}
    assert len(topics) == 80
    assert topics == set(SOURCE.articles)


def test_an_editor_finds_nothing_to_mend() -> None:
    findings = [
        finding for path in article_paths(CITY.folder) for finding in lint(SOURCE.articles[path.stem], path, SOURCE, CITY, TODAY)
    ]
    assert findings == []


@ARTICLES
def test_every_article_speaks_every_language_with_enough_example_questions(article: Article) -> None:
    assert set(article.wordings) == set(CITY.languages)
    for language, wording in article.wordings.items():
        assert article.is_fresh_in(language)
        assert len(set(wording.questions)) >= (6 if language == "en" else 3)
    assert len(article.wordings["en"].web.split()) >= 60
    assert article.is_starter


@ARTICLES
def test_every_answer_fits_a_text_message_and_ends_as_a_sentence(article: Article) -> None:
    for language, wording in article.wordings.items():
        for text in (wording.answer, *wording.variants.values()):
            said = fill_in(text, SOURCE.facts, CITY.phone, language)
            assert len(said.replace("\u2068", "").replace("\u2069", "")) <= ANSWER_LETTERS
            assert count_segments(said).count <= 5
            assert "{" not in said
            assert ".." not in said, (language, said)


@ARTICLES
def test_no_answer_asks_for_a_carriers_keyword(article: Article) -> None:
    """A resident who is told to reply STOP would be opted out."""
    for wording in article.wordings.values():
        words = set(wording.answer.replace(".", " ").replace(",", " ").split())
        assert not words & {"STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "START", "YES", "INFO", "HELP"}


def test_every_group_is_named_in_every_language_and_holds_every_article() -> None:
    for group in SOURCE.groups:
        assert set(group.names) == set(CITY.languages)
    assert {article.group for article in SOURCE.articles.values()} == {group.id for group in SOURCE.groups}


def test_facts_name_their_source() -> None:
    assert all(fact.source for fact in SOURCE.facts.values())


def test_the_languages_are_those_that_the_rules_know() -> None:
    assert set(CITY.languages) == set(load_lexicons())
