"""Many threads, many processes and kills: one capture a key, and a book that stays whole."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal.shared.gateways.cards import Outcome
from portal.shared.gateways.sandbox.processor import BOOK_FILE, SandboxProcessor
from tests.gateways.shop import Shop
from tests.support.hanging import HUNG

PROJECT = Path(__file__).parents[2]

# Charges order after order, and says so on its output after each answer, until it is killed.
CHARGES_FOR_EVER = """
import itertools, sys
from pathlib import Path
from portal.shared.gateways.sandbox.processor import SandboxProcessor
folder, token, name = sys.argv[1:]
processor = SandboxProcessor(Path(folder))
print("started", flush=True)
for number in itertools.count(1):
    result = processor.charge(
        key=f"{name}-{number}", amount_minor=number, currency="EUR", card_token=token, return_path="/"
    )
    print(f"{name}-{number}", result.outcome, flush=True)
"""

# Opens the book at the same moment as its brothers, and charges one and the same key.
CHARGES_ONE_KEY = """
import sys
from pathlib import Path
from portal.shared.gateways.sandbox.processor import SandboxProcessor
folder, key = sys.argv[1:]
processor = SandboxProcessor(Path(folder))
print("started", flush=True)
sys.stdin.readline()
card = processor.issue_card("visa", expiry_month=12, expiry_year=2031)
print(processor.charge(
    key=key + card.token, amount_minor=5, currency="EUR", card_token=card.token, return_path="/"
).outcome, flush=True)
"""

# Uses the book, forks as a server with workers does, and uses it on both sides.
FORKS_AFTER_USE = """
import os, sys
from pathlib import Path
from portal.shared.gateways.sandbox.processor import SandboxProcessor
processor = SandboxProcessor(Path(sys.argv[1]))
card = processor.issue_card("visa", expiry_month=12, expiry_year=2031)
def charge(key):
    print(processor.charge(
        key=key, amount_minor=5, currency="EUR", card_token=card.token, return_path="/"
    ).outcome, flush=True)
charge("parent-1")
child = os.fork()
if child == 0:
    charge("child")
    os._exit(0)
os.waitpid(child, 0)
charge("parent-2")
"""


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_eight_threads_with_the_same_key_capture_once(shop: Shop) -> None:
    card = shop.card()
    start_line = threading.Barrier(8)

    def charge_twenty(_thread: int) -> list[str | None]:
        start_line.wait()
        return [shop.charge(f"A{number}", card).reference for number in range(20)]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(charge_twenty, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(shop.processor.book.captures()) == 20
    assert shop.processor.book.totals() == {"BRL": 20 * 63000}


def test_a_charge_and_its_cancellation_at_once_agree(shop: Shop) -> None:
    card = shop.card()
    with ThreadPoolExecutor(8) as threads:
        for number in range(40):
            key = f"A{number}"
            charged = threads.submit(shop.charge, key, card)
            cancelled = threads.submit(shop.processor.cancel, key)
            assert charged.result().outcome is cancelled.result().outcome
            assert shop.processor.charge_status(key).outcome is charged.result().outcome
    approved = [
        f"A{n}" for n in range(40) if shop.processor.charge_status(f"A{n}").outcome is Outcome.APPROVED
    ]
    assert sorted(capture.key for capture in shop.processor.book.captures()) == sorted(approved)


def test_refunds_at_once_never_exceed_the_capture(shop: Shop) -> None:
    shop.charge("A1", shop.card(), 1000)

    def refund(_attempt: int) -> bool:
        try:
            shop.processor.book.refund("A1", 300)
        except ValueError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(refund, range(16))) == 3
    assert shop.processor.book.totals() == {"BRL": 100}


def test_processes_may_open_a_new_book_at_the_same_moment(tmp_path: Path) -> None:
    processes = [start(CHARGES_ONE_KEY, str(tmp_path), "A1") for _ in range(6)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=HUNG)[0] for process in processes] == ["approved\n"] * 6
    processor = SandboxProcessor(tmp_path)
    assert processor.book.totals() == {"EUR": 30}
    processor.close()


def test_after_kills_the_book_is_whole_and_has_every_answer_that_was_given(tmp_path: Path) -> None:
    shop = Shop(SandboxProcessor(tmp_path))
    token = shop.card().token
    dice = random.Random(20261122)
    answered: dict[str, str] = {}
    for number in range(10):
        process = start(CHARGES_FOR_EVER, str(tmp_path), token, f"run{number}")
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(dice.uniform(0.005, 0.06))  # let it work; the kill may fall on any statement
        os.kill(process.pid, signal.SIGKILL)
        output, _errors = process.communicate(timeout=HUNG)
        answered |= dict(line.split() for line in output.splitlines() if len(line.split()) == 2)
    assert len(answered) >= 10
    captures = {capture.key: capture.amount_minor for capture in shop.processor.book.captures()}
    assert set(answered.values()) == {"approved"}
    assert answered.keys() <= captures.keys()
    assert len(captures) - len(answered) <= 10  # at most one answer a kill was on its way
    assert all(amount == int(key.partition("-")[2]) for key, amount in captures.items())
    shop.processor.close()
    book = sqlite3.connect(tmp_path / BOOK_FILE)
    try:
        assert book.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert book.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        book.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only systems with fork have forked servers")
def test_a_forked_worker_does_not_use_its_parents_connection(tmp_path: Path) -> None:
    server = start(FORKS_AFTER_USE, str(tmp_path))
    output, _errors = server.communicate(timeout=HUNG)
    assert output.split() == ["approved", "approved", "approved"]
    processor = SandboxProcessor(tmp_path)
    assert [capture.key for capture in processor.book.captures()] == ["child", "parent-1", "parent-2"]
    processor.close()
