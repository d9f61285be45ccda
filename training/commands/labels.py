"""`labels`: agents' corrections, or a random sample for a blind audit, as CSV."""

import argparse
import sys
from pathlib import Path
from typing import Any

from training.labels import Labels, default_database, write_corrections, write_sample


def add_labels(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("labels", parents=[shared], help="export agents' corrections, or a sample for a blind audit")
    parser.add_argument(
        "--audit", type=int, metavar="N", help="a random sample of N messages, without what was understood of them"
    )
    parser.add_argument("--seed", type=int, default=311, help="seed of the sample (default: 311)")
    parser.add_argument("--database", help="SQLAlchemy URL of the service's database (default: the city's SQLite file)")
    parser.add_argument("--output", type=Path, help="file to write (default: standard output)")
    parser.set_defaults(run=_labels)


def _labels(options: argparse.Namespace) -> int:
    labels = Labels(options.database or default_database(options.var_folder, options.city))
    write = write_corrections if options.audit is None else write_sample
    rows = labels.corrections() if options.audit is None else labels.sample(options.audit, options.seed)
    if options.output is None:
        write(rows, sys.stdout)
        return 0
    with options.output.open("w", encoding="utf-8", newline="") as file:
        write(rows, file)
    print(f"{len(rows)} rows in {options.output}")
    return 0
