"""`corpus`: how much there is of what, and which messages say the same twice."""

import argparse
from collections import Counter
from typing import Any

from training.near_duplicates import near_duplicates
from training.workspace import Workspace

_SHOWN = 20


def add_corpus(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("corpus", parents=[shared], help="count the corpus and find near-duplicates")
    parser.add_argument("--all", action="store_true", help=f"list every near-duplicate, not only the first {_SHOWN}")
    parser.set_defaults(run=_corpus)


def _corpus(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    rows = space.corpus
    pairs = near_duplicates(rows)
    twice = Counter(pair.second.language for pair in pairs)
    kinds = ("service", "info", "status", "agent", "greeting", "emergency", "other")
    print(f"{'language':10}" + "".join(f"{kind:>10}" for kind in kinds) + f"{'nearmiss':>10}{'fewest':>10}{'twice':>10}")
    for language in space.city.languages:
        own = [row for row in rows if row.language == language]
        by_kind = Counter(row.kind for row in own)
        by_service = Counter(row.label for row in own if row.kind == "service")
        fewest = min(by_service[code] for code in space.city.catalog.services)
        near = sum("nearmiss" in row.tags for row in own)
        print(f"{language:10}" + "".join(f"{by_kind[kind]:10}" for kind in kinds) + f"{near:10}{fewest:10}{twice[language]:10}")
    print(
        f"\n{len(rows)} messages, {len(pairs)} pairs that share nearly all their letters (fewest: messages of the rarest service)"
    )
    for pair in pairs if options.all else pairs[:_SHOWN]:
        print(f"  {pair.second.language} {pair.second.label} {pair.likeness:.2f}: {pair.first.text!r} / {pair.second.text!r}")
    return 0
