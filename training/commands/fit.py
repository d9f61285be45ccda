"""`fit`: the corpus becomes a bundle."""

import argparse
from pathlib import Path
from typing import Any

from models.bundle import Bundle, BundleRefusedError, Card, read_card
from models.published import STARTER, publications
from training.errors import TrainingError
from training.judging import calibration, figures, judge
from training.progress import Steps
from training.recipe import STEPS, Fitted, Recipe, fit
from training.store_bundle import store_bundle, write_card
from training.workspace import Workspace

_MEASURING = "measuring"


def add_fit(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("fit", parents=[shared], help="train the models on the whole corpus")
    parser.add_argument("--bundle", default=STARTER, help=f"name of the bundle to make (default: {STARTER})")
    parser.add_argument("--if-needed", action="store_true", help="do nothing where the bundle fits corpus and libraries")
    parser.set_defaults(run=_fit)


def _fit(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    folder = space.bundles / options.bundle
    if options.if_needed and _fits(folder, space):
        return 0
    if options.bundle != STARTER and options.bundle in {publication.bundle for publication in publications(space.bundles)}:
        raise TrainingError(
            f"Bundle {options.bundle} has been published and is kept for a rollback. Choose another name: --bundle …"
        )
    rows, recipe = space.corpus, Recipe()
    with Steps(f"training the {space.name} models on {len(rows)} messages", (*STEPS, _MEASURING)) as progress:
        fitted = fit(rows, recipe, progress, volumes=space.volumes)
        progress(_MEASURING)
        version = recipe.version(rows, space.volumes)
        card = store_bundle(fitted, rows, recipe, city=space.name, folder=folder, version=version)
        write_card(folder, _measured(card, fitted, space))
    print(f"bundle {card.name} {card.version} in {folder}")
    return 0


def _measured(card: Card, fitted: Fitted, space: Workspace) -> Card:
    """The card with the figures on the development messages, where the pack has some."""
    if not space.has_development:
        return card
    judged = judge(Bundle(card, fitted.features, fitted.heads), space.development, space.city)
    return card.model_copy(update={"metrics": figures(judged), "calibration": calibration(judged)})


def _fits(folder: Path, space: Workspace) -> bool:
    """Whether the bundle was made from this corpus by this recipe, with the libraries that are here."""
    try:
        card = read_card(folder, remedy="")
    except BundleRefusedError:
        return False
    return card.version == Recipe().version(space.corpus, space.volumes)
