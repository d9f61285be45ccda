"""A page's first load in a browser that has nothing of it yet: the bytes that travel, and when something shows."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser

from tests.browser.phones import PHONE

PAGES = ("/", "/report", "/chat", "/help", "/help/trash-day")
_FIRST_PAINT = """() => new Promise((done) => {
  const look = () => {
    const [entry] = performance.getEntriesByName("first-contentful-paint");
    if (entry) done(entry.startTime); else setTimeout(look, 20);
  };
  look();
})"""


@dataclass(frozen=True)
class Network:
    """A slow connection and a slow processor, as Chrome's DevTools imitate them."""

    latency_ms: float
    download_bytes_s: float
    upload_bytes_s: float
    slower: int


@dataclass(frozen=True)
class Loaded:
    """What a first load took: bytes as they travel (headers too), and milliseconds until the first text or picture."""

    transferred_bytes: int
    first_paint_ms: float


def load(browser: Browser, url: str, network: Network | None = None) -> Loaded:
    """Load a page in a browser profile of its own."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    finished: list[float] = []
    session.on("Network.loadingFinished", lambda event: finished.append(event["encodedDataLength"]))
    if network is not None:
        session.send("Network.emulateNetworkConditions", _conditions(network))
        session.send("Emulation.setCPUThrottlingRate", {"rate": network.slower})
    page.goto(url, wait_until="load")
    painted: float = page.evaluate(_FIRST_PAINT)
    context.close()
    return Loaded(int(sum(finished)), painted)


def _conditions(network: Network) -> dict[str, Any]:
    return {
        "offline": False,
        "latency": network.latency_ms,
        "downloadThroughput": network.download_bytes_s,
        "uploadThroughput": network.upload_bytes_s,
    }
