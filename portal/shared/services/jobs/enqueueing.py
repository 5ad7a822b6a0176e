"""Leaving work to the workers: one function in front of both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records import engine_jobs, jobs


def enqueue(
    session: Session,
    task: str,
    arguments: dict[str, Any],
    now: datetime,
    *,
    dedupe_key: str | None = None,
    run_at: datetime | None = None,
) -> int | None:
    """Leave a task to the workers and give the job's number; it runs if, and only if, the caller's transaction commits.

    A job with the same dedupe key that waits, runs or has failed stands for this one: nothing is added, and the answer
    is None. Arguments are plain values by which the task finds what it works on, and nothing about a person. A task
    may be begun more than once, so it must be harmless to repeat.
    """
    if has_engine(session):
        return engine_jobs.defer(session, task, arguments, dedupe_key, run_at)
    return jobs.add(session, task, arguments, dedupe_key, run_at, now)


def enqueue_many(
    session: Session, task: str, jobs_and_keys: Sequence[tuple[dict[str, Any], str | None]], now: datetime
) -> None:
    """Leave a task to the workers many times over, each with its arguments and a dedupe key, or none.

    The keys name what this transaction has just made, so that nobody else can ask for them; else as for `enqueue`.
    """
    if not jobs_and_keys:
        return
    if has_engine(session):
        engine_jobs.defer_many(session, task, jobs_and_keys)
    else:
        jobs.add_many(session, task, jobs_and_keys, now)


def withdraw_all(session: Session) -> None:
    """Remove every job that waits: for those who bring in a history whose work was done long ago."""
    if has_engine(session):
        engine_jobs.withdraw_all(session)
    else:
        jobs.remove_waiting(session)


def has_engine(session: Session) -> bool:
    """Whether the database is one with a job engine of its own."""
    return session.get_bind().dialect.name == "postgresql"
