"""A bench for jobs: tasks of a test's own, and the engine that the database has, with a clock that stands.

As a program, with a database address, it works off what waits, and dies (-9) in the first job that finds its mark.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.shared.gateways.clock import FixedClock, SystemClock
from portal.shared.gateways.procrastinate_engine import Orders, Pace, ProcrastinateEngine
from portal.shared.records.database import Database
from portal.shared.records.engine_jobs import QUEUE
from portal.shared.services.jobs.built_in import BuiltInRunner
from portal.shared.services.jobs.doing import Doer
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.jobs.rescuing import rescue
from tests.support.factories import NOW

LEASE = timedelta(minutes=2)


class Bench:
    """A database, what its jobs can do, and who does them."""

    def __init__(
        self,
        database: Database,
        tasks: dict[str, Callable[..., object]],
        sweeps: dict[str, Callable[[], object]] | None = None,
    ) -> None:
        self.database, self.clock = database, FixedClock(NOW)
        self.has_engine = database.engine.dialect.name == "postgresql"
        self.sweeps = sweeps or {}
        self.doer = Doer(database, self.clock, tasks, self.sweeps)
        self._tasks = tuple(tasks)

    def put(self, task: str, *, run_at: datetime | None = None, key: str | None = None, **values: Any) -> int:
        """Leave a job; it must be a new one."""
        with self.database.write() as session:
            number = enqueue(session, task, values, SystemClock().now(), dedupe_key=key, run_at=run_at)
        assert number is not None
        return number

    def worker(self) -> BuiltInRunner | ProcrastinateEngine:
        """One worker more."""
        if not self.has_engine:
            return BuiltInRunner(self.doer, dict.fromkeys(self.sweeps, timedelta(minutes=1)), lease=LEASE)
        orders = Orders(self._tasks, self.doer.do, {}, self.doer.sweep)
        return ProcrastinateEngine(self.database.libpq_address(), QUEUE, orders, Pace(at_once=2))

    def work_off(self) -> None:
        """Do whatever is due."""
        self.worker().work_off()

    def at_once(self, workers: int) -> None:
        """So many workers do whatever is due."""
        threads = [threading.Thread(target=self.work_off) for _ in range(workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def rows(self) -> list[dict[str, Any]]:
        """What is in the queue: state in the words of the built-in runner, attempts, when it runs."""
        ours = "SELECT id, state, attempts, run_at FROM jobs ORDER BY id"
        theirs = """
            SELECT id, CASE status WHEN 'todo' THEN 'waiting' WHEN 'doing' THEN 'running' ELSE status::text END
            AS state, attempts, scheduled_at AS run_at FROM procrastinate_jobs ORDER BY id
        """
        with self.database.read() as session:
            return [
                dict(row) for row in session.execute(sa.text(theirs if self.has_engine else ours)).mappings()
            ]

    def wait_for_pauses(self) -> None:
        """Let every pause be over. The engine lives by the database's clock, which no test can move."""
        self.clock.advance(timedelta(hours=7))
        if self.has_engine:
            with self.database.write() as session:
                session.execute(
                    sa.text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
                )

    def lose(self) -> None:
        """A worker takes the oldest job and dies at once; its silence is noticed."""
        self.take_and_die()
        self.notice()

    def take_and_die(self) -> None:
        """A worker takes the oldest job and dies at once, long ago."""
        if not self.has_engine:
            self.take()
            self.clock.advance(LEASE + timedelta(seconds=1))
            return
        with self.database.write() as session:
            dead = session.scalar(sa.text("SELECT worker_id FROM procrastinate_register_worker_v1()"))
            take = sa.text("SELECT id FROM procrastinate_fetch_job_v2(NULL, :dead)")
            assert session.scalar(take, {"dead": dead})
            session.execute(
                sa.text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
            )

    def take(self) -> None:
        """Another worker of the built-in kind takes the oldest job that is due, and holds it."""
        runner = self.worker()
        assert isinstance(runner, BuiltInRunner)
        assert runner._take()

    def notice(self) -> None:
        """Look for workers that died; the built-in runner does that whenever it looks for work."""
        if self.has_engine:
            rescue(self.database, self.clock.now(), silent_seconds=0)


def main() -> None:
    """Work off what waits, or die in the middle of it."""
    bench = Bench(Database(sys.argv[1]), {"write": write})
    bench.doer.clock = SystemClock()
    bench.work_off()


def write(name: str, folder: str) -> None:
    """Write a line under a key of its own, once; die before or after, as a file says."""
    place = Path(folder)
    die = place / f"die-{name}"
    if die.exists():
        die.unlink()
        (place / f"begun-{name}").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    try:
        (place / f"done-{name}").touch(exist_ok=False)
    except FileExistsError:
        (place / f"again-{name}").touch()


if __name__ == "__main__":
    main()
