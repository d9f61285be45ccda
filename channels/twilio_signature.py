"""Whether a webhook comes from Twilio: its signature, in all the ways Twilio makes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator, get_signature_algorithm

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"


class NotConfiguredError(RuntimeError):
    """There is no secret to check against; a webhook must not be believed."""


@dataclass(frozen=True)
class SignedRequest:
    """What a signature covers. `body` is the form as (name → value) or, for JSON, the raw text."""

    path_and_query: str
    body: Mapping[str, str] | str
    signature: str | None
    signature_settings: str | None = None


class SignatureCheck:
    """Checks requests against the public base URL, never against the Host header, which anybody can set."""

    def __init__(self, public_url: str, auth_token: str, shared_keys: Mapping[str, str]) -> None:
        self._public_url = public_url.rstrip("/")
        self._auth_token = auth_token
        self._shared_keys = dict(shared_keys)

    def is_genuine(self, request: SignedRequest) -> bool:
        """Tell whether Twilio signed `request`, over the URL with and without its port. Raises NotConfiguredError."""
        secret = self._secret(request.signature_settings)
        if secret is None:
            return False
        if not secret:
            raise NotConfiguredError("no Twilio auth token is set")
        if not request.signature or _is_uncovered(request):
            return False
        algorithm = get_signature_algorithm(request.signature_settings)
        url = self._public_url + request.path_and_query
        return bool(RequestValidator(secret).validate(url, request.body, request.signature, algorithm))

    def _secret(self, signature_settings: str | None) -> str | None:
        """The shared key that the header names, the primary auth token without the header, None for an unknown key."""
        if not signature_settings:
            return self._auth_token
        pairs = dict(part.strip().partition("=")[::2] for part in signature_settings.split(","))
        return self._shared_keys.get(pairs.get("key", ""))


def _is_uncovered(request: SignedRequest) -> bool:
    """Whether there is a raw body that no hash in the signed URL vouches for."""
    if not isinstance(request.body, str) or not request.body:
        return False
    return "bodySHA256" not in parse_qs(urlsplit(request.path_and_query).query)
