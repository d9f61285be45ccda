"""Which other sites' pages may talk with the chat: a browser says where a page came from, and a page cannot change that."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from intake.settings import Settings

_DAY_SECONDS = 24 * 3600
_ANY = "*"
_POLICY_VIOLATION = 1008


class ChatOrigins:
    """Refuses connections to the chat from pages of unknown origins, and lets the pages of known ones read its answers."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._allowed = frozenset(origin.rstrip("/") for origin in settings.widget_origins)
        self._own = _origin(settings.public_url)
        self._shared = CORSMiddleware(
            app,
            allow_origins=sorted(self._allowed),
            allow_methods=["POST"],
            allow_headers=["content-type"],
            max_age=_DAY_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        is_chat = scope.get("path", "") in ("/chat", "/chat/photo")
        if scope["type"] == "websocket" and is_chat and not self._may_talk(Headers(scope=scope)):
            await receive()
            # Before a connection is accepted, closing it is answered with 403.
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        shares = scope["type"] == "http" and is_chat and bool(self._allowed)
        await (self._shared if shares else self._app)(scope, receive, send)

    def _may_talk(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        # Programs that are no browsers name no origin; they could name any.
        if origin is None or _ANY in self._allowed or origin in self._allowed:
            return True
        return origin == self._own or urlsplit(origin).netloc == headers.get("host")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
