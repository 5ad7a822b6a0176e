"""A worker in a process of its own that kills itself (-9) right after the processor has charged.

Arguments: database address, folder of the processor, instant. Run by the tests of killed workers.
"""

from __future__ import annotations

import sys
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.tax_registry import SandboxRegistry
from portal.shared.records.database import Database
from portal.shared.services.background.tools import Tools
from portal.worker import built_in_runner, doer_of, engine_of
from tests.support.crash import die
from tests.support.factories import SELLER
from tests.support.faults import FaultyProcessor


class NoMail:
    """A mailer that keeps the keys it was given."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def send(self, message: EmailMessage, *, key: str) -> None:
        self.keys.append(key)


def render(kind: str, recipient: str, language: str, payload: dict[str, Any]) -> EmailMessage:
    return EmailMessage()


def tools_with(database: Database, processor: Any, clock: FixedClock) -> Tools:
    """What a worker of a test holds in its hands."""
    return Tools(database, processor, SandboxRegistry(clock), NoMail(), render, SELLER, clock)


def work_off(tools: Tools) -> None:
    """One worker does every job that is due."""
    if tools.database.engine.dialect.name == "sqlite":
        built_in_runner(tools).work_off()
    else:
        engine_of(tools, doer_of(tools)).work_off()


def main() -> None:
    """Work, and die after the first charge."""
    url, folder, instant = sys.argv[1:]
    clock = FixedClock(datetime.fromisoformat(instant))
    processor = FaultyProcessor(SandboxProcessor(Path(folder), clock=clock), after=die)
    work_off(tools_with(Database(url), processor, clock))


if __name__ == "__main__":
    main()
