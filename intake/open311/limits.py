"""How often a caller may ask: fewer times without a key than with one, and with the seconds until the next time."""

from collections import defaultdict, deque
from math import ceil
from threading import Lock

_WINDOW = 60.0
_CALLERS_KEPT = 50_000


class CallerLimit:
    """At most `without_key` or `with_key` requests of one caller in any 60 seconds, within this process."""

    def __init__(self, *, without_key: int, with_key: int) -> None:
        self._without_key = without_key
        self._with_key = with_key
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def seconds_to_wait(self, address: str, key_name: str | None, now: float) -> int:
        """Count a request at `now` (seconds) and return 0, or leave it out and return in how many seconds the next is taken."""
        allowed = self._without_key if key_name is None else self._with_key
        caller = f"address {address}" if key_name is None else f"key {key_name}"
        with self._lock:
            if len(self._times) > _CALLERS_KEPT:
                self._times.clear()
            times = self._times[caller]
            while times and times[0] <= now - _WINDOW:
                times.popleft()
            if len(times) >= allowed:
                return max(1, ceil(times[0] + _WINDOW - now))
            times.append(now)
            return 0
