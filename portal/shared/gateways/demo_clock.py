"""The demo's clock: the machine's, moved forward by what a file in DATA_DIR says (docs/decisions/0025).

Web server, worker and commands read the same file at every look, so they agree, and a restart forgets nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.shared.gateways.clock import Clock, SystemClock

CLOCK_FILE = "demo-clock.json"
_WRITING, _MOVING = "demo-clock.writing", "demo-clock.moving"


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the clock from one instant to a later one. `account_id`: whose renewal was wanted, if anybody's.

    `after_invoice` is the newest document (by id) before the move, so that what came of it can be found.
    """

    began: datetime
    until: datetime
    account_id: int | None = None
    after_invoice: int = 0
    done: bool = False


class DemoClock:
    """A clock that can be moved forward, never backward; it goes on between two moves."""

    def __init__(self, folder: Path, base: Clock | None = None) -> None:
        """Count from `base` (the machine's clock, unless a test brings another), moved as `folder` says."""
        self.machine: Clock = base or SystemClock()
        self._folder = folder

    def now(self) -> datetime:
        """The present instant of the demo, aware, in UTC."""
        return self.machine.now() + self.ahead

    @property
    def ahead(self) -> timedelta:
        """How far the demo is ahead of the machine."""
        return timedelta(seconds=self._kept()["ahead_seconds"])

    def move(self) -> Move | None:
        """The newest move, whether it is done or still to be gone on with."""
        told = self._kept()["move"]
        if told is None:
            return None
        instants = {name: datetime.fromisoformat(told[name]) for name in ("began", "until")}
        return Move(**{**told, **instants})

    def begin(self, move: Move) -> bool:
        """Keep the wish to move, unless another move is not done yet; says whether it is kept."""
        with self._lock(_WRITING, wait=True):
            before = self.move()
            if before is not None and not before.done:
                return False
            self._keep(self._kept()["ahead_seconds"], move)
            return True

    def stand_at(self, instant: datetime) -> None:
        """Move to an instant; one that is past already changes nothing."""
        with self._lock(_WRITING, wait=True):
            step = max(0.0, (instant - self.now()).total_seconds())
            self._keep(self._kept()["ahead_seconds"] + step, self.move())

    def finish(self) -> None:
        """Note that the newest move is done."""
        with self._lock(_WRITING, wait=True):
            move = self.move()
            if move is not None:
                self._keep(self._kept()["ahead_seconds"], replace(move, done=True))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process alone moves the clock as long as the block lasts; a process that dies lets go."""
        with self._lock(_MOVING, wait=False) as mine:
            yield mine

    @contextmanager
    def _lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / name).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def _kept(self) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads((self._folder / CLOCK_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"ahead_seconds": 0.0, "move": None}
        return kept

    def _keep(self, ahead_seconds: float, move: Move | None) -> None:
        """Write the file whole or not at all, so that a reader never sees half of it, nor a power cut."""
        told = None
        if move is not None:
            told = {**asdict(move), "began": move.began.isoformat(), "until": move.until.isoformat()}
        draft = self._folder / f"{CLOCK_FILE}.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump({"ahead_seconds": ahead_seconds, "move": told}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / CLOCK_FILE)


def forget(folder: Path) -> None:
    """Let the demo's clock be the machine's again, as a demo that starts over does."""
    for name in (CLOCK_FILE, _WRITING, _MOVING):
        (folder / name).unlink(missing_ok=True)
