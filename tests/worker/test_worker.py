"""The worker does all of its jobs again and again, whatever one of them runs into."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from portal import lifeline
from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.lifeline import Lifeline, follow
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.cards import ChargeResult
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.demo_mail import DemoMailbox
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.worker import Job, UnsettledChargesError, attempt, jobs_of, settle_unanswered, work
from tests.support.factories import NOW, a_catalogue
from tests.support.faults import FaultyProcessor
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


def test_an_unanswered_charge_is_settled_when_its_time_has_come(shop: Shop) -> None:
    reference = unanswered_order(shop)
    assert settle_unanswered(shop.database, shop.processor, shop.clock) == 0
    shop.clock.advance(timedelta(minutes=6))
    assert settle_unanswered(shop.database, shop.processor, shop.clock) == 1
    assert shop.state(reference) is OrderState.PLACED
    assert settle_unanswered(shop.database, shop.processor, shop.clock) == 0


def test_an_order_that_cannot_be_settled_does_not_keep_the_others_back(shop: Shop) -> None:
    stuck, other = unanswered_order(shop), unanswered_order(shop)
    shop.clock.advance(timedelta(minutes=6))
    processor = Stubborn(shop.processor)
    processor.refuses = stuck
    with pytest.raises(UnsettledChargesError, match="1 of 2"):
        settle_unanswered(shop.database, processor, shop.clock)
    assert shop.state(other) is OrderState.PLACED
    assert settle_unanswered(shop.database, shop.processor, shop.clock) == 1
    assert shop.state(stuck) is OrderState.PLACED


def test_two_workers_at_once_settle_an_order_once(shop: Shop) -> None:
    reference = unanswered_order(shop)
    shop.clock.advance(timedelta(minutes=6))
    together(lambda: settle_unanswered(shop.database, shop.processor, shop.clock), 4)
    assert shop.state(reference) is OrderState.PLACED
    assert len(shop.mails("order-placed")) == 1


def test_three_workers_deliver_a_mail_once(shop: Shop, tmp_path: Path) -> None:
    settings = Settings(
        database_url="sqlite:///unused",
        secret_key="k" * 40,
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        demo=True,
    )
    app = create_app(settings, clock=shop.clock, database=shop.database, processor=shop.processor)
    who = shop.customer()
    shop.order(who, want(shop.trial(who), shop.catalogue.standard, 2))
    jobs = [job for _ in range(3) for job in jobs_of(app)]
    together(lambda: [job.run() for job in jobs], 2)
    assert len(DemoMailbox(tmp_path / "mail").newest()) == 1
    assert all(mail.sent_at is not None for mail in shop.mails("order-placed"))


def test_a_job_that_fails_is_tried_again_after_a_growing_pause() -> None:
    def fail() -> None:
        raise ValueError("not today")

    job = Job("failing", fail)
    attempt(job)
    first = job.not_before
    attempt(job)
    assert job.failures == 2
    assert job.not_before > first


def test_a_success_ends_the_pauses() -> None:
    job = Job("mended", lambda: None, failures=5)
    attempt(job)
    assert job.failures == 0


def test_one_failing_job_does_not_stop_the_others() -> None:
    stop, rounds = threading.Event(), 0

    def fail() -> None:
        raise ValueError("never")

    def count() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            stop.set()

    work([Job("failing", fail), Job("counting", count)], stop, pause=0.001)
    assert rounds == 3


def test_no_job_begins_after_the_end_was_asked_for() -> None:
    stop, done = threading.Event(), []
    work([Job("last", stop.set), Job("too late", lambda: done.append(1))], stop, pause=0.001)
    assert done == []


def test_who_follows_hears_the_end_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    line, ended = Lifeline(), threading.Event()
    for name, value in line.environment().items():
        monkeypatch.setenv(name, value)
    follow(ended.set)
    assert not ended.wait(0.05)
    os.close(line._writer)
    assert ended.wait(5)
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
