"""Figures of the requests: how many, how they were answered and how long they took, by route and never by path.

Every process of the web server writes its own into files of one folder; the process of `portal/measuring.py` adds them
up and answers on a port of its own, so that no page of ours ever shows them.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

from portal.shared.web.house import house

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

FOLDER = "metrics"
# Where the promise of a fast page is kept or broken (docs/performance.md), and where patience ends.
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_WATCH = ("front.health", "front.ready")


class Meters:
    """What is counted; made once a process, because the files are the process's."""

    requests: Counter
    seconds: Histogram
    connections: Gauge

    def __init__(self) -> None:
        from prometheus_client import Counter, Gauge, Histogram  # noqa: PLC0415  # decides by the folder when imported

        labels = ("method", "route")
        self.requests = Counter("twodoor_requests", "Answered requests.", (*labels, "status"), registry=None)
        self.seconds = Histogram(
            "twodoor_request_seconds", "From the first look at a request to its answer.", labels,
            buckets=BUCKETS, registry=None,
        )  # fmt: skip
        self.connections = Gauge(
            "twodoor_database_connections",
            "Connections to the database that the web server holds, as each process last saw its own.",
            ("state",),
            multiprocess_mode="livesum",
            registry=None,
        )


_meters: list[Meters] = []


def prepare(data_dir: Path) -> Path:
    """The folder of the figures; the library reads its name when it is imported first, and only then."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return folder


def forget_the_dead(folder: Path) -> None:
    """Remove the files of processes that are gone, so that they do not gather over the years."""
    for file in folder.glob("*.db"):
        number = file.stem.rpartition("_")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists() and Path("/proc/self").exists():
            file.unlink(missing_ok=True)


def install(app: Flask, data_dir: Path) -> None:
    """Count what this application answers."""
    prepare(data_dir)
    if not _meters:
        _meters.append(Meters())
    app.after_request(_count)


def _count(response: Response) -> Response:
    if request.endpoint in _WATCH:
        return response
    meters = _meters[0]
    method = request.method if request.method in _METHODS else "other"
    route = request.url_rule.rule if request.url_rule else "none"
    now = time.perf_counter()
    meters.requests.labels(method, route, str(response.status_code)).inc()
    meters.seconds.labels(method, route).observe(now - g.get("began", now))
    _note_connections(meters, house().database.engine.pool)
    return response


def _note_connections(meters: Meters, pool: Any) -> None:
    meters.connections.labels("in_use").set(pool.checkedout())
    meters.connections.labels("idle").set(pool.checkedin())
    # What the settings allow: the pool itself and what it may open beyond it.
    meters.connections.labels("allowed").set(pool.size() + pool._max_overflow)  # noqa: SLF001  # told nowhere else
