"""The job engine of PostgreSQL: procrastinate's worker, told what to do and when to stop.

Jobs are added elsewhere, through the engine's SQL functions on our own connection (records/engine_jobs.py); this module
is imported by workers only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from portal.shared.domain.jobs import REGULAR, is_last, pause_after

STOP_LOOK_SECONDS = 0.2
FAREWELL_SECONDS = 8.0
# A slot that was missed is made up for, unless it is older than this: daily work waits for no midnight with a worker.
LATEST_SECONDS = 25 * 3600

_MINE = """
    FROM (SELECT id FROM procrastinate_jobs WHERE id = %(job_id)s AND status = 'doing'
        AND worker_id = %(worker_id)s AND attempts = %(attempts)s FOR UPDATE) AS mine
"""
_FINISH = f"SELECT procrastinate_finish_job_v1(mine.id, %(status)s, %(delete_job)s) {_MINE}"
_RETRY = f"SELECT procrastinate_retry_job_v2(mine.id, %(retry_at)s, NULL, NULL, NULL) {_MINE}"


@dataclass(frozen=True, slots=True)
class Orders:
    """What a worker is to do. `do` takes number, attempt, task and arguments; `sweeps` how often, by name."""

    tasks: Iterable[str]
    do: Callable[[int, int, str, dict[str, Any]], None]
    sweeps: Mapping[str, timedelta]
    sweep: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Pace:
    """How many jobs run at once, and the beat of a worker's heart; a worker that is silent for longer is dead."""

    at_once: int = 4
    look_seconds: float = 5.0
    beat_seconds: float = 10.0
    silent_seconds: float = 40.0


class _OnlyMine(JobManager):
    """Marks a job only for the worker and the attempt that hold it; who lost it to another one changes nothing."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001  # theirs
        await self._mark(_FINISH, job, status=status.value, delete_job=delete_job)

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        await self._mark(_RETRY, job, retry_at=retry_at)

    async def _mark(self, query: Any, job: Job, **values: Any) -> None:
        mine = {"job_id": job.id, "worker_id": job.worker_id, "attempts": job.attempts}
        if not await self.connector.execute_query_all_async(query, **mine, **values):
            logging.getLogger(__name__).warning("a job was lost to another worker")


class _Growing(BaseRetryStrategy):
    """The pauses of every job; the engine counts the attempts that have ended."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        ended = job.attempts + 1
        if is_last(ended):
            return None
        return RetryDecision(retry_in={"seconds": int(pause_after(ended).total_seconds())})


class ProcrastinateEngine:
    """One worker of the engine; any number may run, on any number of machines."""

    def __init__(self, conninfo: str, queue: str, orders: Orders, pace: Pace | None = None) -> None:
        """Remember what to do; nothing is connected yet."""
        self._conninfo, self._queue, self._orders, self._pace = conninfo, queue, orders, pace or Pace()
        logging.getLogger("procrastinate").setLevel(logging.WARNING)  # our own lines tell the rest

    def work(self, stop: threading.Event) -> None:
        """Work until told to stop, or until something goes wrong with the engine itself, which is raised."""
        _run(self._work(stop, wait=True))

    def work_off(self) -> None:
        """Do every job that is due, and come back."""
        _run(self._work(threading.Event(), wait=False))

    async def _work(self, stop: threading.Event, *, wait: bool) -> None:
        app = self._app(regular=wait)
        async with app.open_async():
            working = asyncio.create_task(
                app.run_worker_async(
                    queues=[self._queue],
                    wait=wait,
                    concurrency=self._pace.at_once,
                    fetch_job_polling_interval=self._pace.look_seconds,
                    shutdown_graceful_timeout=FAREWELL_SECONDS,
                    listen_notify=wait,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    update_heartbeat_interval=self._pace.beat_seconds,
                    stalled_worker_timeout=self._pace.silent_seconds,
                )
            )
            while not working.done() and not stop.is_set():
                await asyncio.wait({working}, timeout=STOP_LOOK_SECONDS)
            if not working.done():
                working.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await working
            else:
                working.result()

    def _app(self, *, regular: bool) -> App:
        connector = PsycopgConnector(
            conninfo=self._conninfo,
            min_size=1,
            max_size=self._pace.at_once + 2,
            kwargs={"connect_timeout": 5},
        )
        app = App(connector=connector, periodic_defaults={"max_delay": LATEST_SECONDS})
        app.job_manager = _OnlyMine(connector)
        for name in self._orders.tasks:
            app.task(name=name, queue=self._queue, pass_context=True, retry=_Growing())(self._doing(name))
        if regular:
            for name, every in self._orders.sweeps.items():
                self._add_regular(app, name, every)
        return app

    def _doing(self, name: str) -> Callable[..., None]:
        def run(context: JobContext, **arguments: Any) -> None:
            assert context.job.id is not None, "it came from the database"
            self._orders.do(context.job.id, context.job.attempts + 1, name, arguments)

        return run

    def _add_regular(self, app: App, name: str, every: timedelta) -> None:
        def once(timestamp: int) -> None:
            self._orders.sweep(name)

        # One that still waits stands for the next one; while one runs, the next may be added.
        full_name = REGULAR + name
        task = app.task(name=full_name, queue=self._queue, queueing_lock=full_name)(once)
        app.periodic(cron=cron_of(every))(task)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run the engine's loop in a thread of its own: whoever calls may live inside another loop already."""
    with ThreadPoolExecutor(1, thread_name_prefix="engine") as pool:
        pool.submit(asyncio.run, work).result()


def cron_of(every: timedelta) -> str:
    """When work is due that is due every so many minutes (a part of an hour) or hours (a part of a day).

    Raises:
        ValueError: it is neither.
    """
    minutes, rest = divmod(int(every.total_seconds()), 60)
    if not rest and minutes and 60 % minutes == 0:
        return f"*/{minutes} * * * *" if minutes < 60 else "0 * * * *"
    if not rest and minutes and 1440 % minutes == 0 and minutes % 60 == 0:
        return f"0 */{minutes // 60} * * *" if minutes < 1440 else "0 0 * * *"
    raise ValueError(f"{every} is no part of an hour or of a day")
