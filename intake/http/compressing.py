"""Pages are compressed for slow connections; the console's are not."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_SMALLEST_BYTES = 600


class Compressing:
    """Compresses what is no stream of events and no page of the console."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, minimum_size=_SMALLEST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        # A console page holds a secret beside words that an address can bring in: its compressed size would tell of the secret.
        is_console = scope.get("path", "").startswith("/console")
        await (self._app if is_console else self._compressed)(scope, receive, send)
