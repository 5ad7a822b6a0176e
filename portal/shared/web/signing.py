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

    def get_signing_serializer(self, app: Flask) -> Any:
        """Flask's own, which also reads what was signed before."""
        found = super().get_signing_serializer(app)
        if found is not None:
            found.fallback_signers = [{"key_derivation": self.key_derivation, "digest_method": _FORMER}]
        return found


def install(app: Flask) -> None:
    """Sign everything of this process so; Flask-WTF gives no other way to choose it for form tokens."""
    app.session_interface = Cookies()
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    Serializer.default_fallback_signers = [{"digest_method": _FORMER}]
