"""How often a token may ask: one count for all processes, kept in the database and taken from it in small packs.

A process that has a pack counts in memory; so most requests ask the database nothing, and all processes together never
let in more than the limit. Packs shrink with what is left, so little lies idle where nobody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from portal.shared.records.api_tokens import hand_out
from portal.shared.records.database import Database

WINDOW = 60
# What is left is handed out in so many parts.
_PARTS = 20
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whether a request is let in, how many are left until the window ends, and in how many seconds that is."""

    admitted: bool
    most: int
    left: int
    seconds: int


@dataclass(slots=True)
class _Pack:
    """What this process may still let in this minute, and how much all of them have taken."""

    minute: int
    left: int = 0
    taken: int = 0


@dataclass(slots=True)
class Pace:
    """The packs of one process, by token."""

    packs: dict[int, _Pack] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def ask(self, database: Database, token_id: int, most: int, now: datetime) -> Allowed:
        """Count a request; a database that cannot count now lets it in, since it protects a machine and no money."""
        minute, second = divmod(int(now.timestamp()), WINDOW)
        wanted = self._taken_here(token_id, minute, most)
        if wanted:
            try:
                with database.write() as session:
                    taken = hand_out(session, token_id, minute, wanted)
            except SQLAlchemyError:
                return Allowed(admitted=True, most=most, left=0, seconds=WINDOW - second)
            self._put(token_id, minute, min(wanted, most - (taken - wanted)), taken)
        with self.lock:
            pack = self._pack(token_id, minute)
            admitted = pack.left > 0
            pack.left -= admitted
            left = pack.left + max(0, most - pack.taken)
        return Allowed(admitted, most, left, WINDOW - second)

    def _taken_here(self, token_id: int, minute: int, most: int) -> int:
        """How many to ask the database for; none where a pack is at hand, or nothing is left for anybody."""
        with self.lock:
            pack = self._pack(token_id, minute)
            if pack.left > 0 or pack.taken >= most:
                return 0
            return max(1, (most - pack.taken) // _PARTS)

    def _put(self, token_id: int, minute: int, got: int, taken: int) -> None:
        with self.lock:
            pack = self._pack(token_id, minute)
            pack.left += max(0, got)
            pack.taken = max(pack.taken, taken)

    def _pack(self, token_id: int, minute: int) -> _Pack:
        pack = self.packs.get(token_id)
        if pack is None or pack.minute != minute:
            if len(self.packs) > _REMEMBERED:
                self.packs.clear()
            pack = self.packs[token_id] = _Pack(minute)
        return pack
