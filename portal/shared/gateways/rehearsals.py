"""Where rehearsals are kept: a folder for each cloned account, with a database of its own and a note of its clock."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

_NOTE, _DATABASE = "note.json", "clone.sqlite3"


@dataclass(frozen=True, slots=True)
class Note:
    """What is known of a clone: whose it is, who made it and when, what its clock says, and its first new document."""

    account_id: int
    made_by: str
    made_at: str
    clock: str
    after_invoice: int

    @property
    def now(self) -> datetime:
        """The instant at which its clock stands."""
        return datetime.fromisoformat(self.clock)


class Rehearsals:
    """The clones of one installation, one an account; nothing outside of this folder is touched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, account_id: int) -> str:
        """Throw away what was there, make room, and give the address of an empty database."""
        self.throw_away(account_id)
        place = self._place(account_id)
        place.mkdir(mode=0o700, parents=True)
        return self.address(account_id)

    def address(self, account_id: int) -> str:
        """The address of a clone's database."""
        return f"sqlite:///{self._place(account_id) / _DATABASE}"

    def note(self, account_id: int) -> Note | None:
        """What is known of a clone; nothing where there is none, or where it was not made to its end."""
        try:
            return Note(**json.loads((self._place(account_id) / _NOTE).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def keep(self, note: Note) -> None:
        """Keep what is known of a clone, wholly or not at all."""
        file = self._place(note.account_id) / _NOTE
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(note)), encoding="utf-8")
        beside.replace(file)

    def throw_away(self, account_id: int) -> None:
        """Remove a clone; nothing happens where there is none."""
        shutil.rmtree(self._place(account_id), ignore_errors=True)

    def _place(self, account_id: int) -> Path:
        return self._folder / str(account_id)
