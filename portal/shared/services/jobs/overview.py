"""Background work for those who keep watch: what waits, runs, is stuck or has failed, and trying it again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.jobs import OVERDUE
from portal.shared.records import engine_jobs, outbox
from portal.shared.records import jobs as records
from portal.shared.services.jobs.enqueueing import has_engine

# Regular work that did not end well for so long needs somebody to look.
SWEEP_OVERDUE = timedelta(minutes=30)
# A mail that was given up is listed under the task that would have sent it.
MAIL, DELIVER = "mail-", "deliver-mail"
# The engine fails such a job by itself, before our code sees it.
UNKNOWN = "the worker does not know this task"


class Standing(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    STUCK = "stuck"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JobView:
    """A job that has not ended well. `name` is what the command line calls it; `since` is when it last moved."""

    name: str
    task: str
    arguments: dict[str, Any]
    standing: Standing
    attempts: int
    since: datetime | None
    run_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class SweepView:
    """Regular work: when it last ended well, how often it failed since, and with what."""

    name: str
    ended_at: datetime | None
    failures: int
    error: str
    is_overdue: bool


def jobs(session: Session, now: datetime) -> list[JobView]:
    """Every job that has not ended well, oldest first, and every mail that was given up."""
    found = _engine_jobs(session, now) if has_engine(session) else _built_in_jobs(session, now)
    return [*found, *(_mail(row) for row in outbox.mails_given_up(session))]


def counts(found: Iterable[JobView]) -> dict[Standing, int]:
    """How many stand how; every standing is there."""
    counted = dict.fromkeys(Standing, 0)
    for one in found:
        counted[one.standing] += 1
    return counted


def sweeps(session: Session, names: Sequence[str], now: datetime) -> list[SweepView]:
    """How regular work goes, in the order of the names; what never ran has not ended."""
    known = records.sweeps(session)
    found = []
    for name in names:
        row = known.get(name)
        ended = row.ended_at if row else None
        late = row is not None and row.failures > 0 and (ended is None or ended < now - SWEEP_OVERDUE)
        found.append(SweepView(name, ended, row.failures if row else 0, row.error if row else "", late))
    return found


def retry(session: Session, names: Iterable[str], now: datetime) -> list[str]:
    """Let failed and stuck jobs be tried once more, at once, and say which ones; others are left as they are."""
    wanted = set(names)
    done = []
    for one in jobs(session, now):
        if one.name in wanted and one.standing in (Standing.FAILED, Standing.STUCK):
            if one.task == DELIVER and one.name.startswith(MAIL):
                outbox.try_again(session, int(one.name.removeprefix(MAIL)), now)
            elif has_engine(session):
                engine_jobs.run_now(session, int(one.name))
            else:
                records.run_now(session, int(one.name))
            done.append(one.name)
    return done


def _built_in_jobs(session: Session, now: datetime) -> list[JobView]:
    rows = records.every(session)
    errors = records.errors_of(session, [row.id for row in rows])
    found = []
    for row in rows:
        due = row.run_at or row.created_at
        standing = Standing(row.state)
        silent = row.leased_until is not None and row.leased_until <= now
        if (standing is Standing.RUNNING and silent) or (
            standing is Standing.WAITING and due < now - OVERDUE
        ):
            standing = Standing.STUCK
        error = errors.get(row.id)
        since = error.at if error else row.created_at
        found.append(
            JobView(
                str(row.id),
                row.task,
                row.arguments,
                standing,
                row.attempts,
                since,
                row.run_at if standing is Standing.WAITING else None,
                error.error if error else "",
            )
        )
    return found


def _engine_jobs(session: Session, now: datetime) -> list[JobView]:
    rows = engine_jobs.every(session)
    errors = records.errors_of(session, [row.id for row in rows])
    words = {"todo": Standing.WAITING, "doing": Standing.RUNNING, "failed": Standing.FAILED}
    found = []
    for row in rows:
        standing = words[row.status]
        if row.left_alone or row.is_overdue:
            standing = Standing.STUCK
        error = errors.get(row.id)
        found.append(
            JobView(
                str(row.id),
                row.task,
                row.arguments,
                standing,
                row.attempts + (row.status == "doing"),
                row.since,
                row.run_at if standing is Standing.WAITING else None,
                error.error if error else UNKNOWN if standing is Standing.FAILED else "",
            )
        )
    return found


def _mail(row: outbox.OutboxMail) -> JobView:
    """A mail that nobody will try again, as if it were a job; its reader is not named."""
    return JobView(
        f"{MAIL}{row.id}",
        DELIVER,
        {"mail_id": row.id, "kind": row.kind},
        Standing.FAILED,
        row.attempts,
        row.created_at,
        None,
        row.last_error,
    )
