"""What the long form measured: figures go into a file when `FAULT_REPORT` names one, and must keep to their limits.

In the ordinary suite nothing depends on how fast a machine is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

_FILE = os.environ.get("FAULT_REPORT", "")


def note(promise: int, figure: str) -> None:
    """Keep a figure for a promise of `docs/reliability.md`."""
    if _FILE:
        with Path(_FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps([promise, figure]) + "\n")


def within(promise: int, what: str, seconds: float, limit: float) -> None:
    """Keep how long something took; in the long form it must not take longer than the limit."""
    note(promise, f"{what}: {seconds:.2f} s")
    if _FILE:
        assert seconds <= limit, f"{what} took {seconds:.2f} s, more than {limit} s"
