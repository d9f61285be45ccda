"""A LibreTranslate server as a translation engine, over HTTP: its licence (AGPL-3.0) is that of a program, and we only call it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from nlp.translation.codes import engine_codes
from nlp.translation.port import Pair, Translated, TranslatorAwayError, TranslatorRefusedError

NAME = "libretranslate"
# What it says when it is busy: 429 beyond its limit of requests, 5xx while a model loads or breaks.
_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True)
class LibreTranslateSettings:
    """Where the server is; many ask for no key."""

    url: str
    api_key: str = field(default="", repr=False)


class LibreTranslate:
    """Asks a server. It tells neither its models' versions nor how sure they are."""

    name = NAME

    def __init__(self, settings: LibreTranslateSettings, client: httpx2.Client, languages: Sequence[str]) -> None:
        self._settings = settings
        self._client = client
        self._languages = languages
        self._codes: dict[Pair, tuple[str, str]] = {}

    def pairs(self) -> frozenset[Pair]:
        """Ask the server which languages it has. Raises TranslatorAwayError, TranslatorRefusedError."""
        targets = _targets(self._send("GET", "languages"))
        asked = [pair for code in self._languages if code != "en" for pair in (Pair(code, "en"), Pair("en", code))]
        self._codes = {pair: codes for pair in asked if (codes := _codes(pair, targets))}
        return frozenset(self._codes)

    def model(self, pair: Pair) -> str:
        """The server's host: all that is known of its model."""
        return urlsplit(self._settings.url).hostname or ""

    def translate(self, texts: Sequence[str], pair: Pair) -> tuple[Translated | None, ...]:
        """Have each text translated, all in one request. Raises TranslatorAwayError, TranslatorRefusedError."""
        if not self._codes:
            self.pairs()
        if pair not in self._codes:
            raise TranslatorRefusedError(f"{NAME} does not translate {pair.source} to {pair.target}")
        source, target = self._codes[pair]
        body = {"q": list(texts), "source": source, "target": target, "format": "text"}
        if self._settings.api_key:
            body["api_key"] = self._settings.api_key
        answer = self._send("POST", "translate", json=body)
        translated = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(translated, list) or len(translated) != len(texts):
            raise TranslatorAwayError(f"{NAME} gave an answer that cannot be read")
        return tuple(Translated(str(text), None) for text in translated)

    def _send(self, method: str, path: str, **content: Any) -> Any:
        try:
            # A redirect would lead a resident's words to a host that the city has not named.
            response = self._client.request(method, f"{self._settings.url.rstrip('/')}/{path}", follow_redirects=False, **content)
        except httpx2.RequestError as error:
            raise TranslatorAwayError(f"{NAME} gave no answer ({type(error).__name__})") from error
        if response.status_code in _BUSY or response.status_code >= 500:
            raise TranslatorAwayError(f"{NAME} is busy (status {response.status_code})")
        if response.status_code != 200:
            # Its own words may hold the text, so only the number is told.
            raise TranslatorRefusedError(f"{NAME} refused (status {response.status_code})")
        try:
            return response.json()
        except ValueError as error:
            raise TranslatorAwayError(f"{NAME} gave an answer that cannot be read") from error


def _targets(languages: Any) -> dict[str, frozenset[str]]:
    """The targets of each source; servers before version 1.3 do not list them, and translate between all."""
    if not isinstance(languages, list) or not all(
        isinstance(one, dict) and isinstance(one.get("code"), str) for one in languages
    ):
        raise TranslatorAwayError(f"{NAME} gave a list of languages that cannot be read")
    everything = [one["code"] for one in languages]
    return {one["code"]: frozenset(one.get("targets", everything)) for one in languages}


def _codes(pair: Pair, targets: dict[str, frozenset[str]]) -> tuple[str, str] | None:
    """What the server calls the pair, None where it does not have it."""
    found = ((s, t) for s in engine_codes(pair.source) for t in engine_codes(pair.target) if t in targets.get(s, ()))
    return next(found, None)
