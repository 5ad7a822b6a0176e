"""The demo's clock: one for all processes, never backward, and a restart forgets nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.demo_clock import DemoClock, Move, forget
from portal.shared.gateways.sandbox.processor import SandboxProcessor

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=40)


@pytest.fixture
def machine() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def clock(tmp_path: Path, machine: FixedClock) -> DemoClock:
    return DemoClock(tmp_path, machine)


def test_a_clock_nobody_moved_is_the_machines(clock: DemoClock) -> None:
    assert clock.now() == NOON
    assert clock.move() is None


def test_a_moved_clock_goes_on_with_the_machine(clock: DemoClock, machine: FixedClock) -> None:
    clock.stand_at(LATER)
    machine.advance(timedelta(hours=3))
    assert clock.now() == LATER + timedelta(hours=3)


def test_it_never_moves_back(clock: DemoClock) -> None:
    clock.stand_at(LATER)
    clock.stand_at(NOON)
    assert clock.now() == LATER


def test_another_process_and_a_restart_know_how_far_it_is(
    clock: DemoClock, machine: FixedClock, tmp_path: Path
) -> None:
    clock.begin(Move(NOON, LATER, account_id=7, after_invoice=3))
    clock.stand_at(LATER)
    other = DemoClock(tmp_path, machine)
    assert other.now() == LATER
    assert other.move() == Move(NOON, LATER, account_id=7, after_invoice=3)


def test_a_second_move_waits_until_the_first_one_is_done(clock: DemoClock) -> None:
    assert clock.begin(Move(NOON, LATER))
    assert not clock.begin(Move(NOON, LATER + timedelta(days=1)))
    clock.finish()
    assert clock.begin(Move(NOON, LATER + timedelta(days=1)))


def test_one_moves_it_at_a_time(clock: DemoClock, machine: FixedClock, tmp_path: Path) -> None:
    with clock.alone() as mine, DemoClock(tmp_path, machine).alone() as others:
        assert (mine, others) == (True, False)
    with clock.alone() as mine:
        assert mine


def test_a_demo_that_starts_over_has_the_machines_time(clock: DemoClock, tmp_path: Path) -> None:
    clock.stand_at(LATER)
    forget(tmp_path)
    assert clock.now() == NOON
    assert list(tmp_path.iterdir()) == []


def test_the_sandbox_processor_lives_by_it(clock: DemoClock, tmp_path: Path) -> None:
    processor = SandboxProcessor(tmp_path, clock=clock)
    card = processor.issue_card("visa", expiry_month=3, expiry_year=2026)
    clock.stand_at(LATER)
    charged = processor.charge(
        key="k", amount_minor=100, currency="EUR", card_token=card.token, return_path="/"
    )
    assert charged.reason == "expired_card"
    processor.close()
