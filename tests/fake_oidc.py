"""A small identity provider that behaves: discovery, authorization with PKCE, codes that work once, signed tokens."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.local_server import serving


@dataclass
class FakeOidc:
    """Vouches for `user`; `spoils` is what goes wrong: "nonce", "audience", "key", "issuer", "none" (an unsigned token) or "away"."""

    user: dict[str, Any]
    now: float = field(default_factory=time.time)
    client: tuple[str, str] = ("intake", "client secret")
    spoils: str = ""

    def __post_init__(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self._other = RSAKey.generate_key(2048, {"kid": "one"})
        self._codes: dict[str, dict[str, str]] = {}
        self._life = serving(self._handler())

    def __enter__(self) -> Self:
        self.url = f"http://127.0.0.1:{self._life.__enter__()}"
        return self

    def __exit__(self, *error: object) -> None:
        self._life.__exit__(None, None, None)

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": "https://elsewhere.example" if self.spoils == "issuer" else self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self._key]).as_dict(private=False))

    def authorize(self, asked: dict[str, str]) -> str:
        """The user agrees at once; the browser goes back with a code."""
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], client: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        expected = base64.b64encode(":".join(self.client).encode()).decode()
        if client != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        if asked is None or _challenge(form.get("code_verifier", "")) != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "an access token", "token_type": "Bearer", "id_token": self._id_token(asked)}

    def _id_token(self, asked: dict[str, str]) -> str:
        claims = {
            "iss": self.url,
            "aud": "somebody else" if self.spoils == "audience" else self.client[0],
            "iat": int(self.now),
            "exp": int(self.now) + 300,
            "nonce": "another" if self.spoils == "nonce" else asked["nonce"],
            **self.user,
        }
        if self.spoils == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims)
            ]
            return ".".join([*parts, ""])
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._other if self.spoils == "key" else self._key)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if provider.spoils == "away":
                    self._say(503, {})
                elif parts.path == "/.well-known/openid-configuration":
                    self._say(200, provider.metadata())
                elif parts.path == "/keys":
                    self._say(200, provider.keys())
                elif parts.path == "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(_flat(parts.query)))
                    self.end_headers()
                else:
                    self._say(404, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*provider.token(_flat(body), self.headers.get("Authorization", "")))

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name.
                """Say nothing."""

            def _say(self, status: int, value: dict[str, Any]) -> None:
                content = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
