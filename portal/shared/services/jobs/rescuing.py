"""On PostgreSQL: jobs of workers that died are given to others, until they have run out of attempts."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from portal.shared.domain.jobs import REGULAR, is_last, pause_after
from portal.shared.records import engine_jobs, jobs
from portal.shared.records.database import Database
from portal.shared.records.engine_jobs import EngineJob
from portal.shared.services.jobs.doing import LOST

# Regular work of the engine: its name, and how often.
DEAD_WORKERS = "dead workers"
LOOK_FOR_DEAD = timedelta(minutes=1)

_log = structlog.stdlib.get_logger("portal.jobs")


def rescue(database: Database, now: datetime, silent_seconds: float = engine_jobs.SILENT_SECONDS) -> int:
    """Let every job that was left alone wait for another worker, or fail when it was the last attempt; say how many."""
    with database.write() as session:
        found = engine_jobs.left_alone(session, silent_seconds)
        for job in found:
            if job.task.startswith(REGULAR):
                engine_jobs.remove(session, job.id)
                continue
            _log.warning("a worker died", job=job.id, task=job.task, attempts=_ended(job))
            jobs.keep_error(session, job.id, LOST, now)
            if is_last(_ended(job)):
                engine_jobs.give_up(session, job.id)
            else:
                engine_jobs.try_again(session, job.id, now + pause_after(_ended(job)))
        engine_jobs.forget_failed_regular(session)
    return len(found)


def _ended(job: EngineJob) -> int:
    """How many attempts have ended, with the one that ended its worker; the engine has not counted that yet."""
    return job.attempts + 1
