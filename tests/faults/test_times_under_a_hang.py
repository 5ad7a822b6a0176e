"""While somebody hangs, pages that do not need them take no longer than before: a figure of the long form.

Pages are asked for in turns, some while all is well and some while requests hang, so that a busy machine is as busy for
both. Besides the time on the clock the processor time of the web server's processes is compared, which others do not
disturb. Nobody waits for the mail server: there the same orders are placed before both, so that what follows an order
in the background is no part of the difference.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.application import everybody
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


Press = Callable[[], object]


def at_checkout(rig: Rig, who: Customer, ending: str, typed: dict[str, str]) -> Press:
    """Somebody at checkout, before they press the button of a form that ends so."""
    buyer = rig.buyer(who)
    edit = f"/billing/subscriptions/{who.subscription_id}/edit"
    form = buyer.get(edit).form("/edit")
    assert form is not None
    buyer.post(edit, filled(form, {"seats": str(SEATS + 1)}))
    found = buyer.get("/billing/checkout").form(ending)
    assert found is not None
    return lambda: buyer.once("POST", found.action, filled(found, typed))


def coming_back(rig: Rig, provider: Provider, email: str) -> Press:
    """Somebody whom the provider sent back, before their browser asks for that page."""
    browser = sent_to_the_provider(rig, email)
    path = provider.came_back(browser, email)
    return lambda: browser.once("GET", path)


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
    return _spent(rig.application.web_workers())


def _spent(processes: list[int]) -> float:
    spent = 0
    for one in processes:
        for thread in Path(f"/proc/{one}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
                spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


@contextmanager
def being(rig: Rig, way: Proxy, how: Way, presses: list[Press]) -> Iterator[None]:
    """Buttons are pressed while the way is like this; who waits for an answer waits, and nothing else is done."""
    with ThreadPoolExecutor(max(1, len(presses))) as hands:
        with way.being(how):
            waiting = [hands.submit(one) for one in presses]
            time.sleep(0.5)
            _quiet(rig)
            yield
        for one in waiting:
            one.result()


def _quiet(rig: Rig) -> None:
    """Come back when no process of the application has anything to do, which a busy machine never comes to."""
    enough, used = time.monotonic() + 3.0, -1.0
    while time.monotonic() < enough and (now := _spent(everybody(rig.application))) - used > 0.003:
        used = now
        time.sleep(0.2)


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
    # All of them now: once the provider hung, nobody is led there for half a minute.
    back = [coming_back(rig, provider, email) for _ in range(ROUNDS * HANGING)] if email else []
    measured(rig, buyer, 6 * len(PAGES))  # each process has shown each page
    for _ in range(ROUNDS):
        people, before = rig.customers(HANGING, country="DE"), list[Press]()
        if who_hangs == "identity provider":
            presses = [back.pop() for _ in people]
        elif who_hangs == "tax registry":
            presses = [at_checkout(rig, who, "/vat-number", {"vat_number": GERMAN}) for who in people]
        else:
            presses = [at_checkout(rig, who, "/place", {}) for who in people]
        if who_hangs == "mail server":
            others = rig.customers(HANGING, country="DE")
            before = [at_checkout(rig, who, "/place", {}) for who in others]
        with being(rig, way, Way.GOOD, before):
            well += measured(rig, buyer, A_ROUND)
        with being(rig, way, Way.SILENT, presses):
            hung += measured(rig, buyer, A_ROUND)
        rig.settle()
    rig.prove()
    ratios = [statistics.median(column(hung, n)) / statistics.median(column(well, n)) for n in (0, 1)]
    undisturbed = quickest(column(hung, 0)) / quickest(column(well, 0))
    load = os.getloadavg()[0]
    note(
        14,
        f"{kind}, pages while the {who_hangs} hangs: {ratios[1]:.2f} times their processor time,"
        f" {ratios[0]:.2f} times on the clock (medians of {len(hung)} and {len(well)}, load {load:.0f}),"
        f" {undisturbed:.2f} times for the quickest quarter of each",
    )
    within(14, f"{kind}, slowest of these pages while the {who_hangs} hangs", buyer.slowest, LONGEST_SECONDS)
    assert ratios[1] <= MOST


def column(times: Times, number: int) -> list[float]:
    """One of the two times."""
    return [one[number] for one in times]


def quickest(times: list[float]) -> float:
    """What a quarter of them keeps to: on a busy machine those whom others disturbed least."""
    return statistics.quantiles(times, n=4)[0]
