"""Background work: the queue of the built-in runner (SQLite), and, for every database, errors and regular work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.in_bulk import insert_rows, insert_unless_there

WAITING, RUNNING, FAILED = "waiting", "running", "failed"


class JobRow(Base):
    """A task with its arguments, on SQLite; PostgreSQL has an engine of its own (see engine_jobs.py).

    A lease that ran out is a worker that died. A job that ended well is removed, so a dedupe key is free again.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        sa.UniqueConstraint("dedupe_key"),
        sa.CheckConstraint("state IN ('waiting', 'running', 'failed')", name="state"),
        sa.Index("ix_jobs_state_run_at", "state", "run_at"),
        # A number is never given twice: who still holds a job that was removed must not meet another one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    dedupe_key: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    # Not before; without it at once.
    run_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class JobError(Base):
    """What the last attempt of a job ran into: a kind and a place, never a value. The job ended well: no row."""

    __tablename__ = "job_errors"

    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    error: Mapped[str]
    at: Mapped[datetime]


class SweepRow(Base):
    """Work that is done again and again: when it last began, when it last ended well, and what it ran into since."""

    __tablename__ = "sweeps"

    name: Mapped[str] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")


# --- the queue of the built-in runner ---------------------------------------------------------------------------------


def add(
    session: Session,
    task: str,
    arguments: dict[str, Any],
    dedupe_key: str | None,
    run_at: datetime | None,
    now: datetime,
) -> int | None:
    """Add a job and give its number; None when one with this key has not ended well."""
    row = {
        "task": task,
        "arguments": arguments,
        "dedupe_key": dedupe_key,
        "run_at": run_at,
        "created_at": now,
    }
    return insert_unless_there(session, JobRow, row)


def add_many(
    session: Session, task: str, jobs_and_keys: Sequence[tuple[dict[str, Any], str | None]], now: datetime
) -> None:
    """Add jobs with their keys at once, but not those of which one with the same key has not ended well.

    Numbers of removed rows may come again on SQLite, and with them the keys that are made of them.
    """
    if len(jobs_and_keys) == 1:
        ((arguments, key),) = jobs_and_keys
        add(session, task, arguments, key, None, now)
        return
    keys = [key for _, key in jobs_and_keys if key is not None]
    asked = sa.select(JobRow.dedupe_key).where(JobRow.dedupe_key.in_(keys))
    known = set(session.scalars(asked)) if keys else set()
    rows = [(task, arguments, key, now) for arguments, key in jobs_and_keys if key not in known]
    insert_rows(session, JobRow, ("task", "arguments", "dedupe_key", "created_at"), rows)


def oldest_due(session: Session, now: datetime) -> JobRow | None:
    """Which job is due, or was left alone by a worker that died?"""
    due = sa.or_(
        sa.and_(JobRow.state == WAITING, sa.or_(JobRow.run_at.is_(None), JobRow.run_at <= now)),
        sa.and_(JobRow.state == RUNNING, JobRow.leased_until <= now),
    )
    return session.scalar(sa.select(JobRow).where(due).order_by(JobRow.id).limit(1))


def mine(session: Session, job_id: int, attempt: int) -> JobRow | None:
    """The job, if this attempt still is the one that counts: whoever took it over has another number."""
    row = session.get(JobRow, job_id)
    return row if row is not None and row.state == RUNNING and row.attempts == attempt else None


def every(session: Session) -> Sequence[JobRow]:
    """Every job that has not ended well, oldest first."""
    return session.scalars(sa.select(JobRow).order_by(JobRow.id)).all()


def run_now(session: Session, job_id: int) -> None:
    """Let a job that waits, failed, or was left alone run at once."""
    row = session.get_one(JobRow, job_id)
    row.state, row.run_at, row.leased_until = WAITING, None, None


def remove_waiting(session: Session) -> None:
    """Remove every job that waits."""
    session.execute(sa.delete(JobRow).where(JobRow.state == WAITING))


# --- for every database -----------------------------------------------------------------------------------------------


def keep_error(session: Session, job_id: int, error: str, now: datetime) -> None:
    """Note what the last attempt of a job ran into."""
    session.merge(JobError(job_id=job_id, error=error, at=now))


def forget_error(session: Session, job_id: int) -> None:
    """A job ended well: what it ran into before is of no interest."""
    session.execute(sa.delete(JobError).where(JobError.job_id == job_id))


def errors_of(session: Session, job_ids: Sequence[int]) -> dict[int, JobError]:
    """The last errors of jobs, by number."""
    question = sa.select(JobError).where(JobError.job_id.in_(job_ids))
    return {row.job_id: row for row in session.scalars(question)}


def sweeps(session: Session) -> dict[str, SweepRow]:
    """How regular work went, by name."""
    return {row.name: row for row in session.scalars(sa.select(SweepRow))}
