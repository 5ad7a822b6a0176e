"""The commands about the books: renew, retry, verify, recompute."""

from __future__ import annotations

import argparse
import gc
import time
from collections import Counter
from collections.abc import Iterable

from portal.app import clock_of
from portal.commands.ground import (
    CANNOT,
    FAILED,
    PROGRESS,
    WENT_WELL,
    house,
    opened_and_current,
    say,
    say_progress,
)
from portal.config import Settings
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.kept_verdict import Verdict, keep_verdict
from portal.shared.services import ledger
from portal.shared.services.invoices.recompute import UnknownInvoiceError, recompute
from portal.shared.services.renewals import collecting, running


def renew_command(asked: argparse.Namespace) -> int:
    """Renew whatever is due. Safe to repeat: a period begins once, whoever runs this how often."""
    with house() as ours:
        seller = ours.settings.seller
        taxes = SellerTaxes(seller.country, frozenset(seller.tax_registrations))
        outcomes = running.renew_due(ours.database, taxes, ours.clock.now())
        counted = _counted(type(one).__name__.lower() for one in outcomes)
    print(f"Renewed: {counted['renewed']}. Held: {counted['held']}. Passed over: {counted['skipped']}.")
    return WENT_WELL


def retry_command(asked: argparse.Namespace) -> int:
    """Collect what is due for it: first tries and further ones. Safe to repeat: no card is charged twice."""
    with house() as ours:
        done = collecting.collect_due(ours.database, ours.processor, ours.clock.now)
        counted = _counted(one.state for one in done)
    print(f"Paid: {counted['paid']}. Failed: {counted['failed']}. Given up: {counted['given_up']}.")
    return WENT_WELL


def verify_command(asked: argparse.Namespace) -> int:
    """Prove the books: movements, invoices, payments and balances agree."""
    settings = Settings.from_environment()
    with opened_and_current(settings) as database, database.read() as session:
        faults = ledger.verify(session, say_progress)
    keep_verdict(settings.data_dir, Verdict(clock_of(settings).now(), len(faults)))
    for fault in faults:
        print(fault.what if fault.account_id is None else f"account {fault.account_id}: {fault.what}")
    if not faults:
        print("The books are right.")
    return FAILED if faults else WENT_WELL


def recompute_command(asked: argparse.Namespace) -> int:
    """Compute one document again from the history, line by line."""
    with opened_and_current(Settings.from_environment()) as database, database.read() as session:
        try:
            differences = recompute(session, asked.invoice)
        except UnknownInvoiceError:
            return say(f"There is no document {asked.invoice}.", CANNOT)
    for one in differences:
        where = f"line {one.line}" if one.line else "the document"
        print(f"{where}: {one.figure} stands at {one.stands}, the history gives {one.computed}")
    if not differences:
        print(f"{asked.invoice} is equal to its history, line by line.")
    return FAILED if differences else WENT_WELL


def _counted(words: Iterable[str]) -> Counter[str]:
    """How often each word comes; says how far it is on the way, and after a long one how fast it was."""
    counted: Counter[str] = Counter()
    number, began = 0, time.monotonic()
    gc.freeze()  # what is loaded by now stays: the collector need not look at it again and again
    for number, word in enumerate(words, start=1):
        counted[word] += 1
        say_progress(number)
    if number >= PROGRESS:
        say(f"{number / (time.monotonic() - began):.0f} a second", WENT_WELL)
    return counted
