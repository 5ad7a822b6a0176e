"""The notebook of a real card processor, in our own database (docs/decisions/0021)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from portal.shared.gateways.stripe.notebook import Note
from portal.shared.records.database import Database
from portal.shared.records.processor_charges import note_once, noted_charge


class DatabaseNotebook:
    """One note a key, for ever; each call is a transaction of its own, never inside another one."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def read(self, key: str) -> Note | None:
        """The note under this key."""
        with self._database.read() as session:
            found = noted_charge(session, key)
            return None if found is None else Note(found.reference)

    def note(self, key: str, reference: str) -> Note:
        """Note a reference, unless there is a note: the one that stands there afterwards."""
        with self._database.write() as session:
            return Note(note_once(session, key, reference, self._clock()).reference)

    def close(self, key: str) -> Note:
        """Close a key, unless there is a note: the one that stands there afterwards."""
        with self._database.write() as session:
            return Note(note_once(session, key, None, self._clock()).reference)
