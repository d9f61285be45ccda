"""Photos at a provider are fetched safely: known hosts get our credentials, private addresses are never asked."""

import ipaddress
import socket
from urllib.parse import urljoin, urlsplit

import httpx2

_REDIRECTS = 3
_TWILIO = ".twilio.com"


class MediaRefusedError(RuntimeError):
    """This file must not or cannot be fetched, now or later."""


class MediaRetryableError(RuntimeError):
    """The provider is away."""


class MediaFetcher:
    """Fetches media with a size limit.

    The first address must be at `provider_url` or another host of Twilio; only there are the credentials sent. Twilio then redirects to a
    content network, which gets none, and must be public and encrypted.
    """

    def __init__(self, *, provider_url: str, credentials: tuple[str, str], byte_limit: int, timeout: float = 10.0) -> None:
        self._provider = urlsplit(provider_url)
        self._credentials = credentials
        self._byte_limit = byte_limit
        self._timeout = timeout

    def fetch(self, url: str) -> bytes:
        """Return the file's bytes. Raises MediaRefusedError or MediaRetryableError."""
        if not self._is_provider(url):
            raise MediaRefusedError("the address is not the provider's")
        for _ in range(_REDIRECTS + 1):
            redirect, content = self._get(url)
            if content is not None:
                return content
            url = _joined(url, redirect)
            if not self._is_provider(url):
                _check_public(url)
        raise MediaRefusedError("too many redirects")

    def _get(self, url: str) -> tuple[str, bytes | None]:
        auth = self._credentials if self._is_provider(url) else None
        try:
            with httpx2.stream("GET", url, auth=auth, timeout=self._timeout, follow_redirects=False) as response:
                if response.is_redirect:
                    return response.headers.get("location", ""), None
                if response.status_code >= 500 or response.status_code == 429:
                    raise MediaRetryableError(f"status {response.status_code}")
                if response.is_error:
                    raise MediaRefusedError(f"status {response.status_code}")
                return "", self._read(response)
        except httpx2.TransportError as error:
            raise MediaRetryableError(str(error)) from error

    def _read(self, response: httpx2.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > self._byte_limit:
                raise MediaRefusedError(f"larger than {self._byte_limit} bytes")
        return bytes(content)

    def _is_provider(self, url: str) -> bool:
        parts = urlsplit(url)
        if (parts.scheme, parts.netloc) == (self._provider.scheme, self._provider.netloc):
            return True
        # Our credentials go to Twilio's own hosts, and only encrypted.
        return parts.scheme == "https" and (parts.hostname or "").endswith(_TWILIO)


def _joined(url: str, redirect: str) -> str:
    try:
        return urljoin(url, redirect)
    except ValueError as error:
        raise MediaRefusedError("the redirect is no address") from error


def _check_public(url: str) -> None:
    """Refuse anything but HTTPS to a public address, so that nobody makes us read the inside of our own network."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise MediaRefusedError("the redirect is not encrypted")
    try:
        found = socket.getaddrinfo(parts.hostname, 443, proto=socket.IPPROTO_TCP)
    except OSError as error:
        raise MediaRetryableError(str(error)) from error
    if any(not ipaddress.ip_address(address[4][0]).is_global for address in found):
        raise MediaRefusedError("the redirect leads to a private address")
