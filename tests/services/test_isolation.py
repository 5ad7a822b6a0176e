"""What runs at once leaves what one after the other could have left: histories of our transactions, checked.

A list is the movements of one kind of an account in our ledger; a transaction takes the account's lock, reads, appends.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.records.accounts import lock_account
from portal.shared.records.database import Database
from portal.shared.records.ledger import LedgerMovement
from portal.shared.services import ledger
from tests.support.factories import NOW, an_online_account
from tests.support.isolation import List, Transaction, anomalies
from tests.support.long_form import times

THREADS, STEPS = 8, times(15, 400)
LISTS = ("x", "y")
NOTHING = Money(0, "EUR")


class GaveUp(Exception):
    """A transaction that is rolled back after it wrote."""


def _sometimes_give_up(dice: random.Random) -> None:
    if dice.random() < 0.1:
        raise GaveUp


class Bench:
    """Accounts with two lists each, and what was done to them."""

    def __init__(self, database: Database, accounts: int = 2) -> None:
        self.database, self.numbers = database, itertools.count(1)
        with database.write() as session:
            self.accounts = [an_online_account(session).id for _ in range(accounts)]

    def read(self, session: Session, account_id: int) -> dict[str, List]:
        """Both lists of an account."""
        question = (
            sa.select(LedgerMovement.kind)
            .where(LedgerMovement.account_id == account_id)
            .order_by(LedgerMovement.id)
        )
        kinds = [kind.partition(":") for kind in session.scalars(question)]
        return {
            f"{account_id}{name}": tuple(int(value) for kind, _, value in kinds if kind == name)
            for name in LISTS
        }

    def append(self, session: Session, account_id: int, names: Iterable[str]) -> dict[str, List]:
        """A value of its own to each of these lists; twice the same list gets two."""
        made: dict[str, List] = {}
        for name in names:
            value = next(self.numbers)
            ledger.post(session, account_id, f"{name}:{value}", {"cash": NOTHING}, NOW)
            made[f"{account_id}{name}"] = (*made.get(f"{account_id}{name}", ()), value)
        return made

    def final(self) -> Mapping[str, List]:
        """How the lists ended."""
        with self.database.read() as session:
            return {key: values for one in self.accounts for key, values in self.read(session, one).items()}

    def write(self, dice: random.Random) -> Transaction:
        """As every service does it: the lock of the account, then reading, then writing."""
        account_id, appends = dice.choice(self.accounts), {}
        names = dice.choices(LISTS, k=dice.randint(1, 2))
        reads: dict[str, List] = {}
        try:
            with self.database.write() as session:
                lock_account(session, account_id)
                reads = self.read(session, account_id)
                appends = self.append(session, account_id, names)
                _sometimes_give_up(dice)
        except GaveUp:
            return Transaction(reads, appends, committed=False)
        return Transaction(reads, appends)

    def look(self, dice: random.Random) -> Transaction:
        """As every page does it: one look at everything."""
        with self.database.read() as session:
            return Transaction({k: v for one in self.accounts for k, v in self.read(session, one).items()})


def at_once(act: Callable[[int], list[Transaction]], threads: int = THREADS) -> list[Transaction]:
    with ThreadPoolExecutor(threads) as pool:
        return [one for found in pool.map(act, range(threads)) for one in found]


def test_what_our_transactions_do_at_once_could_have_been_one_after_the_other(database: Database) -> None:
    bench = Bench(database)

    def work(thread: int) -> list[Transaction]:
        dice = random.Random(thread)
        return [dice.choice((bench.write, bench.write, bench.look))(dice) for _ in range(STEPS)]

    history = at_once(work)
    final = bench.final()
    assert anomalies(history, final) == []
    assert sum(len(values) for values in final.values()) > THREADS * STEPS / 3
    assert any(not one.committed for one in history)
    seen = [sum(map(len, one.reads.values())) for one in history]
    assert max(seen) > 0, "they met each other's values"


@pytest.mark.postgresql
def test_without_the_accounts_lock_the_same_check_finds_circles(postgresql_database: Database) -> None:
    bench = Bench(postgresql_database, accounts=1)
    (account_id,) = bench.accounts
    both_have_read = Barrier(2, timeout=60)

    def work(thread: int) -> list[Transaction]:
        done = []
        for _ in range(5):
            with postgresql_database.write() as session:
                reads = bench.read(session, account_id)
                both_have_read.wait()
                appends = bench.append(session, account_id, [LISTS[thread]])
            done.append(Transaction(reads, appends))
            both_have_read.wait()
        return done

    found = anomalies(at_once(work, threads=2), bench.final())
    assert len(found) == 5, "each pair wrote what the other had looked for"
    assert all(one.startswith("a circle") for one in found)


def one(reads: str = "", appends: str = "", *, committed: bool = True) -> Transaction:
    """`x12 y` reads the list x as 1, 2 and the list y as empty."""

    def lists(text: str) -> dict[str, List]:
        return {word[0]: tuple(map(int, word[1:])) for word in text.split()}

    return Transaction(lists(reads), lists(appends), committed=committed)


@pytest.mark.parametrize(
    ("history", "final", "found"),
    [
        pytest.param([one("x", "x1"), one("x1", "x2")], "x12", 0, id="one-after-the-other"),
        pytest.param([one("x1", "x2"), one("x", "x1"), one("x12")], "x12", 0, id="in-whatever-order-told"),
        pytest.param([one("x", "x1"), one("x", "x2")], "x12", 1, id="both-read-the-same-and-wrote"),
        pytest.param([one("x", "x1"), one("x", "x2")], "x2", 1, id="a-write-that-was-lost"),
        pytest.param(
            [one("x y", "x1"), one("x y", "y2")], "x1 y2", 1, id="each-wrote-what-the-other-had-read"
        ),
        pytest.param([one("", "x1 y2"), one("x1 y")], "x1 y2", 1, id="half-of-another-was-read"),
        pytest.param([one("", "x12"), one("x1")], "x12", 2, id="the-middle-of-another-was-read"),
        pytest.param([one("", "x1", committed=False), one("x1")], "x", 1, id="what-was-given-up-was-read"),
        pytest.param([one("", "x1", committed=False)], "x1", 1, id="what-was-given-up-stayed"),
        pytest.param(
            [one("x1"), one("x2"), one("", "x1"), one("", "x2")], "x12", 2, id="two-orders-of-one-list"
        ),
    ],
)
def test_the_check_finds_what_is_wrong(history: list[Transaction], final: str, found: int) -> None:
    ended = {word[0]: tuple(map(int, word[1:])) for word in final.split()}
    assert len(anomalies(history, ended)) == found, anomalies(history, ended)
