"""`python -m tests.first_paint`: how soon each page shows on a slow phone, as a distribution; never a test, since machines are noisy.

The connection is Lighthouse's slow 4G (150 ms, 1.6 Mbit/s down, 750 kbit/s up) with a processor four times slower.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from tqdm import tqdm

from intake.delivering.durable import HeldOutbox
from intake.settings import Settings
from intake.wiring import build_service
from tests.browser.conftest import ARGUMENTS, Served
from tests.browser.loading import PAGES, Loaded, Network, load

_SLOW_4G = Network(latency_ms=150, download_bytes_s=1.6e6 / 8, upload_bytes_s=750e3 / 8, slower=4)
_PERCENTILES = (5, 50, 95)


def main() -> int:
    """Load each page so many times and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.first_paint", description=__doc__)
    parser.add_argument("--loads", type=int, default=20, help="loads of each page (default: 20)")
    parser.add_argument("--language", default="en", help="the pages' language (default: en)")
    options = parser.parse_args()
    with _served() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for path in PAGES:
            url = f"{served.url}{path}?lang={options.language}"
            loads = [load(browser, url, _SLOW_4G) for _ in tqdm(range(options.loads), desc=path, leave=False, disable=None)]
            sys.stdout.write(f"{path:<18} {_summary(loads)}\n")
        browser.close()
    return 0


@contextmanager
def _served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'intake.db'}")
        service = build_service(settings, outbox=HeldOutbox())
        served = Served(service)
        try:
            yield served
        finally:
            served.stop()
            service.engine.dispose()


def _summary(loads: list[Loaded]) -> str:
    values = np.percentile([one.first_paint_ms for one in loads], _PERCENTILES)
    shares = "  ".join(f"p{share} {value:.0f}" for share, value in zip(_PERCENTILES, values, strict=True))
    return f"first paint ms  {shares}  over {len(loads)} loads;  {loads[0].transferred_bytes / 1000:.1f} kB"


if __name__ == "__main__":
    raise SystemExit(main())
