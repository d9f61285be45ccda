"""`bench`: how fast it is on this machine, as distributions; never a test, since machines are noisy."""

import argparse
import io
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from tqdm import tqdm

from channels.messages import Channel, InboundMessage
from channels.twilio_sms import answer_sms
from intake.commands.bench_translation import seconds_beside_translating
from intake.commands.understand import understand_lines
from intake.delivering.durable import HeldOutbox
from intake.pipeline import receive
from intake.settings import Settings
from intake.wiring import build_service, build_understanding
from models.knowledge import ArticleIndex, Passage
from models.meaning import Vectors
from routing.comprehension import Comprehension
from routing.knowledge import passages_of

_PERCENTILES = (5, 25, 50, 75, 95, 99)


def add_bench(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("bench", help="measure batch understanding and the SMS path")
    parser.add_argument("--messages", type=int, default=2000, help="messages in each batch run (default: 2000)")
    parser.add_argument("--webhooks", type=int, default=300, help="single SMS messages (default: 300)")
    parser.add_argument("--articles", type=int, default=5000, help="articles of the larger knowledge base (default: 5000)")
    parser.add_argument("--runs", type=int, default=5, help="batch runs (default: 5)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="processes of a batch run")
    parser.add_argument("--translation", action="store_true", help="measure only how much translating slows down answering")
    parser.set_defaults(run=_bench)


def _bench(options: argparse.Namespace) -> int:
    parts = build_understanding(Settings())
    if options.translation:
        return _bench_translation(options, parts)
    texts = _texts(parts)
    rates = [
        _batch_rate(texts, options.messages, parts, options.processes)
        for _ in tqdm(range(options.runs), desc="batches", leave=False, disable=None)
    ]
    print(
        f"understand, {options.processes} processes: messages/s  {_distribution(rates)}  over {options.runs} runs of {options.messages}"
    )
    for count in (len(parts.knowledge().articles), options.articles):
        seconds = _search_seconds(texts, parts, count)
        print(f"one question among {count} articles: ms  {_distribution([1000 * s for s in seconds])}  over {len(seconds)}")
    with tempfile.TemporaryDirectory() as folder:
        seconds = _webhook_seconds(texts, options.webhooks, parts, Path(folder))
    print(f"one SMS, recorded and answered: ms  {_distribution([1000 * s for s in seconds])}  over {len(seconds)}")
    return 0


def _bench_translation(options: argparse.Namespace, parts: Comprehension) -> int:
    with tempfile.TemporaryDirectory() as folder:
        alone, beside, rest = seconds_beside_translating(parts, options.webhooks, Path(folder))
    for name, seconds in (("alone", alone), ("while translating", beside)):
        print(f"one SMS, {name}: ms  {_distribution([1000 * s for s in seconds])}  over {len(seconds)}")
    print(rest)
    return 0


def _texts(parts: Comprehension) -> list[str]:
    """Messages of all languages, from the corpus that the pack ships."""
    texts: list[str] = []
    for path in sorted((parts.city.folder / "corpus").glob("*.tsv")):
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
        texts += [line.split("\t")[2] for line in lines[:: max(1, len(lines) // 200)]]
    return texts


def _batch_rate(texts: Sequence[str], count: int, parts: Comprehension, processes: int) -> float:
    source = io.StringIO("".join(json.dumps({"text": texts[i % len(texts)]}) + "\n" for i in range(count)))
    begin = time.perf_counter()
    understand_lines(source, io.StringIO(), io.StringIO(), parts, processes=processes)
    return count / (time.perf_counter() - begin)


def _search_seconds(texts: Sequence[str], parts: Comprehension, count: int) -> list[float]:
    """Search the city's articles, repeated with their meanings moved a little until there are `count`."""
    articles = list(parts.knowledge().articles.values())
    passages: list[Passage] = []
    for number in range(count):
        own = passages_of(articles[number % len(articles)])
        passages += [replace(passage, article=f"{passage.article}-{number}") for passage in own]
    index = ArticleIndex(passages, _moved(passages, parts), calibrates=False)
    languages = ["en"] * len(texts)
    meanings = parts.bundle.meanings(parts.bundle.transform(texts, languages))
    seconds = []
    for text, meaning in zip(texts, meanings, strict=True):
        begin = time.perf_counter()
        index.search([text], ["ht"], meaning[None, :])
        seconds.append(time.perf_counter() - begin)
    return seconds


def _moved(passages: Sequence[Passage], parts: Comprehension) -> Vectors:
    known = {(p.language, p.text): p for p in passages}
    rows = parts.bundle.transform([text for _, text in known], [language for language, _ in known])
    vectors = dict(zip(known, parts.bundle.meanings(rows), strict=True))
    moved = np.stack([vectors[p.language, p.text] for p in passages])
    moved += np.random.default_rng(0).normal(scale=0.02, size=moved.shape).astype(np.float32)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _webhook_seconds(texts: Sequence[str], count: int, parts: Comprehension, folder: Path) -> list[float]:
    settings = Settings(database_url=f"sqlite:///{folder / 'bench.db'}")
    service = build_service(settings, outbox=HeldOutbox(), understanding=parts)
    seconds = []
    for i in tqdm(range(count), desc="messages", leave=False, disable=None):
        inbound = InboundMessage(Channel.SMS, str(uuid4()), f"+1617555{i % 10_000:04d}", texts[i % len(texts)], service.clock())
        begin = time.perf_counter()
        answer_sms(receive(inbound, service.intake, service.clock()).replies)
        seconds.append(time.perf_counter() - begin)
    return seconds


def _distribution(values: Sequence[float]) -> str:
    points = np.percentile(values, _PERCENTILES)
    return "  ".join(f"p{percent} {value:.1f}" for percent, value in zip(_PERCENTILES, points, strict=True))
