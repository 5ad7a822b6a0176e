"""Pays one invoice in a process of its own that kills itself (-9) where it is told to. Run by the crash tests.

Arguments: database address, folder of the processor, account, person, card, invoice, amount in minor units, boundary.
"""

from __future__ import annotations

import sys
from pathlib import Path

import sqlalchemy as sa

from portal.shared.domain.money import Money
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.services.invoice_payments.paying import PayRequest, pay
from tests.support.crash import die, die_at_commit
from tests.support.factories import NOW
from tests.support.faults import FaultyProcessor, nothing


def main() -> None:
    """Pay the invoice, or die on the way."""
    url, folder, account, person, card, invoice, minor, boundary = sys.argv[1:]
    database, clock = Database(url), FixedClock(NOW)

    def after() -> None:
        if boundary == "after the charge":
            die()
        if boundary == "before the last commit":
            sa.event.listen(database.engine, "commit", die_at_commit)

    processor = FaultyProcessor(
        SandboxProcessor(Path(folder), clock=clock),
        before=die if boundary == "before the charge" else nothing,
        after=after,
    )
    if boundary == "before the first commit":
        sa.event.listen(database.engine, "commit", die_at_commit)
    request = PayRequest(
        int(account), int(person), "one", invoice, Money(int(minor), "EUR"), "/p/{reference}", int(card)
    )
    pay(database, processor, clock.now, request)
    die()  # after everything: the answer never leaves


if __name__ == "__main__":
    main()
