"""PostgreSQL on a full disk: a small file system in memory, which only root can make, so this is asked for by name.

It belongs to the long form: `python3 dev.py faults --only 16`.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from tests.faults.buyer import PATIENCE_SECONDS
from tests.faults.postgresql import PostgresServer, running_postgres
from tests.faults.report import note
from tests.faults.rig import SEATS, Customer, Rig, running_rig
from tests.support.free_port import free_port
from tests.support.visitor import filled


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system with little room."""
    folder = Path("/tmp") / f"twodoor-small-{os.getpid()}"  # ours by its number
    folder.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        folder.rmdir()
        raise RuntimeError("only root can make a file system, and only where the machine lets them")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", "-l", folder], check=True)
        folder.rmdir()


@contextmanager
def filled_up(folder: Path, url: str) -> Iterator[None]:
    """Nothing is free there, and whatever the server lets go of is taken at once."""
    ballast, over = folder / "ballast", threading.Event()
    with psycopg.connect(url) as connection:  # while there is room
        connection.execute("CREATE TABLE filler AS SELECT repeat('x', 2000) FROM generate_series(1, 100)")

    def keep_full() -> None:
        while not over.is_set():
            with suppress(OSError), ballast.open("ab", buffering=0) as file:
                while file.write(b"\0" * 65536):
                    pass
            _write_until_it_is_full(url)
            over.wait(0.1)

    with ThreadPoolExecutor(1) as hands:
        keeping = hands.submit(keep_full)
        try:
            yield
        finally:
            over.set()
            keeping.result()
            ballast.unlink()


@pytest.mark.postgresql
def test_postgresql_on_a_full_disk_writes_nothing_by_half(tmp_path: Path, small_disk: Path) -> None:
    with running_postgres(free_port(), small_disk) as server:
        database = Database(server.url("postgres"))
        migrate(database)
        database.dispose()
        with running_rig(tmp_path / "rig", server.url("postgres")) as rig:
            people = rig.customers(5)
            assert rig.buyer(people[0]).order(SEATS + 1) is not None
            with filled_up(small_disk, server.url("postgres")):
                _buy_until_it_is_full(rig, people)
            _back_again(server)
            for who in people:
                assert rig.buyer(who).order(SEATS + 3) is not None
            rig.settle()
            rig.prove()
    note(16, "PostgreSQL: refused with 503 and Retry-After, everybody bought again once there was room")


def _write_until_it_is_full(url: str) -> None:
    """Others use up what the server has set aside for itself; it then ends itself, and comes back if it can."""
    with suppress(psycopg.Error), psycopg.connect(url, autocommit=True) as connection:
        with suppress(psycopg.errors.DiskFull):
            while True:
                connection.execute(
                    "INSERT INTO filler SELECT repeat('y', 2000) FROM generate_series(1, 2000)"
                )
        while True:  # what is left of its log, until it cannot go on and ends itself
            connection.execute("SELECT pg_logical_emit_message(false, 'filler', 'x')")
            connection.execute("SELECT pg_switch_wal()")


def _back_again(server: PostgresServer) -> None:
    """Whoever runs a server sees to it that it is started again when it has ended."""
    enough = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < enough:
        if server.process is not None and server.process.poll() is not None:
            server.begin()
        with suppress(psycopg.Error):
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(server.said())


def _buy_until_it_is_full(rig: Rig, people: list[Customer]) -> None:
    enough = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < enough:
        for number, who in enumerate(people):
            buyer = rig.buyer(who, number)
            answer = buyer.once("GET", f"/billing/subscriptions/{who.subscription_id}/edit")
            form = answer.form("/edit")
            if answer.status == 200 and form is not None:
                changed = {"seats": str(SEATS + 2 + number)}
                answer = buyer.once("POST", answer.path, filled(form, changed))
            if answer.status == 503:
                assert answer.retry_after
                return
            assert answer.status < 500, answer.html
    raise AssertionError("the disk never was full")
