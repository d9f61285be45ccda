"""The headers that every answer carries: what a page may load, and that it loads nothing else."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.settings import Settings

_YEAR_SECONDS = 365 * 24 * 3600


class SafeHeaders:
    """Adds headers where a route has not set its own. A plain ASGI layer, so that streams of events pass unbuffered."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._headers = headers_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and complete its answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, completed)


def headers_of(settings: Settings) -> dict[str, str]:
    """The headers for these settings; a city's tile server is the only other place that pictures may come from."""
    images = " ".join(["'self'", "blob:", "data:", *_origin(settings.tile_url)])
    headers = {
        # No inline script or style anywhere: what a resident types can then never run.
        "Content-Security-Policy": (
            f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.public_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}"
    return headers


def _origin(url: str) -> list[str]:
    parts = urlsplit(url)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
