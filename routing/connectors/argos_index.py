"""The public list of Argos Translate packages, and how one is fetched: only when an operator asks for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from nlp.translation.codes import engine_codes
from routing.connectors.ports import ReceiverAwayError

_BYTES_AT_MOST = 1_000_000_000
_PIVOT = "en"


@dataclass(frozen=True)
class Offer:
    """A package that can be fetched; codes are the engine's."""

    source: str
    target: str
    version: str
    links: tuple[str, ...]


def read_index(client: httpx2.Client, url: str) -> tuple[Offer, ...]:
    """Read the list. Raises ReceiverAwayError."""
    try:
        response = client.get(url, follow_redirects=True)
        response.raise_for_status()
        rows = response.json()
    except (httpx2.HTTPError, ValueError) as error:
        raise ReceiverAwayError(f"the list of packages at {url} cannot be read ({type(error).__name__})") from error
    if not isinstance(rows, list):
        raise ReceiverAwayError(f"what {url} gives is no list of packages")
    schemes = {"https", urlsplit(url).scheme}
    return tuple(offer for row in rows if (offer := _offer(row, schemes)) is not None)


def offers_for(language: str, offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """The newest packages between a language and English, in both directions where both are there, by the best code that has any."""
    for code in engine_codes(language):
        found = {}
        for offer in sorted(offers, key=lambda one: [int(part) for part in one.version.split(".") if part.isdigit()]):
            if {offer.source, offer.target} == {code, _PIVOT}:
                found[offer.source] = offer
        if found:
            return tuple(found.values())
    return ()


def fetch(client: httpx2.Client, offer: Offer, to: Path, progress: Callable[[int, int | None], None]) -> None:
    """Write a package to `to`, from the first link that gives it; `progress` is told of bytes and their whole number. Raises ReceiverAwayError."""
    reason = "it has no link"
    for link in offer.links:
        try:
            _fetch(client, link, to, progress)
        except (httpx2.HTTPError, ReceiverAwayError) as error:
            reason = str(error) if isinstance(error, ReceiverAwayError) else type(error).__name__
            continue
        return
    raise ReceiverAwayError(f"{offer.source}-{offer.target} cannot be fetched ({reason})")


def _fetch(client: httpx2.Client, link: str, to: Path, progress: Callable[[int, int | None], None]) -> None:
    with client.stream("GET", link, follow_redirects=True) as response, to.open("wb") as file:
        response.raise_for_status()
        length = response.headers.get("Content-Length", "")
        for chunk in response.iter_bytes(1 << 20):
            file.write(chunk)
            progress(len(chunk), int(length) if length.isdigit() else None)
            if file.tell() > _BYTES_AT_MOST:
                raise ReceiverAwayError(f"more than {_BYTES_AT_MOST // 1_000_000} MB")


def _offer(row: Any, schemes: set[str]) -> Offer | None:
    """A row of the list; those of other types, and links of other kinds, are passed over."""
    if not isinstance(row, dict) or row.get("type", "translate") != "translate":
        return None
    source, target, version = (row.get(name) for name in ("from_code", "to_code", "package_version"))
    if not (isinstance(source, str) and isinstance(target, str) and isinstance(version, str)):
        return None
    links = tuple(str(link) for link in row.get("links") or () if urlsplit(str(link)).scheme in schemes)
    return Offer(source, target, version, links)
