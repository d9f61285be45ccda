"""`translation`: the corpus's English meanings become a small translation model, and its measure beside the translation memory."""

import argparse
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale

from models.bundle import Count
from nlp.translation.codes import engine_codes
from training.errors import TrainingError
from training.workspace import Workspace

if TYPE_CHECKING:
    from training.translation.compare import Measured, Shown
    from training.translation.fit import Fitted

_NEEDED = ("jax", "optax", "sacrebleu")
_THRESHOLDS = tuple(step / 20 for step in range(20))
_README = """A small model, trained on a city's own messages: it knows what residents write to a city, and nothing else.

Trained by `python -m training translation fit`; what it can and cannot do is in docs/translation-experiment.md.
"""


def add_translation(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("translation", help="train a small translation model, pack it, measure it (an experiment)")
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    fit = steps.add_parser("fit", parents=[shared], help="train on one thread, or go on where it was stopped")
    fit.add_argument("--minutes", type=float, default=float("inf"), help="begin no pass over the corpus after so many minutes")
    fit.set_defaults(run=_fit)
    export = steps.add_parser("export", parents=[shared], help="write a package that Argos Translate reads for each language")
    export.set_defaults(run=_export)
    compare = steps.add_parser("compare", parents=[shared], help="measure packages and memory on the development messages")
    compare.add_argument("--languages", nargs="+", default=[], help="languages to draw a sample of, to be judged by a person")
    compare.add_argument("--each", type=int, default=25, help="messages a language in that sample (default: 25)")
    compare.add_argument(
        "--judged", type=Path, help="a sample with its verdicts: print who misleads how often, and at which score"
    )
    compare.set_defaults(run=_compare)


def _fit(options: argparse.Namespace) -> int:
    fitted = _fitted(options, minutes=options.minutes)
    print(
        f"{fitted.epochs} passes, {fitted.checked:.3f} nats a piece on other sentences; next: python -m training translation export"
    )
    return 0


def _export(options: argparse.Namespace) -> int:
    from training.translation.fit import VOCABULARY  # noqa: PLC0415 - The service's machine has no JAX.
    from training.translation.package import Metadata, write_package  # noqa: PLC0415 - The same.

    fitted, space = _fitted(options, minutes=0), Workspace.of(options)
    if not fitted.epochs:
        raise TrainingError("No model has been trained: python -m training translation fit")
    # Packages of an earlier state of the model would stand beside these.
    shutil.rmtree(_packages(space), ignore_errors=True)
    for language in (code for code in space.city.languages if code != "en"):
        code, name = engine_codes(language)[0], Locale.parse(language, sep="-").english_name
        metadata = Metadata(code, str(name), "en", "English", package_version=f"0.{fitted.epochs}")
        path = _packages(space) / f"{metadata.folder}.argosmodel"
        write_package(fitted, _folder(space) / VOCABULARY, language, metadata, _README, path)
        print(path)
    return 0


def _fitted(options: argparse.Namespace, *, minutes: float) -> "Fitted":
    _need()
    from training.translation.data import split_pairs  # noqa: PLC0415 - The service's machine has no JAX.
    from training.translation.fit import Recipe, fit, use_one_thread  # noqa: PLC0415 - The same.

    space, recipe = Workspace.of(options), Recipe()
    use_one_thread(_folder(space) / "compiled")
    pairs, checks = split_pairs(space.corpus, seed=recipe.seed)
    return fit(pairs, checks, recipe, _folder(space), minutes=minutes)


def _compare(options: argparse.Namespace) -> int:
    _need()
    from training.translation import compare  # noqa: PLC0415 - The service's machine has no sacrebleu.

    if options.judged:
        judged = compare.read_judged(options.judged)
        for name in ("model", "memory"):
            scores = [float(getattr(one, f"{name}_score")) if getattr(one, name) else -1.0 for one in judged]
            _print_curve(name, compare.curve(scores, [getattr(one, f"{name}_wrong") == "1" for one in judged], _THRESHOLDS))
        return 0
    space = Workspace.of(options)
    rows = [row for row in space.development if row.english]
    model = compare.say_by_model(rows, _packages(space))
    memory = compare.say_by_memory(rows, space.corpus, space.bundle())
    _print_measured({"model": compare.measure(rows, model), "memory": compare.measure(rows, memory)})
    print(*compare.signatures(), sep="\n")
    if options.languages:
        path = _folder(space) / "sample.tsv"
        drawn = compare.sample(rows, model, memory, languages=options.languages, each=options.each, seed=311)
        compare.write_judged(list(drawn), path)
        print(f"a sample to be judged: {path}")
    return 0


def _print_measured(found: "dict[str, Sequence[Measured]]") -> None:
    for name, measured in found.items():
        print(f"{name}: messages it speaks about, chrF, BLEU")
        for one in measured:
            print(f"  {one.language:8} {_counted(one.spoken):12} {one.chrf:5.1f} {one.bleu:5.1f}")


def _print_curve(name: str, found: "Sequence[Shown]") -> None:
    print(f"{name}: threshold, shown of all, misleading of these")
    for one in (one for one in found if one.shown.right):
        print(f"  {one.threshold:.2f}  {_counted(one.shown):12} {_counted(one.wrong):12}")


def _counted(count: Count) -> str:
    return f"{count.right} of {count.total}"


def _need() -> None:
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise TrainingError(f"This needs {', '.join(missing)}: install the development tools (make .venv/.dev)")


def _folder(space: Workspace) -> Path:
    return space.var_folder / "translation-model" / space.name


def _packages(space: Workspace) -> Path:
    return _folder(space) / "packages"
