"""`understand`: JSON lines in, JSON lines out, with the same understanding and decisions as the channels."""

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, ClassVar, TextIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tqdm import tqdm

from intake.settings import Settings
from intake.the_city import date_in
from intake.wiring import build_understanding
from models.explain import explain_service, strongest
from models.understanding import ArticleScore, Understanding
from nlp.normalize import Heard
from routing.city import City
from routing.comprehension import Comprehension
from routing.decide import decide
from routing.decision import CallAgent, Decision, HandToStaff, NoteQuestion
from routing.drafts import Situation
from routing.problems import confidence_in

_BATCH = 256
_WORDS_SHOWN = 5


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str = Field(max_length=20_000)
    language: str | None = None
    explain: bool = False


@dataclass(frozen=True)
class _Numbered:
    number: int
    line: _Line


def add_understand(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "understand", help='understand JSON lines from standard input ({"text", "language"?, "explain"?})'
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="processes to use (default: one a core)")
    parser.set_defaults(run=_understand)


def _understand(options: argparse.Namespace) -> int:
    parts = build_understanding(Settings())
    faults = understand_lines(sys.stdin, sys.stdout, sys.stderr, parts, processes=options.processes)
    return 1 if faults else 0


def understand_lines(source: TextIO, target: TextIO, complaints: TextIO, parts: Comprehension, *, processes: int) -> int:
    """Understand every line of `source`, in its order; bad ones are reported by number, and counted in what is returned."""
    faults = 0
    with tqdm(unit=" messages", file=complaints, disable=not complaints.isatty()) as bar:
        for lines, results, bad in _answers(_batches(source), parts, processes):
            for complaint in bad:
                print(complaint, file=complaints)
            faults += len(bad)
            target.writelines(result + "\n" for result in results)
            bar.update(lines)
    target.flush()
    return faults


def _batches(source: TextIO) -> Iterator[list[tuple[int, str]]]:
    numbered = enumerate(source, 1)
    while batch := list(islice(numbered, _BATCH)):
        yield batch


_Answered = tuple[int, list[str], list[str]]


def _answers(batches: Iterator[list[tuple[int, str]]], parts: Comprehension, processes: int) -> Iterator[_Answered]:
    """Answer batches in their order: the first ones here, and with several processes the rest in forks of this one."""
    first = list(islice(batches, 1))
    yield from (_answer(batch, parts) for batch in first)
    second = list(islice(batches, 1))
    if processes < 2 or not second or "fork" not in multiprocessing.get_all_start_methods():
        yield from (_answer(batch, parts) for batch in chain(second, batches))
        return
    # A fork shares the loaded models; a fresh process would load them again, which takes longer than most inputs.
    with multiprocessing.get_context("fork").Pool(processes, initializer=_Forked.begin, initargs=(parts,)) as pool:
        yield from pool.imap(_Forked.answer, chain(second, batches))


class _Forked:
    """What a forked process answers with."""

    parts: ClassVar[Comprehension]

    @classmethod
    def begin(cls, parts: Comprehension) -> None:
        cls.parts = parts

    @classmethod
    def answer(cls, batch: list[tuple[int, str]]) -> _Answered:
        return _answer(batch, cls.parts)


def _answer(batch: list[tuple[int, str]], parts: Comprehension) -> _Answered:
    good, bad = _parse(batch)
    return len(batch), [json.dumps(result, ensure_ascii=False) for result in _results(good, parts)], bad


def _parse(batch: Sequence[tuple[int, str]]) -> tuple[list[_Numbered], list[str]]:
    good: list[_Numbered] = []
    bad: list[str] = []
    for number, raw in batch:
        if not raw.strip():
            continue
        try:
            good.append(_Numbered(number, _Line.model_validate_json(raw)))
        except ValidationError as error:
            fault = error.errors()[0]
            where = ".".join(map(str, fault["loc"]))
            bad.append(f"line {number}: {where + ': ' if where else ''}{fault['msg']}")
    return good, bad


def _results(lines: Sequence[_Numbered], parts: Comprehension) -> Iterator[dict[str, Any]]:
    languages = parts.city.languages
    heard = [
        Heard(one.line.text[: parts.city.policy.text_limit], chosen=one.line.language if one.line.language in languages else None)
        for one in lines
    ]
    messages = parts.normalizer.normalize(heard)
    for line, one, understood in zip(lines, heard, parts.understander.understand(messages), strict=True):
        result = _result(understood, parts, is_chosen=one.chosen is not None)
        yield result | {"words": _words(understood, parts)} if line.line.explain else result


def _result(understood: Understanding, parts: Comprehension, *, is_chosen: bool) -> dict[str, Any]:
    message = understood.message
    places = parts.geocoder.locate(message.places)
    knowledge = parts.knowledge()
    situation = Situation(
        language=message.language.code if is_chosen else None,
        places=places,
        articles=knowledge.articles,
        today=date_in(parts.city, datetime.now(UTC)),
    )
    decision = decide(understood, situation, parts.city)
    article = _sure_article(understood, parts.city)
    best = understood.best_service
    is_service = understood.kind.value in ("service", "emergency") and best is not None
    service = parts.city.catalog.services[best.code] if is_service and best is not None else None
    return {
        "language": message.language.code,
        "language_confidence": round(message.language.confidence, 4),
        "language_mixed_with": message.language.mixed_with,
        "kind": understood.kind.value,
        "service_code": service.code if service else None,
        "department": service.department if service else None,
        "confidence": round(best.confidence if is_service and best is not None else understood.confidence, 4),
        "alternatives": [{"code": s.code, "confidence": round(s.confidence, 4)} for s in understood.services],
        "article": article.id if article else None,
        "article_confidence": round(article.confidence, 4) if article else None,
        "emergency": understood.emergency.value if understood.emergency else None,
        "review": _is_reviewed(decision, understood, situation, parts),
        "decision": type(decision).__name__,
        "reasons": [
            {"code": reason.code.value, "about": reason.about, "confidence": reason.confidence} for reason in decision.reasons
        ],
        "places": [
            {"text": place.text, "precision": place.precision.value, "lat": place.latitude, "lon": place.longitude}
            for place in places
        ],
    }


def _sure_article(understood: Understanding, city: City) -> ArticleScore | None:
    """The article that would answer; None where none is sure enough."""
    best = understood.articles[0] if understood.articles else None
    return best if best is not None and best.confidence >= city.policy.answer_confidence else None


def _words(understood: Understanding, parts: Comprehension) -> list[dict[str, Any]]:
    """The words that carried the best service's score, strongest first."""
    message, best = understood.message, understood.best_service
    if best is None:
        return []
    carried = explain_service(parts.bundle, message.text, message.language.code, best.code)
    return [
        {"text": message.text[one.start : one.end], "weight": round(one.weight, 2)} for one in strongest(carried, _WORDS_SHOWN)
    ]


def _is_reviewed(decision: Decision, understood: Understanding, situation: Situation, parts: Comprehension) -> bool:
    """Whether a person reads this before or because it could not be routed by itself."""
    if isinstance(decision, HandToStaff | CallAgent | NoteQuestion):
        return True
    # Where a rule heard danger and the model did not believe it, a person looks.
    if understood.emergency is not None or understood.message.emergency is not None:
        return True
    return understood.kind.value == "service" and not confidence_in(understood, situation, parts.city).is_enough
