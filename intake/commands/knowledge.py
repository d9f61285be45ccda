"""`knowledge`: editors check, preview, import and export articles, and see which questions have none."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from channels.segments import count_segments
from intake.database import make_engine, migrate
from intake.errors import RefuseToStart
from intake.knowledge.answer_book import AnswerBook, Gap, by_language_and_channel, tally
from intake.knowledge.article_lint import lint
from intake.knowledge.article_markdown import MarkdownError, from_markdown, read_document, to_markdown, write_document
from intake.knowledge.facts import fill_in
from intake.phrases import Phrases
from intake.settings import Settings
from intake.the_city import date_in, load_the_city
from intake.wiring import build_understanding
from models.clusters import clusters
from nlp.cleaning import clean
from routing.article_files import KNOWLEDGE, article_paths, read_articles
from routing.articles import ENGLISH, Article, Articles
from routing.city import City
from routing.comprehension import Comprehension

_EXAMPLES = 3
_WORTH_NAMING = 0.1


def add_knowledge(commands: Any) -> None:
    """Add the command's parser, with a parser for each thing that an editor does."""
    parser = commands.add_parser("knowledge", help="check, preview, import and export articles; questions without an answer")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    _action(actions, "check", _check, "say what should be mended, with file and line; exit status 1 where anything should")
    preview = _action(actions, "preview", _preview, "show an article as residents get it")
    preview.add_argument("article", help="the article's id")
    preview.add_argument("--language", action="append", help="only this language (may be given several times)")
    importing = _action(actions, "import", _import, "write articles from Markdown files, if they are in order")
    importing.add_argument("files", nargs="+", type=Path, help="Markdown files; a file's name is its article's id")
    export = _action(actions, "export", _export, "write articles as Markdown files")
    export.add_argument("articles", nargs="*", help="ids (default: all)")
    export.add_argument("--to", type=Path, required=True, help="the folder to write to")
    for name, run, help_ in (
        ("gaps", _gaps, "list questions that no article answered, like ones together"),
        ("measures", _measures, "count answers: helpful, followed by a case or a person within seven days"),
    ):
        reading = _action(actions, name, run, help_)
        reading.add_argument("--days", type=int, default=30, help="how far back (default: 30)")
        reading.add_argument("--json", action="store_true", help="write JSON")


def _action(actions: Any, name: str, run: Callable[[argparse.Namespace], int], help_: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=help_)
    parser.set_defaults(run=run)
    return parser


def _check(options: argparse.Namespace) -> int:
    city = _city()
    articles = read_articles(city)
    findings = list(articles.faults)
    for path in article_paths(city.folder):
        if path.stem in articles.articles:
            findings += lint(articles.articles[path.stem], path, articles, city, _today(city))
    for finding in findings:
        print(finding)
    unsure = sorted(name for name, fact in articles.facts.items() if not fact.is_sure)
    starters = sum(article.is_starter for article in articles.articles.values())
    print(
        f"{len(articles.articles)} articles in order, {len(articles.faults)} faults, {len(findings) - len(articles.faults)} findings; "
        f"{starters} are starter texts that nobody of the city has reviewed",
        file=sys.stderr,
    )
    if unsure:
        print(f"facts to compare with their source first: {', '.join(unsure)}", file=sys.stderr)
    return 1 if findings else 0


def _preview(options: argparse.Namespace) -> int:
    city = _city()
    articles = read_articles(city)
    article = articles.articles.get(options.article)
    if article is None:
        faults = [fault for fault in articles.faults if f"/{options.article}.yaml:" in fault]
        raise RefuseToStart("\n".join(faults) or f"there is no article {options.article}; the ids are the names of the files")
    unknown = sorted(set(options.language or ()) - set(city.languages))
    if unknown:
        raise RefuseToStart(f"{', '.join(unknown)}: not among the city's languages {', '.join(city.languages)}")
    phrases = Phrases(city.languages)
    for language in options.language or city.languages:
        _show(article, language, articles, city, phrases)
    return 0


def _show(article: Article, language: str, articles: Articles, city: City, phrases: Phrases) -> None:
    wording, _ = article.wording_in(language)
    print(f"\n== {language}: {wording.title}")
    for variant in (None, *article.conditions):
        raw, served = article.answer_in(language, variant)
        text = fill_in(raw, articles.facts, city.phone, served)
        if served != language:
            text = f"{phrases.say(language, 'answer-only-english')} {text}"
        segments = count_segments(text)
        print(f"-- {variant or 'answer'} [{len(text)} letters, {segments.count} × {segments.encoding}]\n{text}")
    if language == ENGLISH and wording.web:
        print(f"-- web\n{fill_in(wording.web, articles.facts, city.phone, ENGLISH)}")


def _import(options: argparse.Namespace) -> int:
    city = _city()
    return max([_import_one(path, city) for path in options.files])


def _import_one(source: Path, city: City) -> int:
    target = city.folder / KNOWLEDGE / f"{source.stem}.yaml"
    try:
        document = from_markdown(source.read_text(encoding="utf-8"), _today(city))
    except (OSError, UnicodeDecodeError, MarkdownError) as error:
        print(f"{source}:{error}", file=sys.stderr)
        return 1
    before = target.read_text(encoding="utf-8") if target.exists() else None
    if before is not None:
        _date_changes(document, read_document(target), _today(city))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_document(document, target)
    articles = read_articles(city)
    if source.stem in articles.articles:
        stale = [code for code in document["texts"] if not articles.articles[source.stem].is_fresh_in(code)]
        print(f"{target} written" + (f"; older than the English and not served: {', '.join(stale)}" if stale else ""))
        return 0
    # What does not load must not replace what did.
    faults = [fault for fault in articles.faults if fault.startswith(f"{target}:")]
    if before is None:
        target.unlink()
    else:
        target.write_text(before, encoding="utf-8")
    print(f"{source} was not imported; as YAML it has these faults:", *faults, sep="\n", file=sys.stderr)
    return 1


def _date_changes(document: dict[str, Any], before: dict[str, Any], today: date) -> None:
    """A text that changed counts as reviewed today; translations of an English text that changed become stale by their own dates."""
    for code, text in document["texts"].items():
        known = before.get("texts", {}).get(code, {})
        if (text.get("answer"), text.get("variants")) != (known.get("answer"), known.get("variants")):
            text["reviewed"] = max(text["reviewed"], today)


def _export(options: argparse.Namespace) -> int:
    city = _city()
    known = {path.stem: path for path in article_paths(city.folder)}
    unknown = sorted(set(options.articles) - set(known))
    if unknown:
        raise RefuseToStart(f"there is no article {', '.join(unknown)}; the ids are the names of the files")
    options.to.mkdir(parents=True, exist_ok=True)
    for id_ in options.articles or known:
        (options.to / f"{id_}.md").write_text(to_markdown(read_document(known[id_])), encoding="utf-8")
    print(f"{len(options.articles or known)} articles written to {options.to}")
    return 0


def _gaps(options: argparse.Namespace) -> int:
    parts = build_understanding(Settings())
    gaps = _book().gaps(_since(options.days))
    groups = _grouped(gaps, parts)
    if options.json:
        print(json.dumps(groups, ensure_ascii=False, indent=1))
        return 0
    if not groups:
        print(f"no question of the last {options.days} days was left without an answer")
    for number, group in enumerate(groups, 1):
        print(f"\n{number}. asked {group['count']} ×, in {', '.join(group['languages'])}")
        for example in group["examples"]:
            print(f"   [{example['language']}] {example['text']}")
        if group["nearest"]:
            print(f"   nearest article: {group['nearest']}; an example question there may be all that is missing")
        if group["unhelpful"]:
            print(f"   answered without helping by: {', '.join(group['unhelpful'])}")
    return 0


def _grouped(gaps: Sequence[Gap], parts: Comprehension) -> list[dict[str, Any]]:
    if not gaps:
        return []
    texts = [clean(gap.text) for gap in gaps]
    languages = [gap.language for gap in gaps]
    meanings = parts.bundle.meanings(parts.bundle.transform(texts, languages))
    found = parts.knowledge().index.search(texts, languages, meanings)
    groups = []
    for members in clusters(meanings):
        best = found[members[0]][:1]
        groups.append(
            {
                "count": len(members),
                "languages": _distinct(gaps[i].language for i in members),
                "examples": [{"language": gaps[i].language, "text": gaps[i].text} for i in members[:_EXAMPLES]],
                "nearest": best[0].id if best and best[0].confidence >= _WORTH_NAMING else None,
                "unhelpful": _distinct(gaps[i].article for i in members if gaps[i].article),
            }
        )
    return groups


def _measures(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    answers = _book().answered(_since(options.days), now)
    rows: dict[str, Any] = {"all": tally(answers)}
    rows |= {f"{language} {channel}": one for (language, channel), one in by_language_and_channel(answers).items()}
    if options.json:
        print(json.dumps({name: asdict(one) for name, one in rows.items()}, indent=1))
        return 0
    columns = list(asdict(rows["all"]))
    print(
        f"answers of the last {options.days} days; deflected: at least a week old, and the resident did not come back about it\n"
    )
    print(f"{'':16}" + "".join(f"{name.replace('_', ' '):>13}" for name in columns))
    for name, one in rows.items():
        print(f"{name:16}" + "".join(f"{count:>13}" for count in asdict(one).values()))
    return 0


def _book() -> AnswerBook:
    settings = Settings()
    migrate(settings.database)
    return AnswerBook(make_engine(settings.database))


def _since(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _city() -> City:
    return load_the_city(Settings())


def _today(city: City) -> date:
    return date_in(city, datetime.now(UTC))


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
