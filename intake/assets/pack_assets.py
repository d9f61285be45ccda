"""The city pack's own assets are loaded where none of their class are: a demonstration works at once, a city's real list is never touched."""

from datetime import datetime
from pathlib import Path

from intake.assets.asset_files import Fault, read_csv
from intake.assets.asset_store import AssetStore

ASSETS = "assets"


def load_pack_assets(folder: Path, store: AssetStore, now: datetime) -> int:
    """Load `assets/<class>.csv` of a city's folder for each class that has no assets yet; return how many were added."""
    known = store.counts()
    added = 0
    for path in sorted((folder / ASSETS).glob("*.csv")):
        if path.stem in known:
            continue
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in read_csv(file, {}) if not isinstance(row, Fault)]
        added += store.replace(path.stem, rows, now).added
    return added
