"""A card processor in a process of its own, which keeps its own book: `python -m tests.faults.processor`.

It prints two ports: where it takes charges, and where it tells what it took (one line of JSON).
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.gateways.stripe.fake_stripe import FakeStripe, running_fake
from tests.support.source_files import ROOT


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor as the rig sees it."""

    port: int
    book_port: int

    def took(self) -> dict[str, int]:
        """What was charged under each key, less what was given back, in minor units."""
        with socket.create_connection(("127.0.0.1", self.book_port), timeout=30) as asked:
            told = b"".join(iter(lambda: asked.recv(65536), b""))
        found: dict[str, int] = json.loads(told)
        return found


@contextmanager
def running_processor() -> Iterator[Processor]:
    """A processor for as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.processor"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        port, book_port = map(int, process.stdout.readline().split())
        yield Processor(port, book_port)
    finally:
        process.kill()
        process.communicate(timeout=10)


def _tell(fake: FakeStripe, asked: socket.socket) -> None:
    with asked, fake.lock:
        asked.sendall(json.dumps(fake.captured()).encode())


def main() -> None:
    """Serve until killed."""
    with running_fake() as fake, socket.create_server(("127.0.0.1", 0)) as books:
        sys.stdout.write(f"{fake.address.rpartition(':')[2]} {books.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            _tell(fake, books.accept()[0])


if __name__ == "__main__":
    main()
