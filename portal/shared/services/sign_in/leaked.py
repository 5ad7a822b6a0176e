"""The passwords that leaked elsewhere, as they come with the product (docs/security/leaked-passwords.md)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from portal.shared.domain.sign_in import leaked

TABLE = Path(__file__).with_name("leaked-passwords.bin")


def is_leaked(password: str) -> bool:
    """Whether it is one of them. Nobody outside is asked; the first question reads the table (270 kB) and keeps it."""
    return leaked.is_in(_table(), password)


@cache
def _table() -> bytes:
    return TABLE.read_bytes()
