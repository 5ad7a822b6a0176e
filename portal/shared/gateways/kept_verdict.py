"""The last proof of the books, kept in a file beside the others of the installation, for those who keep watch."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_NAME = "last-verify.json"


@dataclass(frozen=True, slots=True)
class Verdict:
    """When the books were proved, and how many faults that found."""

    at: datetime
    faults: int


def keep_verdict(folder: Path, verdict: Verdict) -> None:
    """Keep it; whoever reads meanwhile reads the one before."""
    handle, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"at": verdict.at.isoformat(), "faults": verdict.faults}, file)
    Path(name).replace(folder / _NAME)


def kept_verdict(folder: Path) -> Verdict | None:
    """The last one; nothing where the books were never proved, or the file is none of ours."""
    try:
        told = json.loads((folder / _NAME).read_text(encoding="utf-8"))
        return Verdict(datetime.fromisoformat(told["at"]), int(told["faults"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
