"""The workbench: `python -m training fit | evaluate | compare | publish | rollback | report | try | labels | corpus | translation`."""

import argparse
import os
import sys
from pathlib import Path

from models.bundle import BundleRefusedError
from routing.yaml_files import PackError
from training.commands.compare import add_compare
from training.commands.corpus import add_corpus
from training.commands.evaluate import add_evaluate
from training.commands.fit import add_fit
from training.commands.labels import add_labels
from training.commands.publish import add_publish, add_rollback
from training.commands.report import add_report
from training.commands.translation import add_translation
from training.commands.trial import add_trial
from training.corpus import CorpusError
from training.errors import TrainingError

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training", description="Train, measure and publish the models of a city.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--city", default="boston", help="folder under cities/ (default: boston)")
    shared.add_argument("--cities-folder", type=Path, default=ROOT / "cities", help="where the city packs are")
    shared.add_argument("--var-folder", type=Path, default=ROOT / "var", help="where bundles are kept")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (
        add_fit,
        add_evaluate,
        add_compare,
        add_publish,
        add_rollback,
        add_report,
        add_trial,
        add_labels,
        add_corpus,
        add_translation,
    ):
        add(commands, shared)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        # Whoever read the output ("| head") has seen enough; nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CorpusError, PackError, BundleRefusedError, TrainingError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
