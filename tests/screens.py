"""Pictures of every page, phone and laptop, light and dark: `python -m tests.screens` writes them to docs/screens/."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright
from pydantic import SecretStr
from tqdm import tqdm

from intake.console.access import Role
from intake.delivering.durable import HeldOutbox
from intake.http.app import create_app
from intake.http.console.frame import COOKIE
from intake.settings import ROOT, Settings
from intake.wiring import Service, build_service
from tests.browser.conftest import ARGUMENTS, Served
from tests.conftest import Clock
from tests.desk import a_desk
from tests.lived_in import PageToSee, live_in, pages

_SIZES = {"phone": (390, 844), "laptop": (1366, 768)}
_LANGUAGES = ("en", "es", "ar")


def main() -> int:
    """Take all pictures; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "screens")
    parser.add_argument("--only", default="", help="pages whose name begins like this")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium (apt-get install chromium)", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        _take_all(browser, Path(folder), options.folder, options.only)
        browser.close()
    print(f"pictures are in {options.folder}")
    return 0


def _take_all(browser: Browser, folder: Path, target: Path, only: str) -> None:
    clock = Clock()
    settings = Settings(
        database_url=f"sqlite:///{folder / 'intake.db'}", contact_key=SecretStr("a key of pictures, long enough")
    ).model_copy(update={"public_url": "http://127.0.0.1"})
    service = build_service(settings, clock=clock, outbox=HeldOutbox())
    with TestClient(create_app(service, delivers=False)) as client:
        live_in(client, service, clock)
        tokens = {role: a_desk(client, service, role, languages=("en", "es", "ar", "ht")).token for role in Role}
    served = Served(service)
    shown = [page for page in pages(service) if page.name.startswith(only)]
    target.mkdir(parents=True, exist_ok=True)
    try:
        for page in tqdm(shown, desc="taking pictures", unit=" pages"):
            _take(browser, served, page, tokens.get(page.role, "") if page.role else "", target)
    finally:
        served.stop()
        _close(service)


def _take(browser: Browser, served: Served, page: PageToSee, token: str, target: Path) -> None:
    languages = ("",) if "/console" in page.path else _LANGUAGES
    for size, (width, height) in _SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
            )
            if token:
                context.add_cookies([{"name": COOKIE, "value": token, "url": f"{served.url}/console"}])
            for language in languages:
                tab = context.new_page()
                joined = "&" if "?" in page.path else "?"
                tab.goto(served.url + page.path + (f"{joined}lang={language}" if language else ""))
                tab.wait_for_timeout(400)
                name = "-".join(part for part in (page.name, language, size, scheme) if part)
                tab.screenshot(path=target / f"{name}.png", full_page=size == "phone")
                tab.close()
            context.close()


def _close(service: Service) -> None:
    service.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
