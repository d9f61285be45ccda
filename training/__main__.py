"""The workbench: `python -m training fit | evaluate`."""

import argparse
import sys
from pathlib import Path
from typing import Self

from tqdm import tqdm

from models.bundle import BundleRefusedError, read_card
from routing.city import load_city
from routing.yaml_files import PackError
from training.corpus import CorpusError, Row, fingerprint, read_corpus
from training.measure import measure_recipe
from training.recipe import Recipe, fit
from training.store_bundle import Measured, store_bundle

ROOT = Path(__file__).resolve().parent.parent
_STEPS = ("features", "kind", "service", "language")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description="Train and measure the models of a city.")
    parser.add_argument(
        "command", choices=["fit", "evaluate"], help="fit: make a bundle; evaluate: measure the recipe on a split"
    )
    parser.add_argument("--city", default="boston", help="folder under cities/ (default: boston)")
    parser.add_argument("--bundle", default="starter", help="name of the bundle (default: starter)")
    parser.add_argument("--if-needed", action="store_true", help="do nothing where the bundle fits corpus and libraries")
    parser.add_argument("--cities-folder", type=Path, default=ROOT / "cities")
    parser.add_argument("--var-folder", type=Path, default=ROOT / "var")
    options = parser.parse_args(arguments)
    try:
        rows = _rows(options.cities_folder / options.city)
    except (CorpusError, PackError) as error:
        print(error, file=sys.stderr)
        return 2
    if options.command == "evaluate":
        return _evaluate(rows)
    return _fit(rows, options.city, options.var_folder / "bundles" / options.city / options.bundle, is_lazy=options.if_needed)


def _rows(folder: Path) -> list[Row]:
    city = load_city(folder)
    return read_corpus(folder / "corpus", city.languages, city.catalog.services)


def _fit(rows: list[Row], city: str, folder: Path, *, is_lazy: bool) -> int:
    if is_lazy and _fits(folder, rows):
        return 0
    with _Progress(f"training the {city} models on {len(rows)} messages", _STEPS) as progress:
        recipe = Recipe()
        fitted = fit(rows, recipe, progress)
        version = fingerprint(rows)[:8]
        card = store_bundle(fitted, rows, recipe, Measured({}, {}), city=city, folder=folder, version=version)
    print(f"bundle {card.name} {card.version} in {folder}")
    return 0


def _evaluate(rows: list[Row]) -> int:
    with _Progress("measuring on 15 % of the phrase families", _STEPS) as progress:
        measured = measure_recipe(rows, Recipe(), progress)
    for name, slices in measured.counts.items():
        print(f"\n{name}")
        for slice_name, count in slices.items():
            share = count.right / count.total if count.total else float("nan")
            print(f"  {slice_name:12} {share:.3f}  {count.right}/{count.total}")
    print("\nexpected calibration error", {name: round(value, 3) for name, value in measured.calibration.items()})
    return 0


def _fits(folder: Path, rows: list[Row]) -> bool:
    """Whether the bundle was made from these rows, with the libraries that are here."""
    try:
        card = read_card(folder, remedy="")
    except BundleRefusedError:
        return False
    return card.training_data_sha256 == fingerprint(rows)


class _Progress:
    """A bar that moves when a step begins; its last move is the end."""

    def __init__(self, title: str, steps: tuple[str, ...]) -> None:
        self._bar = tqdm(
            total=len(steps), desc=title, unit="step", bar_format="{desc}: {bar} {n_fmt}/{total_fmt} {postfix} {elapsed}"
        )
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, step: str) -> None:
        if self._begun:
            self._bar.update()
        self._begun = True
        self._bar.set_postfix_str(step)

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._bar.update()
        self._bar.close()


if __name__ == "__main__":
    sys.exit(main())
