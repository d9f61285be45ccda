"""`report`: one HTML file about a bundle."""

import argparse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from training.judging import judge
from training.report import write_report
from training.workspace import Workspace


def add_report(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("report", parents=[shared], help="write an HTML report about a bundle")
    parser.add_argument("--bundle", help="name of the bundle (default: the published one)")
    parser.add_argument("--output", type=Path, help="file to write (default: report.html beside the bundle)")
    parser.set_defaults(run=_report)


def _report(options: argparse.Namespace) -> int:
    space = Workspace.of(options)
    bundle = space.bundle(options.bundle)
    path = options.output or space.bundles / (options.bundle or space.published) / "report.html"
    with tqdm(total=len(space.development), desc="reading the development messages", unit=" messages") as bar:
        judged = judge(bundle, space.development, space.city, bar.update)
    write_report(bundle, judged, path)
    print(f"report on {bundle.name} in {path}")
    return 0
