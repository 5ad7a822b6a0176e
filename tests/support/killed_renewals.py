"""A night's run of renewals, killed (-9) again and again somewhere in the middle, and then run by four at once.

Arguments: database address, folder of the processor, instant, how many kills, seed. Every run is a process of its own,
forked from one that has opened nothing. Prints how many were killed. Run by the tests of renewals.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.services.charges import answers
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from tests.support.crash import die
from tests.support.factories import SELLER
from tests.support.faults import FaultyProcessor

MOST_STEPS = 60  # statements, commits and charges before a run is killed: about two accounts
AT_ONCE = 4
A_CHUNK = 3  # accounts looked at in one transaction: some of them together, others one by one


class Fuse:
    """Ends the process after so many steps; none: it burns for ever."""

    def __init__(self, steps: int | None) -> None:
        self.left = steps

    def burn(self, *anything: object, **named: object) -> None:
        """One step more."""
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                die()


def run(url: str, folder: Path, now: datetime, fuse: Fuse) -> None:
    """What a worker does in a night: charges without an answer, renewals, collections."""
    database, clock = Database(url), FixedClock(now)
    processor = FaultyProcessor(SandboxProcessor(folder, clock=clock), before=fuse.burn, after=fuse.burn)
    sa.event.listen(database.engine, "before_cursor_execute", fuse.burn)
    sa.event.listen(database.engine, "commit", fuse.burn)
    with database.read() as session:
        unanswered = answers.due(session, now)
    for reference in unanswered:
        answers.resume(database, processor, clock.now, reference)
    for _ in renew_due(database, SELLER, now, size=A_CHUNK):
        pass
    for _ in collect_due(database, processor, clock.now):
        pass


def forked(act: Callable[[], None]) -> int:
    """Do this in a process of its own; gives its number."""
    child = os.fork()
    if child:
        return child
    try:
        act()
    except BaseException:  # noqa: BLE001  # whatever it is, the parent is told
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def ended(child: int) -> int:
    """Wait for it; gives its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Kill runs, then let four of them finish the night together, and one more find nothing to do."""
    url, folder, instant, kills, seed = sys.argv[1:]
    chance, now, killed = random.Random(int(seed)), datetime.fromisoformat(instant), 0
    for _ in range(int(kills)):
        fuse = Fuse(chance.randint(1, MOST_STEPS))
        code = ended(forked(partial(run, url, Path(folder), now, fuse)))
        assert code in {0, -9}, code
        killed += code == -9
        now += timedelta(minutes=6)  # so that what was cut off while charging is asked about
    begin = time.monotonic() + 0.1

    def together() -> None:
        while time.monotonic() < begin:
            pass
        run(url, Path(folder), now, Fuse(None))

    children = [forked(together) for _ in range(AT_ONCE)]
    assert [ended(child) for child in children] == [0] * AT_ONCE
    print(killed)  # noqa: T201  # for the test that asked


if __name__ == "__main__":
    main()
