"""One process that renews what is due, up to a number of accounts, in whole chunks.

Called by `night`: `python -m benchmarks.renewals.child URL NUMBER START`.

Prints one JSON value: how many accounts, subscriptions, seconds, CPU seconds of its own and of its backend, and memory.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from portal.shared.records.database import Database
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.webhooks import telling
from tests.support.factories import SELLER

# By then every account of a filled database is due exactly once.
NIGHT = datetime(2026, 4, 10, 12, tzinfo=UTC)


def _highest_memory() -> float:
    """What this program has held at most, in MiB; `getrusage` would count the one that started it, too."""
    (line,) = re.findall(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(line) / 1024


def main() -> None:
    url, most, begin = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    database = Database(url)
    telling.watch(database, lambda: NIGHT)
    backend = _backend(database)
    gc.collect()
    gc.freeze()
    while time.time() < begin:
        time.sleep(0.001)
    wall, cpu, server = time.perf_counter(), time.process_time(), server_seconds(backend)
    accounts = subscriptions = 0
    for outcome in renew_due(database, SELLER, NIGHT):
        assert isinstance(outcome, Renewed), outcome
        accounts += 1
        subscriptions += len(outcome.subscriptions)
        if accounts >= most:
            break
    found = {
        "accounts": accounts,
        "subscriptions": subscriptions,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "server_cpu": server_seconds(backend) - server,
        "mib": _highest_memory(),
    }
    database.dispose()
    print(json.dumps(found))


def _backend(database: Database) -> int | None:
    """The server's process of the one connection that a run uses."""
    if database.url.get_backend_name() != "postgresql":
        return None
    with database.engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())


def server_seconds(backend: int | None) -> float:
    """CPU seconds of a server's process on this machine."""
    if backend is None:
        return 0.0
    try:
        return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__":
    main()
