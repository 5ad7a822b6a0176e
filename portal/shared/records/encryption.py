"""A database on another machine is asked over an encrypted connection, unless the operator says otherwise."""

from __future__ import annotations

import os
from ipaddress import ip_address

import sqlalchemy as sa

MODE = "sslmode"


def encrypted_elsewhere(url: sa.URL) -> sa.URL:
    """The address of a PostgreSQL database with `sslmode=require` where it leads to another machine and names no mode.

    Whoever has an encrypted network says `sslmode=disable`, whoever has a certificate to check `verify-full`.
    """
    if MODE in url.query or os.environ.get("PGSSLMODE") or all(map(_is_here, _hosts(url))):
        return url
    return url.update_query_dict({MODE: "require"})


def _hosts(url: sa.URL) -> list[str]:
    """Every host an address names; none for a socket of this machine."""
    named = url.query.get("host") or url.host or ""
    ones = named if isinstance(named, tuple) else tuple(named.split(","))
    return [one.rpartition(":")[0] if one.count(":") == 1 else one for one in ones]


def _is_here(host: str) -> bool:
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
