"""A seal over form fields that the browser hands back, so that nobody can answer in another's name."""

import hmac
import secrets
from hashlib import sha256


class FormSeal:
    """Seals values with a key that lives as long as the contact key does."""

    def __init__(self, secret: str) -> None:
        self._key = sha256(b"form seal " + secret.encode()).digest()

    def seal(self, *values: str) -> str:
        """The seal of `values`, in their order."""
        return hmac.new(self._key, "\x1f".join(values).encode(), sha256).hexdigest()

    def is_ours(self, seal: str, *values: str) -> bool:
        """Whether `seal` was made by us for exactly these values."""
        return secrets.compare_digest(seal.encode(), self.seal(*values).encode())
