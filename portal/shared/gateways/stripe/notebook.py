"""Where it is kept which payment at Stripe belongs to which of our keys (docs/decisions/0021)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Note:
    """What stands under a key. Without a reference the key is closed: nothing is charged under it, ever."""

    reference: str | None


class Notebook(Protocol):
    """One note a key, for ever, kept as safely as the orders themselves; each call is one transaction."""

    def read(self, key: str) -> Note | None:
        """The note under this key."""
        ...

    def note(self, key: str, reference: str) -> Note:
        """Note a reference, unless there is a note: the one that stands there afterwards."""
        ...

    def close(self, key: str) -> Note:
        """Close a key, unless there is a note: the one that stands there afterwards."""
        ...
