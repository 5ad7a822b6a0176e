"""`demo-clock` as somebody types it: real processes, killed in the middle, and what they print."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.shared.demo.cast import Cast
from portal.shared.demo.seeding import seed
from portal.shared.gateways.demo_clock import DemoClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.renewals import Renewal
from portal.shared.services import ledger
from tests.demo.conftest import stage_with
from tests.support.source_files import ROOT

PATIENCE_SECONDS = 120


@pytest.fixture
def demo(database: Database, tmp_path: Path, cast: Cast) -> Iterator[Database]:
    """A cast of today, on either kind of database."""
    processor = SandboxProcessor(tmp_path)
    assert seed(stage_with(database, processor), cast, datetime.now(UTC))
    processor.close()
    yield database
    with database.read() as session:
        assert ledger.verify(session) == []


def test_an_account_is_moved_to_its_renewal(demo: Database, tmp_path: Path) -> None:
    name = _account_name(demo)
    outcome = _ended(demo, tmp_path, "--renewal", name)
    assert outcome.returncode == 0, outcome.stderr
    invoice, stands = outcome.stdout.splitlines()
    assert "  invoice of " in invoice
    assert invoice.endswith(f"  {name}")
    assert stands.startswith("The demo's clock stands at ")


def test_a_move_that_was_killed_is_gone_on_with(demo: Database, tmp_path: Path) -> None:
    clock = DemoClock(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", "demo-clock", "--days", "100"],
        cwd=ROOT,
        env=_environment(demo, tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while clock.ahead < timedelta(days=20):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    move = clock.move()
    assert move is not None
    assert not move.done
    outcome = _ended(demo, tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stderr.startswith("Going on with a move that was begun before.\n")
    assert clock.now() >= move.until
    with demo.read() as session:
        periods = [(row.subscription_id, row.period_start) for row in session.query(Renewal)]
    assert len(periods) == len(set(periods)) > 10


def test_what_cannot_be_done_is_said_in_a_sentence(demo: Database, tmp_path: Path) -> None:
    for arguments, said in (
        (("--renewal", "Nobody Ltd."), "There is no account Nobody Ltd.."),
        (("--to", "2020-01-01"), "The clock only moves forward; choose a later day."),
    ):
        outcome = _ended(demo, tmp_path, *arguments)
        assert (outcome.returncode, outcome.stdout, outcome.stderr.splitlines()) == (2, "", [said])
    assert _ended(demo, tmp_path, "--days", "732").returncode == 2


def test_a_database_without_a_demo_keeps_its_time(database: Database, tmp_path: Path) -> None:
    outcome = _ended(database, tmp_path, "--days", "3")
    assert outcome.returncode == 2
    assert outcome.stderr.splitlines() == ["There is no demo in this database; nothing was moved."]
    assert DemoClock(tmp_path).move() is None


def _ended(database: Database, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", "demo-clock", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        cwd=ROOT,
        env=_environment(database, folder),
    )


def _environment(database: Database, folder: Path) -> dict[str, str]:
    url = database.url.render_as_string(hide_password=False)
    others = {key: value for key, value in os.environ.items() if key != "DEMO"}
    return {**others, "DATA_DIR": str(folder), "DATABASE_URL": url}


def _account_name(database: Database) -> str:
    with database.read() as session:
        return session.get_one(Account, 1).name
