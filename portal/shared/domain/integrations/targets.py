"""Where webhooks may go: addresses of the public internet, by https; never into a private network."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from portal.shared.domain.integrations.events import LONGEST_URL


class BadTarget(StrEnum):
    """Why nothing is sent to an address."""

    NOT_HTTPS = "not_https"
    NOT_AN_ADDRESS = "not_an_address"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart."""

    https: bool
    host: str
    port: int
    path: str


def target_of(url: str, *, private: bool) -> Target | BadTarget:
    """The parts of an address, or why it is refused; `private` lets installations in closed networks use their own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return BadTarget.NOT_AN_ADDRESS
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    if parts.scheme not in ("https", "http") or not plain or not parts.hostname or "@" in parts.netloc:
        return BadTarget.NOT_AN_ADDRESS
    if parts.scheme != "https" and not private:
        return BadTarget.NOT_HTTPS
    if not private and not _may_be_public(parts.hostname):
        return BadTarget.PRIVATE
    https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(https, parts.hostname, port or (443 if https else 80), path)


def _may_be_public(host: str) -> bool:
    """Whether a name may lead to the public internet; whether it does is known once it was looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".internal", ".localhost"))
    return is_public(host)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it hides one of version 4 inside."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour  # NAT64 is reserved and Teredo private as a whole
        if inside is not None and not is_public(str(inside)):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
