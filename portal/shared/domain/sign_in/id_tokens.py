"""What an ID token must say to be believed, its signature apart (OpenID Connect Core 1.0, 3.1.3.7)."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

# Signatures that only the provider can make. `none` and those with a shared secret (HS256 …) are never among them:
# the secret of a client, or a public key taken for one, would be enough to forge a token.
ASYMMETRIC = frozenset("RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split())
_UNTOLD = ("RS256",)  # every provider can do this one
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384}  # all others, those of Edwards curves too: SHA-512

LEEWAY_SECONDS = 60  # two machines never agree about the time
OLDEST_SECONDS = 600  # a token is made when the code is exchanged, which is now
LONGEST_SUBJECT = 255


class TokenProblem(StrEnum):
    """Why a token is not believed."""

    ISSUER = "issuer"
    SUBJECT = "subject"
    AUDIENCE = "audience"
    AUTHORISED_PARTY = "authorised_party"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    TOO_OLD = "too_old"
    NONCE = "nonce"
    ACCESS_TOKEN = "access_token"  # noqa: S105  # the name of a problem
    SIGNED_IN_LONG_AGO = "signed_in_long_ago"


@dataclass(frozen=True, slots=True)
class Expected:
    """What we asked for; `asked_at` only where the person had to show anew who they are."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str | None = None
    asked_at: datetime | None = None


def usable_algorithms(announced: object) -> frozenset[str]:
    """Which of the algorithms that a provider announces may sign its tokens."""
    if announced is None:
        return frozenset(_UNTOLD)
    if not isinstance(announced, Iterable):
        return frozenset()
    return ASYMMETRIC & {one for one in announced if isinstance(one, str)}


def problem(
    claims: Mapping[str, Any], algorithm: str, expected: Expected, now: datetime
) -> TokenProblem | None:
    """Why a token with a good signature is not believed all the same; None when it is."""
    if claims.get("iss") != expected.issuer:
        return TokenProblem.ISSUER
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        return TokenProblem.SUBJECT
    audience = _audience_problem(claims, expected.client_id)
    if audience is not None:
        return audience
    lifetime = _lifetime_problem(claims, now.timestamp())
    if lifetime is not None:
        return lifetime
    if not _same(claims.get("nonce"), expected.nonce):
        return TokenProblem.NONCE
    if "at_hash" in claims and not _same(
        claims["at_hash"], access_token_hash(expected.access_token or "", algorithm)
    ):
        return TokenProblem.ACCESS_TOKEN
    if expected.asked_at is not None:
        signed_in = _instant(claims.get("auth_time"))
        if signed_in is None or signed_in < expected.asked_at.timestamp() - LEEWAY_SECONDS:
            return TokenProblem.SIGNED_IN_LONG_AGO
    return None


def access_token_hash(access_token: str, algorithm: str) -> str:
    """The left half of the access token's hash, by which an ID token names it (OpenID Connect Core 1.0, 3.1.3.6)."""
    made = _HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(made[: len(made) // 2]).rstrip(b"=").decode()


def _audience_problem(claims: Mapping[str, Any], client_id: str) -> TokenProblem | None:
    told = claims.get("aud")
    audience = [told] if isinstance(told, str) else told
    if not isinstance(audience, list) or client_id not in audience:
        return TokenProblem.AUDIENCE
    party = claims.get("azp")
    if party != client_id and (party is not None or len(audience) > 1):
        return TokenProblem.AUTHORISED_PARTY
    return None


def _lifetime_problem(claims: Mapping[str, Any], now: float) -> TokenProblem | None:
    ends, made = _instant(claims.get("exp")), _instant(claims.get("iat"))
    if ends is None or ends <= now - LEEWAY_SECONDS:
        return TokenProblem.EXPIRED
    if made is None or made > now + LEEWAY_SECONDS:
        return TokenProblem.NOT_YET
    starts = _instant(claims.get("nbf", made))
    if starts is None or starts > now + LEEWAY_SECONDS:
        return TokenProblem.NOT_YET
    return TokenProblem.TOO_OLD if made < now - OLDEST_SECONDS else None


def _instant(value: object) -> float | None:
    """Seconds since 1970 as tokens tell them; words, yes and no, and what is no number are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e11:
        return None
    return float(value)


def _same(told: object, wanted: str) -> bool:
    return isinstance(told, str) and hmac.compare_digest(told.encode("utf-8", "replace"), wanted.encode())
