"""Signatures of ID tokens: made by a key that the provider publishes, with an algorithm that it announces."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key
from joserfc.jws import JWSRegistry, extract_compact

from portal.shared.gateways.identity_providers.providers import NotBelieved

SMALLEST_RSA_BITS = 2048
MOST_KEYS = 100
_KINDS: dict[str, type[Key]] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


class UnknownKey(Exception):
    """The token names a key that we have not seen yet: providers change theirs."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A key with the name under which tokens refer to it."""

    name: str | None
    key: Key


def read_keys(told: dict[str, Any]) -> list[PublishedKey]:
    """The keys of a provider that can check signatures; shared secrets and what cannot be read are left out."""
    listed = told.get("keys")
    found = []
    for one in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        if not isinstance(one, dict) or one.get("use", "sig") != "sig":
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SecurityWarning)  # weak keys are left out below
                key = import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, RSAKey) and key.raw_value.key_size < SMALLEST_RSA_BITS:
            continue
        if isinstance(key, (RSAKey, ECKey, OKPKey)):
            name = one.get("kid")
            found.append(PublishedKey(name if isinstance(name, str) else None, key))
    return found


def read_token(
    id_token: str, keys: Sequence[PublishedKey], algorithms: frozenset[str]
) -> tuple[dict[str, Any], str]:
    """What a token says, and the algorithm of its signature, which is right.

    Raises:
        UnknownKey: none of the keys has the name it gives.
        NotBelieved: the signature is wrong, or made in a way that we do not take.
    """
    try:
        header = extract_compact(id_token.encode()).headers()
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotBelieved("token cannot be read") from error
    algorithm, name = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise NotBelieved("algorithm")
    fitting = [one for one in keys if isinstance(one.key, _KINDS[algorithm[:2]])]
    if name is not None:
        fitting = [one for one in fitting if one.name == name]
    if not fitting:
        raise UnknownKey
    if len(fitting) > 1:
        raise NotBelieved("several keys may be meant")
    registry = JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        token = jwt.decode(id_token, fitting[0].key, algorithms=[algorithm], registry=registry)
    except (JoseError, ValueError, TypeError) as error:
        raise NotBelieved("signature") from error
    return dict(token.claims), algorithm
