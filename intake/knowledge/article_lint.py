"""What an editor should mend in an article, each with file, line and remedy."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pyphen

from intake.knowledge.facts import fill_in
from routing.article_files import GROUPS, placeholders
from routing.articles import ENGLISH, Article, Articles, Wording
from routing.city import City
from routing.yaml_files import line_of

ANSWER_LETTERS = 300
_TITLE_LETTERS = 60
_QUESTIONS = {ENGLISH: 6}
_QUESTIONS_ELSEWHERE = 3
# A resident of twelve should follow; official names raise the figure, so the limit is a little above that age's grade.
_GRADE = 9.0
_WRITTEN_FACT = re.compile(r"\$\s?\d[\d.,]*\d|\$\s?\d|\b\d{3}-\d{3,4}(?:-\d{4})?\b|\b\d{1,2}:\d{2}\b")
_MARKDOWN_LINK = re.compile(r"\]\(([^)\s]+)")
_WORDS = re.compile(r"[A-Za-z']+")
_SENTENCE_ENDS = re.compile(r"[.!?:;]+(?:\s|$)")


def lint(article: Article, path: Path, articles: Articles, city: City, today: date) -> list[str]:
    """Return the findings about one article as `file:line: what; remedy`, in the order of its languages."""
    findings: list[str] = []
    if not article.group:
        findings.append(f"{path}:1: {article.id} stands in no group, the help page shows it last; add it to {GROUPS}")
    if not article.is_valid_on(today):
        findings.append(f"{line_of(path, 'valid_until')}: not valid today; renew the dates or take the article out")
    for language in city.languages:
        if language not in article.wordings:
            findings.append(f"{line_of(path, 'texts')}: {language} is missing, English is served; write it")
            continue
        where = _Where(path, "texts", language)
        findings += _wording_findings(article, language, where, articles, city)
    return findings


class _Where:
    """Names the line of a part of one language's text, looked up only when there is something to say about it."""

    def __init__(self, path: Path, *keys: str) -> None:
        self._path = path
        self._keys = keys

    def __call__(self, *keys: str) -> str:
        return line_of(self._path, *self._keys, *keys)


def _wording_findings(
    article: Article, language: str, where: Callable[..., str], articles: Articles, city: City
) -> Iterator[str]:
    wording, english = article.wordings[language], article.wordings[ENGLISH]
    if not article.is_fresh_in(language):
        yield f"{where('reviewed')}: {language} is older than the English, which is served instead; check it and set today's date"
    if len(wording.title) > _TITLE_LETTERS:
        yield f"{where('title')}: {len(wording.title)} letters, at most {_TITLE_LETTERS}; shorten it"
    wanted = _QUESTIONS.get(language, _QUESTIONS_ELSEWHERE)
    if len(wording.questions) < wanted:
        yield f"{where()}: {len(wording.questions)} example questions in {language}, at least {wanted}; add how residents ask"
    for keys, text, original in _texts(wording, english):
        yield from _text_findings(text, original, language, lambda keys=keys: where(*keys), articles, city)  # type: ignore[misc]
    for link in _MARKDOWN_LINK.findall(wording.web):
        if not link.startswith("https://"):
            yield f"{where('web')}: the link {link} is not https; give the whole address"


def _texts(wording: Wording, english: Wording) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Each spoken text with its keys and its English original."""
    yield ("answer",), wording.answer, english.answer
    for name, text in wording.variants.items():
        yield ("variants", name), text, english.variants.get(name, "")


def _text_findings(
    text: str, original: str, language: str, where: Callable[[], str], articles: Articles, city: City
) -> Iterator[str]:
    letters = len(_visible(fill_in(text, articles.facts, city.phone, language)))
    if letters > ANSWER_LETTERS:
        yield f"{where()}: {letters} letters with its facts, at most {ANSWER_LETTERS}; shorten it"
    if placeholders(text) != placeholders(original):
        differing = ", ".join(f"{{{name}}}" for name in sorted(placeholders(text) ^ placeholders(original)))
        yield f"{where()}: {differing} is not in both {language} and English; name the same facts"
    if match := _WRITTEN_FACT.search(text):
        yield f"{where()}: {match.group()} is written out; make it a fact, so that it changes in one place"
    if language == ENGLISH and (grade := reading_grade(fill_in(text, articles.facts, city.phone, language))) > _GRADE:
        yield f"{where()}: reading grade {grade:.1f}, at most {_GRADE:.0f}; use shorter words and sentences"


def reading_grade(text: str) -> float:
    """The Flesch-Kincaid grade of an English text (Kincaid et al. 1975): school years needed to read it with ease."""
    words = _WORDS.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_ENDS.findall(text)))
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    return len(_hyphenation().inserted(word).split("-"))


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")


def _visible(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
