"""Sealing: what has to be read again but must not lie open in the database or in a copy of it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Seal:
    """Seals texts for one purpose with a key made of the installation's own secret.

    What was sealed for another purpose, or under a SECRET_KEY that is not named any more, cannot be opened.
    """

    def __init__(self, secret_key: str, purpose: str, *, before: Sequence[str] = ()) -> None:
        """Make the key: AES-128-CBC with HMAC-SHA256 (Fernet) under a key from HKDF-SHA256.

        `before` are former secrets of the installation: they still open, and never close.
        """
        self._fernet = MultiFernet([_key(secret, purpose) for secret in (secret_key, *before)])

    def close(self, text: str) -> str:
        """The text, sealed."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """The text again; nothing when it was sealed by another key or was changed."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except (InvalidToken, TypeError, ValueError):
            return None


def _key(secret_key: str, purpose: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(secret_key.encode())
    return Fernet(urlsafe_b64encode(key))
