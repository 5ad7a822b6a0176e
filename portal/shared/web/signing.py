"""How cookies, form tokens and what a page carries are signed: HMAC with SHA-256.

What was signed with SHA-1, the choice of Flask and itsdangerous, is still read, so that an upgrade signs nobody out.
"""

from __future__ import annotations

import hashlib
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Serializer, Signer

_FORMER = hashlib.sha1


class Cookies(SecureCookieSessionInterface):
    """The session's cookie."""

    digest_method = staticmethod(hashlib.sha256)

    def __init__(self) -> None:
        self._made: dict[Any, Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Flask's own, which also reads what was signed before; made once for the keys of an application."""
        keys = app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ())
        found = self._made.get(keys)
        if found is None:
            found = super().get_signing_serializer(app)
            if found is not None:
                found.fallback_signers = [{"key_derivation": self.key_derivation, "digest_method": _FORMER}]
            self._made = {keys: found}
        return found


def install(app: Flask) -> None:
    """Sign everything of this process so; Flask-WTF gives no other way to choose it for form tokens."""
    app.session_interface = Cookies()
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    Serializer.default_fallback_signers = [{"digest_method": _FORMER}]
