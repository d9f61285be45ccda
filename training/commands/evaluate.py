"""`evaluate`: how right a bundle is on the development messages, or the recipe on messages held out of the corpus."""

import argparse
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.bundle import Bundle, Count
from training.answering import answer_figures, understand_with_articles
from training.figures import interval, routing_curve, share
from training.judging import Judged, calibration, figures, judge, routed
from training.progress import Steps
from training.recipe import STEPS, Recipe, fit
from training.splits import split_by_family
from training.store_bundle import store_bundle
from training.workspace import Workspace

_HELD_OUT = 0.15
_THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def add_evaluate(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("evaluate", parents=[shared], help="measure a bundle on messages that it was not trained on")
    parser.add_argument("--bundle", help="name of the bundle (default: the published one)")
    parser.add_argument(
        "--held-out", action="store_true", help="fit on 85 %% of the corpus's phrase families and measure on the rest"
    )
    parser.add_argument("--answers", action="store_true", help="how well questions find the articles of the knowledge base")
    parser.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    if options.answers:
        return _evaluate_answers(space, options.bundle)
    judged = _held_out(space) if options.held_out else judge(space.bundle(options.bundle), space.development, space.city)
    print_figures(figures(judged))
    print("\nexpected calibration error:", ", ".join(f"{head} {error:.3f}" for head, error in calibration(judged).items()))
    print_routing(judged)
    return 0


def _evaluate_answers(space: Workspace, bundle: str | None) -> int:
    today = datetime.now(UTC).astimezone(space.city.timezone).date()
    understood = understand_with_articles(space.bundle(bundle), space.development, space.city, today)
    print_figures(answer_figures(space.development, understood, space.city))
    return 0


def _held_out(space: Workspace) -> Judged:
    recipe = Recipe()
    train, test = split_by_family(space.corpus, share=_HELD_OUT, seed=recipe.seed)
    with Steps(f"measuring on {len(test)} messages of held-out phrase families", (*STEPS, "measuring")) as progress:
        fitted = fit(train, recipe, progress, volumes=space.volumes)
        progress("measuring")
        with tempfile.TemporaryDirectory() as folder:
            card = store_bundle(fitted, train, recipe, city=space.name, folder=Path(folder) / "held-out", version="held-out")
        return judge(Bundle(card, fitted.features, fitted.heads), test, space.city)


def print_figures(counted: Mapping[str, Mapping[str, Count]]) -> None:
    """Print each figure as share, 95 % interval and counts, for each slice."""
    for name, slices in counted.items():
        print(f"\n{name.replace('_', ' ')}")
        for slice_name, count in slices.items():
            bounds = interval(count)
            print(f"  {slice_name:12} {share(count):.3f}  [{bounds.low:.3f}, {bounds.high:.3f}]  {count.right}/{count.total}")


def print_routing(judged: Judged) -> None:
    """Print what goes on by itself, and how much of it is right, threshold by threshold."""
    print("\nrouted by itself, of what was understood as a report")
    for point in routing_curve(*routed(judged), _THRESHOLDS):
        coverage, precision = point.coverage, point.precision
        print(
            f"  at {point.threshold:.2f}: {share(coverage):.3f} ({coverage.right}/{coverage.total}), "
            f"right {share(precision):.3f} ({precision.right}/{precision.total})"
        )
