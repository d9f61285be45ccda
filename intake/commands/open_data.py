"""`open-data`: write all cases as CSV and GeoJSON, as the service does every night."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from intake.casework.open_data import CSV_FILE, GEOJSON_FILE, export_open_data
from intake.database import make_engine, migrate
from intake.settings import Settings
from intake.the_city import load_the_city


def add_open_data(commands: Any) -> None:
    """Add the command's parser."""
    parser = commands.add_parser("open-data", help="write all cases as CSV and GeoJSON, without personal data")
    parser.add_argument(
        "--to", type=Path, help="the folder (default: open-data under var/<city>, where it is written every night)"
    )
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    settings = Settings()
    city = load_the_city(settings)
    migrate(settings.database)
    done = export_open_data(make_engine(settings.database), city, options.to or settings.open_data_folder, datetime.now(UTC))
    print(f"{done.cases} cases in {done.folder / CSV_FILE} and {done.folder / GEOJSON_FILE}")
    return 0
