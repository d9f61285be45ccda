"""`check`: is everything here that the service needs?"""

import argparse
from typing import Any

from intake.phrases import Phrases
from intake.settings import Settings
from intake.wiring import build_understanding


def add_check(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("check", help="load city pack, phrases and bundle, and say what is wrong")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    parts = build_understanding(Settings())
    Phrases(parts.city.languages)
    city = parts.city
    print(
        f"{city.name}: {len(city.catalog.services)} services, {len(city.catalog.departments)} departments, "
        f"{len(city.languages)} languages, {len(city.places)} places, {len(city.streets)} streets; "
        f"bundle {parts.bundle.name} of {parts.bundle.card.rows} messages"
    )
    return 0
