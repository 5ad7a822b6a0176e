"""The built-in runner, for SQLite: one small loop over the table of jobs; any number of processes may run it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.orm import Session

from portal.shared.domain.jobs import is_last, pause_after
from portal.shared.records import jobs
from portal.shared.records.jobs import SweepRow
from portal.shared.services.jobs.doing import LOST, Doer

PAUSE_SECONDS = 1.0
# Regular work is not kept back by a long queue.
MOST_IN_A_ROUND = 50
LONGEST_PAUSE_SECONDS = 60.0
# A worker that says nothing for so long is taken for dead; it speaks up four times as often.
LEASE = timedelta(minutes=2)

_log = structlog.stdlib.get_logger("portal.jobs")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A job that is this worker's for now; the number of the attempt says so."""

    job_id: int
    number: int
    task: str
    arguments: dict[str, Any]


class BuiltInRunner:
    """Takes jobs one by one, does them, and does regular work when it is due."""

    def __init__(self, doer: Doer, sweeps: Mapping[str, timedelta], *, lease: timedelta = LEASE) -> None:
        """Remember what is to be done, and how often."""
        self._doer, self._sweeps, self._lease = doer, sweeps, lease

    def work(self, stop: threading.Event, pause: float = PAUSE_SECONDS) -> None:
        """Do whatever is due, pause, and begin again until told to stop; a database that is away is waited for."""
        failures = 0
        while not stop.is_set():
            more = False
            try:
                more = self.one_round(stop)
                failures = 0
            except Exception:  # noqa: BLE001  # whatever it is, the worker goes on
                failures += 1
                _log.warning("the queue could not be read", exc_info=True)
            if not more:
                stop.wait(min(LONGEST_PAUSE_SECONDS, pause * 2**failures))

    def one_round(self, stop: threading.Event | None = None) -> bool:
        """Do the regular work that is due, and some jobs; say whether more of them may be waiting."""
        for name, every in self._sweeps.items():
            if not (stop and stop.is_set()) and self.claim(name, every):
                self._doer.sweep(name)
        return self.work_off(stop, most=MOST_IN_A_ROUND) == MOST_IN_A_ROUND

    def work_off(self, stop: threading.Event | None = None, most: int | None = None) -> int:
        """Do every job that is due, or so many of them, and say how many were begun."""
        begun = 0
        attempt = None if stop and stop.is_set() else self._take()
        while attempt is not None:
            begun += 1
            failed = self._failed(attempt)
            over = begun == most or (stop is not None and stop.is_set())
            with self._doer.database.write() as session:
                self._end(session, attempt, failed=failed)
                attempt = None if over else self._lease_oldest(session)
        return begun

    def claim(self, name: str, every: timedelta) -> bool:
        """Whether regular work is due; one worker is told so and has it, others are told no until it is due again."""
        now = self._doer.clock.now()
        with self._doer.database.read() as session:
            if not _is_due(session.get(SweepRow, name), now - every):
                return False
        with self._doer.database.write() as session:
            row = session.get(SweepRow, name)
            if not _is_due(row, now - every):
                return False
            row = row or SweepRow(name=name)
            row.began_at = now
            session.add(row)
        return True

    def _take(self) -> Attempt | None:
        """Lease the oldest job that is due; to find none needs no right to write."""
        with self._doer.database.read() as session:
            if jobs.oldest_due(session, self._doer.clock.now()) is None:
                return None
        with self._doer.database.write() as session:
            return self._lease_oldest(session)

    def _lease_oldest(self, session: Session) -> Attempt | None:
        """Lease the oldest job that is due; one that ended its workers too often is given up on the way."""
        now = self._doer.clock.now()
        while True:
            row = jobs.oldest_due(session, now)
            if row is None:
                return None
            if row.state == jobs.RUNNING:
                jobs.keep_error(session, row.id, LOST, now)
                _log.warning("a worker died", job=row.id, task=row.task, attempts=row.attempts)
                if is_last(row.attempts):
                    row.state, row.leased_until = jobs.FAILED, None
                    continue
            row.attempts += 1
            row.state, row.leased_until = jobs.RUNNING, now + self._lease
            return Attempt(row.id, row.attempts, row.task, dict(row.arguments))

    def _failed(self, attempt: Attempt) -> bool:
        """Do a job, and say whether it failed."""
        try:
            with self._speaking_up(attempt):
                self._doer.do(attempt.job_id, attempt.number, attempt.task, attempt.arguments)
        except Exception:  # noqa: BLE001  # it is kept and told by then
            return True
        return False

    def _end(self, session: Session, attempt: Attempt, *, failed: bool) -> None:
        """Remove a job that ended well, let another one rest; who lost it to another worker changes nothing."""
        row = jobs.mine(session, attempt.job_id, attempt.number)
        if row is None:
            return
        if not failed:
            session.delete(row)
            return
        row.leased_until = None
        row.state = jobs.FAILED if is_last(row.attempts) else jobs.WAITING
        row.run_at = self._doer.clock.now() + pause_after(row.attempts)

    @contextmanager
    def _speaking_up(self, attempt: Attempt) -> Iterator[None]:
        """Renew the lease as long as the work lasts."""
        over = threading.Event()
        voice = threading.Thread(target=self._renew, args=(attempt, over), name="lease", daemon=True)
        voice.start()
        try:
            yield
        finally:
            over.set()
            voice.join()

    def _renew(self, attempt: Attempt, over: threading.Event) -> None:
        while not over.wait(self._lease.total_seconds() / 4):
            try:
                with self._doer.database.write() as session:
                    row = jobs.mine(session, attempt.job_id, attempt.number)
                    if row is None:
                        return
                    row.leased_until = self._doer.clock.now() + self._lease
            except Exception:  # noqa: BLE001  # the next time may go well, and the lease outlasts three of them
                _log.warning("a lease was not renewed", job=attempt.job_id, exc_info=True)


def _is_due(row: SweepRow | None, before: datetime) -> bool:
    return row is None or row.began_at <= before
