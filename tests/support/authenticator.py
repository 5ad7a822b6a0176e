"""A passkey in software: it signs a question of ours as the browser of its person would."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

from portal.shared.records.second_factors import Passkey

_PRESENT_AND_VERIFIED = b"\x05"


class Authenticator:
    """One passkey, for one site."""

    def __init__(self, origin: str) -> None:
        self.origin, self.host = origin, origin.partition("//")[2].partition(":")[0]
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id, self._used = secrets.token_bytes(16), 0

    def row(self, person_id: int, now: datetime) -> Passkey:
        """What we keep of it, once its person has added it."""
        point = self._key.public_key().public_numbers()
        # COSE: an elliptic curve (2) for ES256 (-7), the curve P-256 (1), and the point on it.
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        return Passkey(
            person_id=person_id,
            credential_id=bytes_to_base64url(self._id),
            public_key=bytes_to_base64url(encode_cbor(public)),
            sign_count=0,
            name="Ana's phone",
            created_at=now,
        )

    def answer(self, question: str) -> str:
        """The answer to a question (both JSON)."""
        self._used += 1
        asked = {
            "type": "webauthn.get",
            "challenge": json.loads(question)["challenge"],
            "origin": self.origin,
        }
        seen = json.dumps(asked).encode()
        site = hashlib.sha256(self.host.encode()).digest()
        told = site + _PRESENT_AND_VERIFIED + self._used.to_bytes(4, "big")
        signature = self._key.sign(told + hashlib.sha256(seen).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": seen, "authenticatorData": told, "signature": signature}
        return json.dumps(
            {
                "id": bytes_to_base64url(self._id),
                "rawId": bytes_to_base64url(self._id),
                "type": "public-key",
                "response": {name: bytes_to_base64url(value) for name, value in response.items()},
            }
        )
