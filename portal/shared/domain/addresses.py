"""Addresses of mail, as far as somebody may see them."""

from __future__ import annotations


def masked(email: str) -> str:
    """An address that its owner recognises and nobody else can use: `m•••@example.com`, of one length for all."""
    name, _, house = email.rpartition("@")
    return f"{name[:1] if len(name) > 1 else ''}•••@{house}"
