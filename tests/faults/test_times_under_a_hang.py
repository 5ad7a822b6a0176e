"""While somebody hangs, pages that do not need them take no longer than before: a figure of the long form.

Pages are asked for in turns, some while all is well and some while requests hang, so that a busy machine is as busy for
both. Besides the time on the clock the processor time of the web server's processes is compared, which others do not
disturb.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.buyer import LONGEST_SECONDS, Buyer
from tests.faults.proxy import Proxy, Way
from tests.faults.report import note, within
from tests.faults.rig import SEATS, Customer, Rig
from tests.faults.test_dependencies import GERMAN, Provider, provider, sent_to_the_provider, standing
from tests.support.long_form import LONG
from tests.support.visitor import filled

__all__ = ["provider", "standing"]  # the fixtures of this file
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not LONG, reason="a time, which only the long form asserts"),
]
PAGES = ("/billing/", "/billing/invoices", "/help/")
ROUNDS, A_ROUND, HANGING = 8, 8, 3
MOST = 1.2  # times the normal time
Times = list[tuple[float, float]]  # seconds on the clock and of the processor, of each page


def order(rig: Rig, who: Customer) -> None:
    rig.buyer(who).order(SEATS + 1)


def type_a_number(rig: Rig, who: Customer) -> None:
    buyer = rig.buyer(who)
    edit = f"/billing/subscriptions/{who.subscription_id}/edit"
    form = buyer.get(edit).form("/edit")
    assert form is not None
    buyer.post(edit, filled(form, {"seats": str(SEATS + 1)}))
    number = buyer.get("/billing/checkout").form("/vat-number")
    assert number is not None
    buyer.post(number.action, filled(number, {"vat_number": GERMAN}))


def measured(rig: Rig, buyer: Buyer, pages: int) -> Times:
    """Ask for so many pages, one after the other."""
    found = []
    for number in range(pages):
        used, began = _processor_seconds(rig), time.perf_counter()
        assert buyer.once("GET", PAGES[number % len(PAGES)]).status == 200
        found.append((time.perf_counter() - began, _processor_seconds(rig) - used))
    return found


def _processor_seconds(rig: Rig) -> float:
    """What all threads of the web server's processes have used so far, as the kernel counts it."""
    spent = 0
    for worker in rig.application.web_workers():
        for thread in Path(f"/proc/{worker}/task").iterdir():
            spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


@contextmanager
def hanging(way: Proxy, hang: list[Callable[[], None]]) -> Iterator[None]:
    """Requests wait for somebody who does not answer."""
    with ThreadPoolExecutor(len(hang)) as hands:
        with way.being(Way.SILENT):
            waiting = [hands.submit(one) for one in hang]
            time.sleep(0.5)  # most of them hang by now
            yield
        for one in waiting:
            one.result()


@pytest.mark.parametrize("who_hangs", ["card processor", "tax registry", "identity provider", "mail server"])
def test_pages_that_do_not_need_who_hangs_are_as_quick_as_ever(
    standing: Rig, provider: Provider, who_hangs: str
) -> None:
    rig, kind = standing, standing.database.url.get_backend_name()
    way = {
        "card processor": rig.to_processor,
        "tax registry": rig.to_registry,
        "identity provider": provider.way,
        "mail server": rig.to_mail,
    }[who_hangs]
    (reader,) = rig.customers(1)
    buyer, well, hung = rig.buyer(reader), Times(), Times()
    email = provider.of(rig, reader, "hung") if who_hangs == "identity provider" else ""
    measured(rig, buyer, 6 * len(PAGES))  # each process has shown each page
    for _ in range(ROUNDS):
        people = rig.customers(HANGING, country="DE")
        if who_hangs == "identity provider":
            browsers = [sent_to_the_provider(rig, email) for _ in people]
            backs = [provider.came_back(one, email) for one in browsers]
            hang = [_asking(one, back) for one, back in zip(browsers, backs, strict=True)]
        else:
            ask = type_a_number if who_hangs == "tax registry" else order
            hang = [_by(ask, rig, who) for who in people]
        well += measured(rig, buyer, A_ROUND)
        with hanging(way, hang):
            hung += measured(rig, buyer, A_ROUND)
        rig.settle()
    rig.prove()
    ratios = [statistics.median(column(hung, n)) / statistics.median(column(well, n)) for n in (0, 1)]
    load = os.getloadavg()[0]
    note(
        14,
        f"{kind}, pages while the {who_hangs} hangs: {ratios[1]:.2f} times their processor time,"
        f" {ratios[0]:.2f} times on the clock (medians of {len(hung)} and {len(well)}, load {load:.0f})",
    )
    within(14, f"{kind}, slowest of these pages while the {who_hangs} hangs", buyer.slowest, LONGEST_SECONDS)
    assert ratios[1] <= MOST


def column(times: Times, number: int) -> list[float]:
    """One of the two times."""
    return [one[number] for one in times]


def _by(ask: Callable[[Rig, Customer], None], rig: Rig, who: Customer) -> Callable[[], None]:
    return lambda: ask(rig, who)


def _asking(browser: Buyer, path: str) -> Callable[[], None]:
    def ask() -> None:
        browser.once("GET", path)

    return ask
