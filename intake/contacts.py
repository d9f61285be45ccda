"""Phone numbers and e-mail addresses at rest: encrypted, and found again by a keyed hash."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

import phonenumbers
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True)
class SealedContact:
    """A contact as stored: `lookup` is the same for the same contact, `sealed` never is."""

    lookup: str
    sealed: bytes


class ContactVault:
    """Seals and opens contacts with keys derived from one secret."""

    def __init__(self, secret: str) -> None:
        self._cipher = Fernet(base64.urlsafe_b64encode(_derive(secret, b"encrypt")))
        self._lookup_key = _derive(secret, b"lookup")

    def seal(self, contact: str) -> SealedContact:
        """Encrypt `contact` and compute its lookup hash."""
        normal = normalize_contact(contact)
        return SealedContact(self.lookup(normal), self._cipher.encrypt(normal.encode()))

    def lookup(self, contact: str) -> str:
        """The keyed hash (HMAC-SHA256, hexadecimal) under which a contact is found."""
        return hmac.new(self._lookup_key, normalize_contact(contact).encode(), hashlib.sha256).hexdigest()

    def open(self, sealed: bytes) -> str:
        """Decrypt a contact, "" where it was erased. Raises cryptography.fernet.InvalidToken where the key is another."""
        if not sealed:
            return ""
        return self._cipher.decrypt(sealed).decode()


def normalize_contact(contact: str) -> str:
    """Bring a US phone number to E.164; leave anything else as it is, in lower case."""
    text = contact.strip()
    digits = sum(c.isdigit() for c in text)
    if digits >= 10 and not any(c.isalpha() for c in text):
        try:
            number = phonenumbers.parse(text, "US")
        except phonenumbers.NumberParseException:
            return text.lower()
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return text.lower()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"intake contacts " + purpose).derive(secret.encode())
