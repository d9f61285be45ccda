"""Alerts to staff go to a webhook that takes a JSON object with a text, as chat tools and pagers do."""

import httpx2

_TRY_AGAIN = frozenset({408, 425, 429})


class AlertRetryableError(RuntimeError):
    """The other side is away or busy."""


class AlertRefusedError(RuntimeError):
    """The other side will not take this."""


class AlertWebhook:
    """Posts alerts to one address, which is itself the secret; "" posts nothing."""

    def __init__(self, url: str, *, timeout: float = 10.0) -> None:
        self._url = url
        self._timeout = timeout

    def post(self, text: str) -> None:
        """Post an alert. Raises AlertRetryableError or AlertRefusedError, which do not tell the address."""
        if not self._url:
            return
        try:
            # A redirect would take the alert elsewhere.
            response = httpx2.post(self._url, json={"text": text}, timeout=self._timeout, follow_redirects=False)
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise AlertRefusedError("the webhook's address is none") from error
        except httpx2.TransportError as error:
            raise AlertRetryableError(type(error).__name__) from error
        if response.status_code >= 500 or response.status_code in _TRY_AGAIN:
            raise AlertRetryableError(f"status {response.status_code}")
        if not response.is_success:
            raise AlertRefusedError(f"status {response.status_code}")
