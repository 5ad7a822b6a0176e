"""The worker: delivers what waits in the outbox and asks about charges that were not answered.

Any number of workers may run: a mail is leased to one of them, and an order is settled once, whoever asks.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.lifeline import follow
from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.clock import Clock
from portal.shared.records.database import Database
from portal.shared.records.orders import due_for_check
from portal.shared.services.notifications import deliver_mails
from portal.shared.services.orders.place import resume
from portal.shared.web import logs
from portal.shared.web.house import House
from portal.shared.web.mails import render_mail

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0

_log = structlog.stdlib.get_logger("portal.worker")


class UnsettledOrdersError(RuntimeError):
    """Some orders could not be asked about; the others were."""


@dataclass(slots=True)
class Job:
    """Something to be done again and again; after a failure the pause grows, so that a log stays readable."""

    name: str
    run: Callable[[], object]
    failures: int = 0
    not_before: float = 0.0


def settle_unanswered(database: Database, processor: CardProcessor, clock: Clock) -> int:
    """Ask the processor about every order that is due for it, and say how many were asked about.

    Raises:
        UnsettledOrdersError: asking about some of them failed.
    """
    with database.read() as session:
        due = due_for_check(session, clock.now())
    failed = 0
    for reference in due:
        try:
            resume(database, processor, clock.now, reference)
        except Exception:  # noqa: BLE001  # one order must not keep the others back
            failed += 1
            _log.warning("an order could not be settled", order=reference, exc_info=True)
    if failed:
        raise UnsettledOrdersError(f"{failed} of {len(due)} orders")
    return len(due)


def work(jobs: Sequence[Job], stop: threading.Event, pause: float = PAUSE_SECONDS) -> None:
    """Do all jobs, pause, and begin again until told to stop."""
    while not stop.is_set():
        for job in jobs:
            if not stop.is_set() and time.monotonic() >= job.not_before:
                attempt(job)
        stop.wait(pause)


def attempt(job: Job) -> None:
    """Do a job once; what goes wrong is noted and does not keep the others back."""
    try:
        job.run()
    except Exception:  # noqa: BLE001  # whatever it is, the worker goes on
        job.failures += 1
        rest = min(LONGEST_PAUSE_SECONDS, 2.0**job.failures)
        job.not_before = time.monotonic() + rest
        _log.warning("a job failed", job=job.name, again_in_seconds=rest, exc_info=True)
    else:
        job.failures = 0


def jobs_of(app: Flask) -> list[Job]:
    """What a worker of this application does."""
    house: House = app.extensions["twodoor"]
    render = render_mail(app)
    return [
        Job("mails", lambda: deliver_mails(house.database, house.mailer, render, house.clock.now())),
        Job("orders", lambda: settle_unanswered(house.database, house.processor, house.clock)),
    ]


def main() -> None:
    """Work until a signal comes, or until the command that started this process is gone."""
    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow(stop.set)
    work(jobs_of(create_app(Settings.from_environment())), stop)


if __name__ == "__main__":
    main()
