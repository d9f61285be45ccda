"""`try`: the same recipe on any labelled set."""

import argparse
import json
from pathlib import Path
from typing import Any

from training.recipe import Recipe
from training.trial import read_examples, try_recipe


def add_trial(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser; it needs no city, but takes the shared options like its siblings."""
    parser = commands.add_parser(
        "try", parents=[shared], help="fit the recipe on one CSV file (text,label), measure on another, print JSON"
    )
    parser.add_argument(
        "--train", type=Path, required=True, help="CSV with the columns text and label; the label oos is out of scope"
    )
    parser.add_argument("--test", type=Path, required=True, help="CSV with the same columns")
    parser.set_defaults(run=_try)


def _try(options: argparse.Namespace) -> int:
    found = try_recipe(read_examples(options.train), read_examples(options.test), Recipe())
    print(json.dumps(found, indent=1))
    return 0
