"""The web server of a run: `python -m benchmarks.journey.serving portal|floor LISTENER`, settings as always.

It is the application's own server with its own figures of processes and threads, for both. The portal's clock stands,
and its cards are charged by a processor in memory that approves everything and writes one line a charge into a book of
its own; `portal-sandbox` keeps the sandbox, which lives in a file.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Any

from benchmarks.journey.floor import floor_application
from benchmarks.shop import InstantProcessor
from portal.app import create_app
from portal.config import Settings
from portal.serving import Server
from portal.shared.gateways.cards import ChargeResult
from portal.shared.gateways.clock import FixedClock
from portal.shared.web import logs
from tests.support import factories

BOOK = "charges"


class BookedProcessor(InstantProcessor):
    """Approves from memory, and writes what it took where another process can read it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._book = os.open(settings.data_dir / BOOK, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def charge(self, *, key: str, amount_minor: int, **told: Any) -> ChargeResult:
        """Approve, and note it: one line in one write, which no other process can break."""
        os.write(self._book, f"{key} {amount_minor}\n".encode())
        return super().charge(key=key, amount_minor=amount_minor, **told)


class Measured(Server):
    """Our web server with one of the applications that are compared."""

    def __init__(self, kind: str, listener: int) -> None:
        """Which one, and the number of the socket that listens."""
        self._kind = kind
        super().__init__(listener)

    def load(self) -> Any:
        """Build it, once, before the processes part."""
        if self._kind == "floor":
            return floor_application(os.environ["DATABASE_URL"])
        # Everybody signs in before the measurement begins; hashing for half a minute would only delay it.
        settings = replace(Settings.from_environment(), password_memory_kib=1024, password_rounds=1)
        processor = None if self._kind == "portal-sandbox" else BookedProcessor(settings)
        return create_app(settings, clock=FixedClock(factories.NOW), processor=processor)


def main() -> None:
    """Serve until a signal comes."""
    server = Measured(sys.argv[1], int(sys.argv[2]))
    logs.configure()
    server.run()


if __name__ == "__main__":
    main()
