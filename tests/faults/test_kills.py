"""Workers are killed while people buy, the processor's answers are lost, buttons are pressed twice: nobody notices.

`FAULT_ORDERS` and `FAULT_KILLS` ask for a longer run (docs/reliability.md).
"""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.shared.domain.order_states import OrderState
from tests.faults import oracle
from tests.faults.application import kill
from tests.faults.proxy import Way, sometimes
from tests.faults.report import note
from tests.faults.rig import SEATS, Customer, Rig

ORDERS = int(os.environ.get("FAULT_ORDERS", "150"))
KILLS = int(os.environ.get("FAULT_KILLS", "25"))
A_DAY = 5  # orders of one subscription that may be placed on one day
HANDS = 6
LOST, DOUBLED = 0.1, 0.2
# A worker is killed after so many requests, however slow the machine: at some moment of those that are under way.
REQUESTS_A_KILL = 4 * ORDERS // KILLS


@pytest.mark.slow
def test_workers_that_are_killed_lose_no_order_and_charge_nobody_twice(rig: Rig) -> None:
    people = rig.customers(-(-ORDERS // A_DAY))
    rig.to_processor.choose = sometimes(Way.SWALLOWED, LOST, random.Random(4))
    bought: dict[int, list[str]] = {who.account_id: [] for who in people}
    buying = threading.Event()
    buying.set()

    buyers = {who.account_id: rig.buyer(who, doubled=DOUBLED) for who in people}

    def buy(who: Customer) -> None:
        for number in range(1, A_DAY + 1):
            order = buyers[who.account_id].order(SEATS + number)
            if order is None or order in bought[who.account_id]:
                break  # the bank has not answered for this account's last order
            bought[who.account_id].append(order)

    def end_workers() -> int:
        chance, killed = random.Random(7), 0
        while buying.is_set():
            if sum(one.asked for one in buyers.values()) >= REQUESTS_A_KILL * (killed + 1):
                time.sleep(chance.random() / 5)
                workers = rig.application.web_workers()
                killed += bool(workers) and kill(chance.choice(workers))
            time.sleep(0.01)
        return killed

    with ThreadPoolExecutor(HANDS + 1) as hands:
        killing = hands.submit(end_workers)
        try:
            for done in [hands.submit(buy, who) for who in people]:
                done.result()
        finally:
            buying.clear()
        killed = killing.result()
    lost = rig.to_processor.lost
    rig.to_processor.choose = lambda: Way.GOOD
    rig.settle()
    rig.prove()
    placed = 0
    for who in people:
        orders = oracle.orders_of(rig.database, who.account_id)
        assert [f"/billing/orders/{one}" for one in orders] == bought[who.account_id], (
            "each intent is one order"
        )
        took_effect = sum(state is OrderState.PLACED for state in orders.values())
        assert len(orders) - took_effect <= 1, "only the last one may have been broken off before the charge"
        assert oracle.seats(rig.database, who.subscription_id) == SEATS + took_effect
        placed += took_effect
    ended = sum(len(orders) for orders in bought.values())
    kind = rig.database.url.get_backend_name()
    note(4, f"{kind}: {ended} orders, {placed} of them placed, {killed} workers killed")
    note(5, f"{kind}: {lost} answers lost")
    slowest = max(one.slowest for one in buyers.values())
    note(4, f"{kind}: slowest answer {slowest:.1f} s, while {HANDS} people buy")
    assert killed >= KILLS * 0.6, "enough of them were killed"
    assert placed >= ORDERS * 0.5, "most people could buy"
