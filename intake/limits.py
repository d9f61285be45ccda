"""Limits on what a request may bring: its size, and how many one sender may make a minute."""

import time
from collections import defaultdict, deque
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Answers 413 to bodies over a size, before they are read whole."""

    def __init__(self, app: ASGIApp, *, byte_limit: int) -> None:
        self._app = app
        self._byte_limit = byte_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while it stays within the limit."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._byte_limit:
            await _too_large(send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._byte_limit:
                # A chunked body has no declared length; the handler sees its client gone.
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, counted, send)


async def _too_large(send: Send) -> None:
    body = b'{"detail":"too large"}'
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


class RateLimit:
    """At most `per_minute` from one key in any 60 seconds, within this process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def allows(self, key: str, now: float | None = None) -> bool:
        """Count a request of `key` and tell whether it is within the limit."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            if len(self._times) > 50_000:
                self._times.clear()
            times = self._times[key]
            while times and times[0] <= moment - 60:
                times.popleft()
            if len(times) >= self._per_minute:
                return False
            times.append(moment)
            return True
