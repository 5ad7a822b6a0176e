"""Fingerprints: what is kept of secrets and of addresses that only have to be recognised."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets


def new_secret() -> str:
    """A secret for a browser or a link: 256 bits of chance, in letters for an address."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """The fingerprint of a text; enough for secrets of full length, too little for passwords."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def network(address: str) -> str:
    """The address, or the /64 it lies in: one customer line has that many addresses of version 6."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def neighbourhood(address: str) -> str:
    """Roughly where an address lies, for the person's own list of devices: the last part is not kept."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 48), strict=False).network_address) + "*"
    return str(parsed).rpartition(".")[0] + ".*"


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed
