"""Addresses of identity providers: encrypted, plain to read, and nothing hidden in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 2000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_TROUBLE = re.compile(r"[\x00-\x20\x7f\\]")


def is_usable(address: object, *, plain_loopback: bool = False) -> bool:
    """Whether a page or a server of a provider may be asked under an address.

    Only https; with `plain_loopback` also http on this machine, for trying things out. No name and password in it,
    no fragment.
    """
    if not isinstance(address, str) or not address or len(address) > LONGEST or _TROUBLE.search(address):
        return False
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "#" in address:
        return False
    return parts.scheme == "https" or (plain_loopback and parts.scheme == "http" and host in _LOOPBACK)


def is_issuer(address: str, *, plain_loopback: bool = False) -> bool:
    """Whether an address can name a provider: as `is_usable`, and without a query."""
    return is_usable(address, plain_loopback=plain_loopback) and "?" not in address
