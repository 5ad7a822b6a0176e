"""The worker: does the jobs that wait, and looks for regular work, until it is told to stop.

Any number of workers may run. On PostgreSQL they are workers of its job engine, on any number of machines; on SQLite
the built-in runner does the same tasks one by one.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import structlog
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.lifeline import follow
from portal.shared.domain.activity import Portal
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.webhooks import HttpSender
from portal.shared.records.engine_jobs import QUEUE
from portal.shared.services import rehearsal
from portal.shared.services.background.sweeps import SWEEPS, leave_to_jobs, live
from portal.shared.services.background.tasks import TASKS
from portal.shared.services.background.tools import Tools
from portal.shared.services.jobs.built_in import BuiltInRunner
from portal.shared.services.jobs.doing import Doer
from portal.shared.services.jobs.rescuing import DEAD_WORKERS, LOOK_FOR_DEAD, rescue
from portal.shared.web import logs
from portal.shared.web.house import House
from portal.shared.web.mailing.rendering import render_mail

if TYPE_CHECKING:
    from portal.shared.gateways.procrastinate_engine import ProcrastinateEngine

LOOK_AT_CLOCK_SECONDS = 1.0
# An engine that cannot go on (its database was away) begins again after so long.
BEGIN_AGAIN_SECONDS = 5.0

_log = structlog.stdlib.get_logger("portal.worker")


def tools_of(app: Flask) -> Tools:
    """What background work of this application holds in its hands."""
    house: House = app.extensions["twodoor"]
    seller = house.settings.seller
    return Tools(
        database=house.database.told_from(Portal.WORKER),
        processor=house.processor,
        tax_registry=house.tax_registry,
        mailer=house.mailer,
        render=render_mail(app),
        seller=SellerTaxes(seller.country, frozenset(seller.tax_registrations)),
        clock=house.clock,
        arrivals_days=house.settings.arrivals_days,
        mails_days=house.settings.mails_days,
        sender=HttpSender(private=house.settings.webhooks_private),
        webhook_key=house.webhook_key,
    )


def sweep(app: Flask) -> None:
    """Do in person whatever is due now, without any queue; what goes wrong is noted."""
    live(tools_of(app))


def doer_of(tools: Tools) -> Doer:
    """Everything a worker can do, by name."""
    tasks = {name: partial(task, tools) for name, task in TASKS.items()}
    sweeps: dict[str, Callable[[], object]] = {one.name: partial(leave_to_jobs, tools, one) for one in SWEEPS}
    sweeps[DEAD_WORKERS] = lambda: rescue(tools.database, tools.clock.now())
    return Doer(tools.database, tools.clock, tasks, sweeps)


def built_in_runner(tools: Tools) -> BuiltInRunner:
    """The runner for SQLite."""
    return BuiltInRunner(doer_of(tools), {one.name: one.every for one in SWEEPS})


def engine_of(tools: Tools, doer: Doer) -> ProcrastinateEngine:
    """A worker of PostgreSQL's engine; imported late, because what works on SQLite does without it."""
    from portal.shared.gateways.procrastinate_engine import Orders, ProcrastinateEngine  # noqa: PLC0415

    every = {one.name: one.every for one in SWEEPS} | {DEAD_WORKERS: LOOK_FOR_DEAD}
    orders = Orders(tuple(TASKS), doer.do, every, doer.sweep)
    return ProcrastinateEngine(tools.database.libpq_address(), QUEUE, orders)


def work(tools: Tools, stop: threading.Event) -> None:
    """Work with the engine that the database has, until told to stop; what goes wrong with an engine is outlived."""
    if tools.database.engine.dialect.name == "sqlite":
        built_in_runner(tools).work(stop)
        return
    engine = engine_of(tools, doer_of(tools))
    while not stop.is_set():
        try:
            engine.work(stop)
        except Exception:  # noqa: BLE001  # whatever it is, the worker goes on
            _log.warning("the engine stopped", again_in_seconds=BEGIN_AGAIN_SECONDS, exc_info=True)
        stop.wait(BEGIN_AGAIN_SECONDS)


def move_clock(tools: Tools, stop: threading.Event) -> None:
    """Where the clock can be moved (a demo), live through the days whenever somebody wants it moved."""
    clock = rehearsal.movable(tools.clock)
    while clock is not None and not stop.wait(LOOK_AT_CLOCK_SECONDS):
        try:
            rehearsal.go_on(clock, lambda: live(tools))
        except Exception:  # noqa: BLE001  # whatever it is, it is gone on with
            _log.warning("the clock was not moved", exc_info=True)


def main() -> None:
    """Work until a signal comes, or until the command that started this process is gone."""
    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow(stop.set)
    tools = tools_of(create_app(Settings.from_environment()))
    threading.Thread(target=move_clock, args=(tools, stop), name="demo clock", daemon=True).start()
    work(tools, stop)


if __name__ == "__main__":
    main()
