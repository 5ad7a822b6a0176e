"""How much a test of a promise does: little in every run, all of it where `LONG_FORM` is set (docs/reliability.md)."""

from __future__ import annotations

import os

LONG = bool(os.environ.get("LONG_FORM"))


def times(short: int, long: int) -> int:
    """The one or the other number, as this run was asked for."""
    return long if LONG else short
