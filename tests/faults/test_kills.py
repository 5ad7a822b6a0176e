"""Workers are killed while people buy, the processor's answers are lost, buttons are pressed twice: nobody notices.

`FAULT_ORDERS` and `FAULT_KILLS` ask for a longer run and `FAULT_SEED` for another one (docs/reliability.md); the
figures are those of both databases together. People buy until so many orders are placed and so many workers killed.
"""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from portal.shared.domain.order_states import OrderState
from tests.faults import oracle
from tests.faults.application import kill
from tests.faults.buyer import Buyer
from tests.faults.proxy import Way, sometimes
from tests.faults.report import note
from tests.faults.rig import SEATS, Customer, Rig

DATABASES = 2
ORDERS = -(-int(os.environ.get("FAULT_ORDERS", "300")) // DATABASES)
KILLS = -(-int(os.environ.get("FAULT_KILLS", "50")) // DATABASES)
SEED = os.environ.get("FAULT_SEED", "4")
A_DAY = 5  # orders of one subscription that may be placed on one day
HANDS = 6
AT_ONCE = 10  # customers who come together
LOST, DOUBLED = 0.1, 0.2
# A worker is killed after so many requests, however slow the machine: at some moment of those that are under way. An
# order is four requests; a fifth fewer leaves the kills done before the orders are.
REQUESTS_A_KILL = max(1, int(3.2 * ORDERS / KILLS))


@dataclass
class Crowd:
    """Everybody who bought, and what they were told."""

    rig: Rig
    people: list[Customer] = field(default_factory=list)
    buyers: dict[int, Buyer] = field(default_factory=dict)
    bought: dict[int, list[str]] = field(default_factory=dict)
    killed: int = 0

    def come(self) -> int:
        """Some more people come and buy, until everybody is done; how many orders took effect so far."""
        newcomers = self.rig.customers(AT_ONCE)
        for who in newcomers:
            self.bought[who.account_id] = []
            self.buyers = {
                **self.buyers,
                who.account_id: self.rig.buyer(who, len(self.people), doubled=DOUBLED),
            }
        self.people += newcomers
        with ThreadPoolExecutor(HANDS) as hands:
            for done in [hands.submit(self.buy, who) for who in newcomers]:
                done.result()
        return self.placed(newcomers)

    def buy(self, who: Customer) -> None:
        """Buy as often as one may on a day, or until the bank has not answered for the last order."""
        mine = self.bought[who.account_id]
        for number in range(1, A_DAY + 1):
            order = self.buyers[who.account_id].order(SEATS + number)
            if order is None or order in mine:
                break
            mine.append(order)

    def asked(self) -> int:
        """How many requests there were."""
        return sum(one.asked for one in self.buyers.values())

    def end_workers(self, over: threading.Event) -> None:
        """Kill one worker after the other, as requests come."""
        chance = random.Random(f"kills {SEED}")
        while not over.is_set():
            if self.asked() >= REQUESTS_A_KILL * (self.killed + 1):
                time.sleep(chance.random() / 5)
                workers = self.rig.application.web_workers()
                self.killed += bool(workers) and kill(chance.choice(workers))
            time.sleep(0.01)

    def placed(self, people: list[Customer]) -> int:
        """What took effect, as far as it is known now; each intent was one order, and each order its seats."""
        placed = 0
        for who in people:
            orders = oracle.orders_of(self.rig.database, who.account_id)
            assert [f"/billing/orders/{one}" for one in orders] == self.bought[who.account_id], (
                "each intent is one order"
            )
            took_effect = sum(state is OrderState.PLACED for state in orders.values())
            assert oracle.seats(self.rig.database, who.subscription_id) == SEATS + took_effect
            placed += took_effect
        return placed


@pytest.mark.slow
def test_workers_that_are_killed_lose_no_order_and_charge_nobody_twice(rig: Rig) -> None:
    crowd, over = Crowd(rig), threading.Event()
    rig.to_processor.choose = sometimes(Way.SWALLOWED, LOST, random.Random(f"lost {SEED}"))
    with ThreadPoolExecutor(1) as hands:
        killing = hands.submit(crowd.end_workers, over)
        try:
            placed = 0
            while placed < ORDERS or crowd.killed < KILLS:
                placed += crowd.come()
        finally:
            over.set()
        killing.result()
    lost = rig.to_processor.lost
    rig.to_processor.choose = lambda: Way.GOOD
    rig.settle()
    rig.prove()
    placed = crowd.placed(crowd.people)
    for who in crowd.people:
        states = oracle.orders_of(rig.database, who.account_id).values()
        broken_off = sum(state is not OrderState.PLACED for state in states)
        assert broken_off <= 1, "only the last one may have been broken off before the charge"
    begun = sum(len(orders) for orders in crowd.bought.values())
    kind = rig.database.url.get_backend_name()
    note(4, f"{kind}: {begun} orders, {placed} of them placed, {crowd.killed} workers killed")
    note(5, f"{kind}: {lost} answers lost")
    slowest = max(crowd.buyers.values(), key=lambda one: one.slowest)
    where = rig.application.said_of(slowest.slowest_number)
    note(4, f"{kind}: slowest answer {slowest.slowest:.1f} s, while {HANDS} people buy ({where})")
    assert placed >= ORDERS
    assert crowd.killed >= KILLS
    if LOST * placed >= 10:
        assert lost, "answers were lost"
