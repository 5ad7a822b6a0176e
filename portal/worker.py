"""The worker: delivers what waits in the outbox and asks about charges that were not answered.

Any number of workers may run: a mail is leased to one of them, and a charge is settled once, whoever asks.
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
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.clock import Clock
from portal.shared.records.database import Database
from portal.shared.services import charges, refunds, rehearsal
from portal.shared.services.notifications import deliver_mails
from portal.shared.services.purchase_order_warnings import warn
from portal.shared.services.quotes import answering
from portal.shared.services.reminders import remind
from portal.shared.services.renewals import collecting, renewing
from portal.shared.web import logs
from portal.shared.web.house import House
from portal.shared.web.mails import render_mail

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
RENEWAL_SECONDS = 60.0  # periods end at midnight of some place on earth
WARNING_SECONDS = 300.0  # purchase orders run out, and quotes expire, by the day

_log = structlog.stdlib.get_logger("portal.worker")


class UnsettledChargesError(RuntimeError):
    """Some charges could not be asked about; the others were."""


@dataclass(slots=True)
class Job:
    """Something to be done again and again; after a failure the pause grows, so that a log stays readable."""

    name: str
    run: Callable[[], object]
    # Seconds to rest after it was done, for what need not be seen to at once.
    rest: float = 0.0
    failures: int = 0
    not_before: float = 0.0


def settle_unanswered(database: Database, processor: CardProcessor, clock: Clock) -> int:
    """Ask the processor about every charge that is due for it, of orders and of invoices, and say how many these were.

    Raises:
        UnsettledChargesError: asking about some of them failed.
    """
    with database.read() as session:
        due = charges.due(session, clock.now())
    failed = 0
    for reference in due:
        try:
            charges.resume(database, processor, clock.now, reference)
        except Exception:  # noqa: BLE001  # one charge must not keep the others back
            failed += 1
            _log.warning("a charge could not be settled", charge=reference, exc_info=True)
    if failed:
        raise UnsettledChargesError(f"{failed} of {len(due)} charges")
    return len(due)


def renew(house: House) -> None:
    """Begin the billing periods that are due, and collect what is to be collected."""
    seller = house.settings.seller
    taxes = SellerTaxes(seller.country, frozenset(seller.tax_registrations))
    for outcome in renewing.renew_due(house.database, taxes, house.clock.now()):
        _log.info("renewals", outcome=type(outcome).__name__, account=outcome.account_id)
    for one in collecting.collect_due(house.database, house.processor, house.clock.now):
        _log.info("collected", state=one.state, account=one.account_id, invoice=one.invoice)


def finish_refunds(house: House) -> None:
    """Ask again for refunds that were not answered."""
    for reference, state in refunds.finish(house.database, house.processor, house.clock.now):
        _log.info("refund", refund=reference, state=str(state))


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
        job.not_before = time.monotonic() + job.rest


def jobs_of(app: Flask) -> list[Job]:
    """What a worker of this application does."""
    house: House = app.extensions["twodoor"]
    clock = rehearsal.movable(house.clock)
    jobs = sweeps_of(app)
    if clock is not None:
        jobs.append(Job("demo clock", lambda: rehearsal.go_on(clock, lambda: sweep(app))))
    return jobs


def sweep(app: Flask) -> None:
    """Do once whatever is due now; what goes wrong is noted, as in every round of a worker."""
    for job in sweeps_of(app):
        attempt(job)


def sweeps_of(app: Flask) -> list[Job]:
    """What is due by the clock, in the order of a day; the mails of a day leave at its end."""
    house: House = app.extensions["twodoor"]
    render = render_mail(app)
    return [
        Job("charges", lambda: settle_unanswered(house.database, house.processor, house.clock)),
        Job("refunds", lambda: finish_refunds(house), rest=RENEWAL_SECONDS),
        Job(
            "quotes",
            lambda: answering.expire_due(house.database, house.clock.now()),
            rest=WARNING_SECONDS,
        ),
        Job("renewals", lambda: renew(house), rest=RENEWAL_SECONDS),
        Job("reminders", lambda: remind(house.database, house.clock.now()), rest=WARNING_SECONDS),
        Job("purchase orders", lambda: warn(house.database, house.clock.now()), rest=WARNING_SECONDS),
        Job("mails", lambda: deliver_mails(house.database, house.mailer, render, house.clock.now())),
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
