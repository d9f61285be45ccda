"""`compare`: does one bundle understand better than another, or is the difference noise?"""

import argparse
from typing import Any

from training.comparison import Comparison, compare
from training.judging import judge
from training.workspace import Workspace


def add_compare(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "compare", parents=[shared], help="compare a candidate with the published bundle (paired bootstrap)"
    )
    parser.add_argument("candidate", help="name of the candidate bundle")
    parser.add_argument("--with", dest="base", help="name of the other bundle (default: the published one)")
    parser.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    base = options.base or space.published
    before = judge(space.bundle(base), space.development, space.city)
    after = judge(space.bundle(options.candidate), space.development, space.city)
    print(f"{options.candidate} against {base}, on {len(space.development)} development messages")
    print_comparison(compare(before, after))
    return 0


def print_comparison(found: list[Comparison]) -> None:
    """Print every slice with the two shares, the difference and its interval; a loss beyond noise is marked."""
    for one in found:
        mark = "  LOSS" if one.is_loss else "  gain" if one.is_gain else ""
        print(
            f"  {one.figure.replace('_', ' '):22} {one.slice:12} {one.before:.3f} -> {one.after:.3f}  "
            f"{one.after - one.before:+.3f} [{one.difference.low:+.3f}, {one.difference.high:+.3f}]  of {one.total}{mark}"
        )
