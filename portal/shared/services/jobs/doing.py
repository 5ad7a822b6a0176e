"""Doing one job, or one round of regular work, and keeping how it went: the same for both engines."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from portal.shared.gateways.clock import Clock
from portal.shared.records import jobs
from portal.shared.records.database import Database
from portal.shared.records.jobs import SweepRow

# A task takes its arguments and gives nothing back.
Tasks = Mapping[str, Callable[..., object]]

LOST = "the worker ended without a word"

_HOUSE = Path(__file__).parents[4]
_log = structlog.stdlib.get_logger("portal.jobs")


class UnknownTaskError(LookupError):
    """A job asks for a task that this version does not know."""


class Doer:
    """Does jobs and regular work by name, and keeps what went wrong; knows neither queue nor engine."""

    def __init__(
        self, database: Database, clock: Clock, tasks: Tasks, sweeps: Mapping[str, Callable[[], object]]
    ) -> None:
        """Remember what can be done."""
        self.database, self.clock = database, clock
        self._tasks, self._sweeps = tasks, sweeps

    def do(self, job_id: int, attempt: int, task: str, arguments: dict[str, Any]) -> None:
        """Do a job, for the so-manieth time; what goes wrong is kept without any value, and raised again."""
        try:
            self._task(task)(**arguments)
        except Exception as error:
            _log.warning("a job failed", job=job_id, attempt=attempt, task=task, exc_info=True)
            with self.database.write() as session:
                jobs.keep_error(session, job_id, in_words(error), self.clock.now())
            raise
        if attempt > 1:
            with self.database.write() as session:
                jobs.forget_error(session, job_id)

    def _task(self, name: str) -> Callable[..., object]:
        if name not in self._tasks:
            raise UnknownTaskError(name)
        return self._tasks[name]

    def sweep(self, name: str) -> bool:
        """Do regular work once and say whether it went well; what goes wrong is kept, and the next time is another."""
        now = self.clock.now()
        try:
            self._sweeps[name]()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is begun again when its time comes
            _log.warning("a sweep failed", sweep=name, exc_info=True)
            with self.database.write() as session:
                row = session.get(SweepRow, name) or SweepRow(name=name, began_at=now, failures=0)
                row.began_at, row.failures, row.error = now, row.failures + 1, in_words(error)
                session.add(row)
            return False
        with self.database.write() as session:
            session.merge(SweepRow(name=name, began_at=now, ended_at=self.clock.now(), failures=0, error=""))
        return True


def in_words(error: BaseException) -> str:
    """An error's kind and the innermost place in our own code: its message may quote what somebody typed."""
    places = [
        f"{Path(frame.filename).relative_to(_HOUSE)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(_HOUSE) and ".venv" not in frame.filename
    ]
    kind = type(error).__qualname__
    return f"{kind} in {places[-1]}" if places else kind
