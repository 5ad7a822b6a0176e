"""Rehearsing the future: the clock moves, the days between are lived, and whoever dies on the way is gone on for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.demo_clock import DemoClock, Move
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.renewals import Renewal
from portal.shared.services import rehearsal
from portal.shared.services.rehearsal import Ahead, Refused
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.subscriptions import standing as subscriptions
from tests.support.factories import NOW, SELLER
from tests.support.shop import Customer, Shop


class Killed(BaseException):
    """Ends a process in the middle of what it does."""


@dataclass(slots=True)
class Stage:
    """A shop whose clock can be moved, and what its worker does with a day."""

    shop: Shop
    clock: DemoClock
    processor: CardProcessor

    def live(self) -> None:
        list(renew_due(self.shop.database, SELLER, self.clock.now()))
        list(collect_due(self.shop.database, self.processor, self.clock.now))

    def ahead(self, who: Customer) -> Ahead | None:
        with self.shop.database.read() as session:
            return rehearsal.next_renewal(session, session.get_one(Account, who.id), self.clock.now())

    def wish(self, until: datetime, account_id: int | None = None) -> Refused | None:
        with self.shop.database.read() as session:
            return rehearsal.wish(session, self.clock, until, account_id)

    def came(self, *accounts: int) -> list[str]:
        move = self.clock.move()
        assert move is not None
        with self.shop.database.read() as session:
            return [one.name for one in rehearsal.came_of(session, move, accounts)]


@pytest.fixture
def stage(shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    clock = DemoClock(tmp_path / "clock", shop.clock)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    yield Stage(shop, clock, processor)
    processor.close()


def test_the_next_renewal_is_the_first_period_that_is_followed_by_another(stage: Stage) -> None:
    who = stage.shop.customer(time_zone="Europe/Berlin")
    stage.shop.annual(who, began=date(2025, 9, 10))
    stage.shop.monthly(who, stage.shop.catalogue.basic, began=date(2026, 3, 1))
    ahead = stage.ahead(who)
    assert ahead is not None
    assert (ahead.on, ahead.products) == (date(2026, 4, 1), ("meet",))
    assert ahead.instant == datetime(2026, 4, 1, 7, tzinfo=UTC)  # nine in the morning, in summer


def test_what_is_cancelled_or_on_trial_does_not_renew(stage: Stage) -> None:
    who = stage.shop.customer()
    number = stage.shop.monthly(who)
    stage.shop.trial(who, stage.shop.catalogue.basic)
    with stage.shop.database.write() as session:
        subscriptions.cancel(session, who.id, number, who.person_id, NOW)
    assert stage.ahead(who) is None


def test_an_account_is_moved_to_its_renewal_and_the_invoice_is_there(stage: Stage) -> None:
    who, other = stage.shop.customer(), stage.shop.customer()
    number = stage.shop.monthly(who, began=date(2026, 3, 1))
    ahead = stage.ahead(who)
    assert ahead is not None
    assert stage.wish(ahead.instant, who.id) is None
    assert rehearsal.go_on(stage.clock, stage.live)
    assert stage.clock.now() == ahead.instant
    (name,) = stage.came(who.id, other.id)
    (invoice,) = stage.shop.rows(Invoice, name=name)
    assert invoice.issued_on == date(2026, 4, 1)
    assert stage.shop.subscription(number).period_start == date(2026, 4, 1)
    move = stage.clock.move()
    assert move is not None
    assert move.done
    assert not rehearsal.go_on(stage.clock, stage.live), "a move that is done is not done again"


@pytest.mark.parametrize(
    "begins",
    [datetime(2026, 3, 26, 22, 30, tzinfo=UTC), datetime(2026, 10, 22, 22, 30, tzinfo=UTC)],
    ids=["into-summer", "into-winter"],
)
def test_no_local_day_passes_unseen(stage: Stage, begins: datetime) -> None:
    stage.shop.clock.set(begins)
    berlin, seen = ZoneInfo("Europe/Berlin"), set()
    until = begins + timedelta(days=7)
    stage.wish(until)
    rehearsal.go_on(stage.clock, lambda: seen.add(stage.clock.now().astimezone(berlin).date()))
    first = begins.astimezone(berlin).date()
    days = (until.astimezone(berlin).date() - first).days
    assert seen == {first + timedelta(days=number) for number in range(days + 1)}


def test_a_failed_payment_is_tried_again_on_its_days_and_then_given_up(stage: Stage) -> None:
    who = stage.shop.customer(card="declined")
    number = stage.shop.monthly(who, began=date(2026, 3, 1))
    stage.wish(NOW + timedelta(days=60))
    rehearsal.go_on(stage.clock, stage.live)
    assert stage.shop.subscription(number).ended_on == date(2026, 4, 10)
    assert len(stage.shop.mails("payment-failed")) == 3
    assert len(stage.shop.mails("subscription-expired")) == 1


@pytest.mark.parametrize("dies_at", [1, 2, 43, 60], ids=lambda number: f"look-{number}")
def test_a_move_that_was_killed_is_gone_on_with(stage: Stage, dies_at: int) -> None:
    who = stage.shop.customer()
    stage.shop.monthly(who, began=date(2026, 3, 1))
    until = NOW + timedelta(days=90)
    stage.wish(until)
    with pytest.raises(Killed):
        rehearsal.go_on(stage.clock, _dying(stage.live, dies_at))
    move = stage.clock.move()
    assert move is not None
    assert not move.done
    assert stage.wish(until + timedelta(days=5)) is Refused.MOVING
    assert rehearsal.go_on(stage.clock, stage.live)
    assert stage.clock.now() == until
    assert [row.period_start for row in stage.shop.rows(Renewal)] == [
        date(2026, 4, 1),
        date(2026, 5, 1),
        date(2026, 6, 1),
    ]
    assert len(stage.came(who.id)) == 3


def test_who_comes_second_leaves_the_clock_to_the_first(stage: Stage) -> None:
    stage.wish(NOW + timedelta(days=1))
    with stage.clock.alone():
        assert not rehearsal.go_on(stage.clock, stage.live)
    assert stage.clock.now() == NOW


@pytest.mark.parametrize(
    ("until", "refused"),
    [
        (NOW - timedelta(seconds=1), Refused.BACKWARD),
        (NOW + timedelta(days=732), Refused.TOO_FAR),
        (NOW + timedelta(days=731), None),
    ],
    ids=["back", "too-far", "two-years"],
)
def test_the_clock_moves_forward_and_not_for_ever(
    stage: Stage, until: datetime, refused: Refused | None
) -> None:
    assert stage.wish(until) is refused
    assert (stage.clock.move() is None) is (refused is not None)


def test_how_far_it_is_is_told_on_the_way(stage: Stage) -> None:
    told: list[datetime] = []
    stage.wish(NOW + timedelta(days=3))
    rehearsal.go_on(stage.clock, stage.live, told.append)
    assert told == [NOW + timedelta(hours=12 * number) for number in range(1, 7)]


def test_a_move_without_a_wish_is_none(stage: Stage) -> None:
    assert not rehearsal.go_on(stage.clock, stage.live)
    stage.clock.begin(Move(NOW, NOW))
    assert rehearsal.go_on(stage.clock, stage.live)


def _dying(live: Callable[[], None], number: int) -> Callable[[], None]:
    """What a worker does with a day, until it is killed at the look with this number, half of it done."""
    looks = iter(range(1, number + 1))

    def once() -> None:
        live()
        if next(looks) == number:
            raise Killed

    return once
