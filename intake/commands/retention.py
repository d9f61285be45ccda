"""`retention`: erase what is older than the policy says, as the service does every night."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from intake.database import make_engine, migrate
from intake.photos import PhotoShelf
from intake.retention import Retention
from intake.settings import Settings
from intake.the_city import load_the_city


def add_retention(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("retention", help="erase residents' words, photos and numbers that are too old to be kept")
    parser.add_argument("--dry-run", action="store_true", help="only count what would be erased")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    settings = Settings()
    city = load_the_city(settings)
    migrate(settings.database)
    retention = Retention(make_engine(settings.database), PhotoShelf(settings.attachments_folder), city)
    erased = retention.run(datetime.now(UTC), is_dry=options.dry_run)
    for what, count in asdict(erased).items():
        print(f"{count:8} {what.replace('_', ' ')}")
    done = "would be erased" if options.dry_run else "erased"
    print(f"{done}: older than {city.policy.retention_days} days, and no part of a case that is open or was until then")
    return 0
