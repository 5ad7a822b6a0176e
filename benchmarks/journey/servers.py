"""Web servers as processes of their own, and what the operating system counted for them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa

from benchmarks.journey.wire import Wire

START_SECONDS = 60
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class WebServer:
    """A web server that answers."""

    port: int
    pid: int
    database_server: int | None  # the process of PostgreSQL that started all others of it

    def cpu(self) -> float:
        """The CPU seconds of the web server's processes and of the whole database server so far."""
        return tree_cpu(self.pid) + (tree_cpu(self.database_server) if self.database_server else 0.0)

    def web_cpu(self) -> float:
        """Those of the web server's processes alone."""
        return tree_cpu(self.pid)


@contextmanager
def running(kind: str, url: str, folder: Path) -> Iterator[WebServer]:
    """One of the applications of `serving` on a database, for as long as the block lasts."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": "of a run " * 4}
    with (
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
        (folder / "server.log").open("ab") as log,
    ):
        number, port = listener.fileno(), listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.journey.serving", kind, str(number)],
            env=environment,
            pass_fds=(number,),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait(port, process, folder / "server.log")
            yield WebServer(port, process.pid, _database_server(url))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def tree_cpu(pid: int) -> float:
    """The CPU seconds of a process, of those it started, and of those of them that ended."""
    with suppress(OSError, ValueError):
        # The name, in brackets, may hold spaces; user and system time, its own and of ended children, come later.
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, times)) / _TICK + sum(tree_cpu(one) for one in children(pid))
    return 0.0


def children(pid: int) -> list[int]:
    """The processes that this one started, by whichever of its threads."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def _database_server(url: str) -> int | None:
    if sa.make_url(url).get_backend_name() == "sqlite":
        return None
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection, suppress(OSError):
        return int(
            Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()[1]
        )
    return None


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Come back when it answers."""
    enough = time.monotonic() + START_SECONDS
    while time.monotonic() < enough:
        assert process.poll() is None, log.read_text()[-4000:]
        with suppress(OSError), Wire(port, seconds=10) as wire:
            wire.ask("GET", "/health")
            return
        time.sleep(0.1)
    raise TimeoutError(log.read_text()[-4000:])
