"""Places one order in a process of its own that kills itself (-9) where it is told to. Run by the crash tests.

Arguments: database address, folder of the processor, account, person, digest, key, boundary.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa

from portal.shared.domain.changes import Audience
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.services.orders.place import place
from portal.shared.services.orders.placement import PlaceRequest
from tests.support.factories import NOW, SELLER
from tests.support.faults import FaultyProcessor, nothing


def die() -> None:
    """End without any farewell."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_commit(connection: sa.Connection) -> None:
    """End with everything written and nothing committed."""
    die()


def main() -> None:
    """Place the order, or die on the way."""
    url, folder, account, person, digest, key, boundary = sys.argv[1:]
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
    request = PlaceRequest(
        int(account), int(person), key, digest, Audience.CONTACT, "/billing/orders/{reference}"
    )
    if boundary == "before the first commit":
        sa.event.listen(database.engine, "commit", die_at_commit)
    place(database, processor, clock.now, SELLER, request)
    die()  # after everything: the answer never leaves


if __name__ == "__main__":
    main()
