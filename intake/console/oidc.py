"""Signing in with the city's identity provider: OpenID Connect, authorization code with PKCE (RFC 7636)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from intake.errors import IntakeError

_SCOPE = "openid email profile"
_CLOCKS_APART_SECONDS = 120
# What providers sign with; "none" and keys that both sides know are not believed.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")


class SignInRefusedError(IntakeError):
    """The provider did not vouch for anybody; the message is for the log, not for the browser."""


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for. `subject` is unique over all providers; `groups` are the provider's own names."""

    subject: str
    email: str
    name: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class Going:
    """What has to be remembered while a browser is away at the provider."""

    state: str
    nonce: str
    verifier: str


class OidcProvider:
    """One provider. Its metadata and keys are read for each sign-in: these are few, and keys are changed."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, redirect_uri: str, *, groups_claim: str, timeout_seconds: float
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client = (client_id, client_secret)
        self._redirect_uri = redirect_uri
        self._groups_claim = groups_claim
        self._timeout = timeout_seconds

    def send_away(self) -> tuple[str, Going]:
        """Where to send a browser, and what to remember meanwhile. Raises SignInRefusedError where the provider is away."""
        going = Going(generate_token(32), generate_token(32), generate_token(64))
        with self._session() as session:
            url, _ = session.create_authorization_url(
                self._metadata()["authorization_endpoint"], state=going.state, nonce=going.nonce, code_verifier=going.verifier
            )
        return str(url), going

    def identify(self, code: str, going: Going, now: datetime) -> Identity:
        """Trade the code that a browser came back with for an identity. Raises SignInRefusedError."""
        metadata = self._metadata()
        try:
            with self._session() as session:
                token = session.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=going.verifier, timeout=self._timeout
                )
            claims = self._claims(token, metadata, going, now)
        except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
            raise SignInRefusedError(f"{type(error).__name__}: {error}") from error
        return Identity(
            subject=f"{self._issuer}|{claims['sub']}",
            email=str(claims.get("email", "")) if claims.get("email_verified", True) else "",
            name=str(claims.get("name", "")),
            groups=_groups(claims.get(self._groups_claim)),
        )

    def _claims(self, token: Mapping[str, Any], metadata: Mapping[str, Any], going: Going, now: datetime) -> Mapping[str, Any]:
        keys = KeySet.import_key_set(cast("KeySetSerialization", self._json(metadata["jwks_uri"])))
        decoded = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": metadata["issuer"]}, "aud": {"essential": True, "value": self._client[0]}},
            {"nonce": going.nonce, "client_id": self._client[0], "access_token": token.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=_CLOCKS_APART_SECONDS)
        return dict(claims)

    def _metadata(self) -> dict[str, Any]:
        metadata = self._json(get_well_known_url(self._issuer, external=True))
        # A provider that names another issuer may be a wrong address, or somebody else's.
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise SignInRefusedError(f"{self._issuer} calls itself {metadata.get('issuer')}")
        return metadata

    def _json(self, url: str) -> dict[str, Any]:
        try:
            response = requests.get(url, timeout=self._timeout)
            response.raise_for_status()
            found = response.json()
        except (requests.RequestException, ValueError) as error:
            raise SignInRefusedError(f"{url}: {error}") from error
        return dict(found)

    def _session(self) -> OAuth2Session:
        client_id, client_secret = self._client
        return OAuth2Session(
            client_id,
            client_secret,
            scope=_SCOPE,
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
        )


def _groups(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
