"""The worker looks for regular work, leaves errands to jobs, and does them, whatever one of them runs into."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal import lifeline
from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.lifeline import Lifeline, follow
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.cards import CardProcessor, ChargeResult
from portal.shared.gateways.clock import FixedClock, SystemClock
from portal.shared.gateways.demo_mail import DemoMailbox
from portal.shared.gateways.mail import mail_id
from portal.shared.gateways.procrastinate_engine import cron_of
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records import jobs
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.renewals import Collection, Renewal
from portal.shared.services.background.sweeps import SWEEPS, live
from portal.shared.services.background.tools import Tools
from portal.shared.services.jobs import overview
from portal.shared.services.jobs.built_in import BuiltInRunner
from portal.shared.services.jobs.doing import Doer
from portal.shared.services.jobs.enqueueing import enqueue
from portal.worker import doer_of, work
from portal.worker import tools_of as worker_tools
from tests.support.crash_worker import NoMail, tools_with, work_off
from tests.support.demo_house import open_house
from tests.support.factories import NOW, a_catalogue
from tests.support.faults import FaultyProcessor
from tests.support.hanging import HUNG
from tests.support.job_bench import Bench
from tests.support.shop import Shop, want


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path, clock=clock)
    with database.write() as session:
        catalogue = a_catalogue(session)
    shop = Shop(database, processor, clock, catalogue)
    yield shop
    shop.prove()
    processor.close()


def unanswered_order(shop: Shop) -> str:
    """An order whose charge was made, but whose answer was lost."""
    who = shop.customer()
    subscription = shop.trial(who)
    lost = FaultyProcessor(shop.processor, lose_charge=True)
    placed = shop.order(who, want(subscription, shop.catalogue.standard, 2), processor=lost)
    assert placed.state is OrderState.CHECKING
    return placed.reference


class Stubborn(FaultyProcessor):
    """A processor whose answers about one charge cannot be understood."""

    refuses = ""

    def charge_status(self, key: str) -> ChargeResult:
        if key == self.refuses:
            raise RuntimeError("no such thing as an answer")
        return super().charge_status(key)


def tools_of(shop: Shop, processor: CardProcessor | None = None) -> Tools:
    return tools_with(shop.database, processor or shop.processor, shop.clock)


def look(tools: Tools, name: str) -> None:
    """One sweep, which leaves errands to jobs."""
    assert doer_of(tools).sweep(name)


def queue(database: Database) -> list[str]:
    """The tasks of the jobs that wait, run or failed."""
    with database.read() as session:
        return sorted(one.task for one in overview.jobs(session, NOW))


def test_an_unanswered_charge_is_settled_when_its_time_has_come(shop: Shop) -> None:
    reference, tools = unanswered_order(shop), tools_of(shop)
    look(tools, "charges")
    assert "settle-charge" not in queue(shop.database)
    shop.clock.advance(timedelta(minutes=6))
    look(tools, "charges")
    look(tools, "charges")
    assert queue(shop.database).count("settle-charge") == 1, "it is in the queue once"
    work_off(tools)
    assert shop.state(reference) is OrderState.PLACED
    look(tools, "charges")
    assert "settle-charge" not in queue(shop.database)


def test_an_order_that_cannot_be_settled_does_not_keep_the_others_back(shop: Shop) -> None:
    stuck, other = unanswered_order(shop), unanswered_order(shop)
    shop.clock.advance(timedelta(minutes=6))
    processor = Stubborn(shop.processor)
    processor.refuses = stuck
    look(tools_of(shop, processor), "charges")
    work_off(tools_of(shop, processor))
    with shop.database.read() as session:
        jobs = overview.jobs(session, shop.clock.now())
    assert shop.state(other) is OrderState.PLACED, jobs
    (left,) = [one for one in jobs if one.task == "settle-charge"]
    assert left.arguments == {"reference": stuck}
    assert left.error.startswith("RuntimeError in ")
    live(tools_of(shop))
    assert shop.state(stuck) is OrderState.PLACED


def test_many_workers_at_once_settle_an_order_once(shop: Shop) -> None:
    reference = unanswered_order(shop)
    shop.clock.advance(timedelta(minutes=6))
    together(lambda: live(tools_of(shop)), 4)
    assert shop.state(reference) is OrderState.PLACED
    assert len(shop.mails("order-placed")) == 1


@pytest.mark.slow
def test_a_worker_that_is_killed_after_the_charge_charges_once(shop: Shop, tmp_path: Path) -> None:
    who, tools = shop.customer(), tools_of(shop)
    shop.monthly(who)
    shop.later(days=40)
    for name in ("renewals", "collections"):
        look(tools, name)
        if name == "renewals":
            work_off(tools)
    assert shop.captured() == {}
    url = shop.database.url.render_as_string(hide_password=False)
    words = [url, str(tmp_path), shop.clock.now().isoformat()]
    worker = [sys.executable, "-m", "tests.support.crash_worker", *words]
    assert subprocess.run(worker, check=False, timeout=HUNG).returncode == -9
    (taken,) = shop.captured().values()
    assert [one.state for one in shop.rows(Collection)] == ["waiting"]
    bench = Bench(shop.database, {})
    bench.notice()
    bench.wait_for_pauses()
    shop.later(minutes=10)  # longer than a lease, and than a charge without an answer is left alone
    for name in ("charges", "collections"):
        work_off(tools)
        look(tools, name)
    work_off(tools)
    assert [one.state for one in shop.rows(Collection)] == ["paid"]
    assert list(shop.captured().values()) == [taken], "the second worker asked with the same key"
    assert queue(shop.database) == []


def test_every_sweep_and_every_task_goes_well_with_nothing_to_do_and_with_something(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    unanswered_order(shop)
    tools = tools_of(shop)
    for days in (0, 40):
        shop.clock.advance(timedelta(days=days))
        for one in SWEEPS:
            look(tools, one.name)
            work_off(tools)
    assert queue(shop.database) == []
    assert shop.rows(Renewal)
    assert all(mail.sent_at is not None for mail in shop.rows(OutboxMail))


def test_three_workers_deliver_a_mail_once(shop: Shop) -> None:
    tools = tools_of(shop)
    assert isinstance(tools.mailer, NoMail)
    who = shop.customer()
    shop.order(who, want(shop.trial(who), shop.catalogue.standard, 2))
    together(lambda: work_off(tools), 3)
    assert len(tools.mailer.keys) == len(set(tools.mailer.keys)) == 1
    assert all(mail.sent_at is not None for mail in shop.mails("order-placed"))


def test_the_worker_of_an_application_works_until_it_is_told_to_stop(shop: Shop, tmp_path: Path) -> None:
    settings = Settings(
        database_url="sqlite:///unused",
        secret_key="k" * 40,
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        demo=True,
    )
    app = create_app(settings, clock=shop.clock, database=shop.database, processor=shop.processor)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(worker_tools(app), stop))
    worker.start()
    try:
        who = shop.customer()
        shop.order(who, want(shop.trial(who), shop.catalogue.standard, 2))
        box, deadline = DemoMailbox(tmp_path / "mail"), time.monotonic() + 60
        while shop.mails("order-placed")[0].sent_at is None and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        stop.set()
        worker.join(30)
    assert not worker.is_alive()
    (mail,) = shop.mails("order-placed")
    assert [one.to for one in box.newest() if one.id == mail_id(mail.dedupe_key)] != []


def test_the_cast_of_a_demo_leaves_no_jobs(demo_stage: Path, tmp_path: Path) -> None:
    with open_house(demo_stage, tmp_path / "house") as house:
        assert queue(house.database) == []


def test_what_fails_again_and_again_is_kept_with_its_name_and_keeps_nothing_else_back(
    sqlite_database: Database,
) -> None:
    done: list[str] = []

    def never() -> None:
        raise ValueError("Ana")

    clock = FixedClock(NOW)
    doer = Doer(sqlite_database, clock, {}, {"never": never, "always": lambda: done.append("x")})
    runner = BuiltInRunner(doer, {"never": timedelta(minutes=1), "always": timedelta(minutes=1)})
    for seconds in (0, 1, 61, 61):
        clock.advance(timedelta(seconds=seconds))
        runner.one_round()
    with sqlite_database.read() as session:
        found = jobs.sweeps(session)
        assert (found["never"].failures, found["never"].ended_at) == (3, None)
        assert found["never"].error.startswith("ValueError in tests/worker/")
        assert (found["always"].failures, found["always"].error, len(done)) == (0, "", 3)


def test_regular_work_is_done_by_one_of_many_workers(sqlite_database: Database) -> None:
    runner = BuiltInRunner(Doer(sqlite_database, FixedClock(NOW), {}, {}), {})
    given: list[bool] = []
    together(lambda: given.append(runner.claim("renewals", timedelta(minutes=1))), 5)
    assert sorted(given) == [False, False, False, False, True]


def test_a_long_job_keeps_its_lease(sqlite_database: Database) -> None:
    begun: list[str] = []

    def long() -> None:
        begun.append("x")
        time.sleep(1.2)

    doer = Doer(sqlite_database, SystemClock(), {"long": long}, {})
    with sqlite_database.write() as session:
        enqueue(session, "long", {}, NOW)
    lease = timedelta(seconds=0.6)
    first = threading.Thread(target=BuiltInRunner(doer, {}, lease=lease).work_off)
    first.start()
    deadline = time.monotonic() + 30
    while first.is_alive() and time.monotonic() < deadline:
        BuiltInRunner(doer, {}, lease=lease).work_off()
        time.sleep(0.05)
    first.join()
    assert (len(begun), queue(sqlite_database)) == (1, [])


@pytest.mark.parametrize(
    ("every", "cron"),
    [(1, "*/1 * * * *"), (5, "*/5 * * * *"), (60, "0 * * * *"), (360, "0 */6 * * *"), (1440, "0 0 * * *")],
)
def test_how_often_is_told_to_the_engine(every: int, cron: str) -> None:
    assert cron_of(timedelta(minutes=every)) == cron


@pytest.mark.parametrize("seconds", [0, 30, 420, 5 * 3600, 2 * 86400])
def test_what_no_engine_can_keep_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match="no part"):
        cron_of(timedelta(seconds=seconds))


def test_every_sweep_can_be_told_to_the_engine() -> None:
    assert all(cron_of(one.every) for one in SWEEPS)
    assert len({one.name for one in SWEEPS}) == len(SWEEPS)


def test_who_follows_hears_the_end_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    line, ended = Lifeline(), threading.Event()
    for name, value in line.environment().items():
        monkeypatch.setenv(name, value)
    follow(ended.set)
    assert not ended.wait(0.05)
    os.close(line._writer)
    assert ended.wait(HUNG)
    os.close(line.reader)


def test_without_a_command_nobody_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(lifeline._VARIABLE, raising=False)
    before = threading.active_count()
    follow(lambda: pytest.fail("there is nobody to follow"))
    assert threading.active_count() == before


def together(doing: Callable[[], object], times: int) -> None:
    threads = [threading.Thread(target=doing) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
