"""Named questions to the tables of PostgreSQL's job engine (procrastinate), through its own SQL functions.

They run on the session's connection: a job that is added commits or vanishes with everything else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.jobs import OVERDUE, REGULAR

QUEUE = "twodoor"
# A worker whose heart has not beaten for so long is taken for dead; it beats every ten seconds.
SILENT_SECONDS = 40.0
# Any number will do, as long as nobody else in the database uses it for such locks.
_OUR_LOCKS = 7_266_502

_DEFER = """
    SELECT (procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :task, 0, NULL, :key, CAST(:arguments AS jsonb), CAST(:run_at AS timestamptz))
        ::procrastinate_job_to_defer_v1
    ]))[1]
"""
_DEFER_MANY = """
    SELECT procrastinate_defer_jobs_v1(array_agg(
        ROW(CAST(:queue AS varchar), CAST(:task AS varchar), 0, NULL, key, CAST(arguments AS jsonb), NULL)
        ::procrastinate_job_to_defer_v1 ORDER BY place
    )) FROM unnest(CAST(:arguments AS text[]), CAST(:keys AS varchar[])) WITH ORDINALITY AS told (arguments, key, place)
"""
_KNOWN = """
    SELECT EXISTS (
        SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = :key AND status IN ('todo', 'doing', 'failed')
    )
"""
_JOBS = """
    SELECT job.id, job.task_name AS task, job.args AS arguments, job.status::text AS status, job.attempts,
        job.scheduled_at AS run_at,
        (SELECT max(event.at) FROM procrastinate_events event
            WHERE event.job_id = job.id AND event.at <= now()) AS since,
        job.status = 'doing' AND (worker.id IS NULL
            OR worker.last_heartbeat < now() - make_interval(secs => :silent)) AS left_alone,
        job.status = 'todo' AND (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id)
            < now() - make_interval(secs => :overdue) AS is_overdue
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.queue_name = :queue AND job.status IN ('todo', 'doing', 'failed')
"""

_SPANS = {"queue": QUEUE, "overdue": OVERDUE.total_seconds()}


@dataclass(frozen=True, slots=True)
class EngineJob:
    """A job of the engine; `since` is when it last moved.

    `left_alone` says that it runs on a worker that is gone, `is_overdue` that none takes it though its time has come.
    """

    id: int
    task: str
    arguments: dict[str, Any]
    status: str
    attempts: int
    run_at: datetime | None
    since: datetime | None
    left_alone: bool
    is_overdue: bool


def defer(
    session: Session, task: str, arguments: dict[str, Any], dedupe_key: str | None, run_at: datetime | None
) -> int | None:
    """Add a job and give its number; None when one with this key has not ended well. The engine notes the time."""
    if dedupe_key is not None:
        # Two who ask for the same key come one after the other, and the second sees what the first committed.
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :ours))")
        session.execute(lock, {"key": dedupe_key, "ours": _OUR_LOCKS})
        if session.scalar(sa.text(_KNOWN), {"key": dedupe_key}):
            return None
    values = {
        "queue": QUEUE,
        "task": task,
        "key": dedupe_key,
        "arguments": json.dumps(arguments),
        "run_at": run_at,
    }
    number: int | None = session.scalar(sa.text(_DEFER), values)
    return number


def defer_many(
    session: Session, task: str, jobs_and_keys: Sequence[tuple[dict[str, Any], str | None]]
) -> None:
    """Add jobs at once, with keys that nobody else can know yet: they are not asked for."""
    values = {
        "queue": QUEUE,
        "task": task,
        "arguments": [json.dumps(arguments) for arguments, _ in jobs_and_keys],
        "keys": [key for _, key in jobs_and_keys],
    }
    session.execute(sa.text(_DEFER_MANY), values)


def every(session: Session, silent_seconds: float = SILENT_SECONDS) -> list[EngineJob]:
    """Every job that has not ended well, oldest first, without regular work."""
    question = f"{_JOBS} AND NOT job.task_name LIKE :regular ORDER BY job.id"
    values = {**_SPANS, "silent": silent_seconds, "regular": f"{REGULAR}%"}
    return [EngineJob(**row) for row in session.execute(sa.text(question), values).mappings()]


def left_alone(session: Session, silent_seconds: float) -> list[EngineJob]:
    """Jobs that run on workers which are gone, locked; those that somebody else looks after are passed over."""
    question = f"SELECT * FROM ({_JOBS} FOR UPDATE OF job SKIP LOCKED) AS found WHERE left_alone ORDER BY id"  # noqa: S608
    values = {**_SPANS, "silent": silent_seconds}
    return [EngineJob(**row) for row in session.execute(sa.text(question), values).mappings()]


def try_again(session: Session, job_id: int, run_at: datetime | None = None) -> None:
    """Let a job that runs or failed wait again, until an instant or not at all; its number of attempts grows."""
    again = (
        "SELECT procrastinate_retry_job_v2(:id, coalesce(CAST(:at AS timestamptz), now()), NULL, NULL, NULL)"
    )
    session.execute(sa.text(again), {"id": job_id, "at": run_at})


def run_now(session: Session, job_id: int) -> None:
    """Let a job that waits, failed, or was left alone run at once."""
    status = sa.text("SELECT status::text FROM procrastinate_jobs WHERE id = :id FOR UPDATE")
    if session.scalar(status, {"id": job_id}) != "todo":  # else it only needs a worker
        try_again(session, job_id)


def give_up(session: Session, job_id: int) -> None:
    """Take a job that runs for failed."""
    session.execute(sa.text("SELECT procrastinate_finish_job_v1(:id, 'failed', false)"), {"id": job_id})


def remove(session: Session, job_id: int) -> None:
    """Remove a job that runs."""
    session.execute(sa.text("SELECT procrastinate_finish_job_v1(:id, 'failed', true)"), {"id": job_id})


def forget_failed_regular(session: Session) -> None:
    """Remove regular work that could not even note its failure: its next time is another job."""
    session.execute(
        sa.text("DELETE FROM procrastinate_jobs WHERE status = 'failed' AND task_name LIKE :regular"),
        {"regular": f"{REGULAR}%"},
    )


def withdraw_all(session: Session) -> None:
    """Remove every job that waits."""
    session.execute(
        sa.text("DELETE FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo'"),
        {"queue": QUEUE},
    )
