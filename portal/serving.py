"""The web server: gunicorn with threads, on a socket that the command has bound already."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import struct
import sys
import time
from functools import partial
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import TConn, ThreadWorker

from portal.app import create_app
from portal.config import Settings
from portal.lifeline import follow
from portal.shared.web import logs, metrics, standing

WORKERS = 2
# More than wait at once for any one dependency (gateways/patience.py), so that other pages go on.
THREADS = 8
# Long enough for a page that waits for a card processor, short enough that stopping does not look like hanging.
PATIENCE_SECONDS = 20
FAREWELL_SECONDS = 5


# Where `struct tcp_info` of Linux keeps how many milliseconds ago something came last.
_LAST_DATA_RECEIVED = 52


class PunctualWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads for those who ask for something, and a note of how long each request stood in line for one of them."""

    # Whoever came while the server was being started waited for a server, not in its line: they are served.
    there_since = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """Note when it came; a connection on which nothing came yet waits without a thread."""
        if not conn.initialized and not conn.data_ready:
            self._wait_for_words(conn)
            return
        conn.came = time.monotonic()
        super().enqueue_req(conn)

    def _wait_for_words(self, conn: TConn) -> None:
        """As gunicorn does with those on whom it has waited for five seconds: browsers connect before they ask."""
        conn.sock.settimeout(0)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def handle(self, conn: TConn) -> Any:
        """Tell the application how long ago it came, as far as we saw it come."""
        standing.stood.set(time.monotonic() - conn.came)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """The same with the time before we took it, where the system knows it."""
        waited = _since_it_came(conn.sock)
        if waited is not None:
            standing.stood.set(min(waited, time.monotonic() - self.there_since))
        return super().handle_request(req, conn)


def _since_it_came(sock: socket.socket) -> float | None:
    """Seconds since the last piece came out of the network, whoever had time to look at it; None if nobody knows."""
    if not hasattr(socket, "TCP_INFO") or sock.family == socket.AF_UNIX:
        return None
    told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
    (milliseconds,) = struct.unpack_from("=I", told, _LAST_DATA_RECEIVED)
    return float(milliseconds) / 1000


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Our application under gunicorn."""

    def __init__(self, listener: int) -> None:
        """Serve on the listening socket with this file number."""
        self._listener = listener
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve."""
        for name, value in _settings(self._listener).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, once, before the processes part.

        By now gunicorn has put its own logs in order, and has taken our handler away with it.
        """
        logs.configure()
        settings = Settings.from_environment()
        if settings.metrics:
            metrics.forget_the_dead(metrics.prepare(settings.data_dir))
        return create_app(settings)


def _settings(listener: int) -> dict[str, Any]:
    return {
        "bind": [f"fd://{listener}"],
        "workers": WORKERS,
        "worker_class": PunctualWorker,
        "threads": THREADS,
        "timeout": PATIENCE_SECONDS * 2,
        "graceful_timeout": FAREWELL_SECONDS,
        "keepalive": 5,
        "preload_app": True,
        "when_ready": _begin,
        "post_worker_init": _follow_the_command,
        "child_exit": _end_its_figures,
        "control_socket_disable": True,  # it would lie in the home folder
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108  # a beat, no file
        # One kind of lines in one place: gunicorn's own go through our logs.
        "logconfig_dict": {
            "version": 1,
            "disable_existing_loggers": False,
            "root": {"level": "INFO", "handlers": []},
            "loggers": {"gunicorn.error": {"level": "WARNING", "propagate": True, "handlers": []}},
            "handlers": {},
            "formatters": {},
        },
    }


def _begin(server: object) -> None:
    """Put what was loaded out of the collector's sight, so that its pages stay shared after the fork; note the time."""
    PunctualWorker.there_since = time.monotonic()
    gc.collect()
    gc.freeze()


def _end_its_figures(server: object, worker: Any) -> None:
    """What a process held ends with it; what it counted stays."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  # where figures are counted only

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def _follow_the_command(worker: Any) -> None:
    """In a worker and not in its parent, because a process with threads should not fork."""
    parent: int = worker.ppid
    follow(lambda: os.kill(parent, signal.SIGTERM))


def main() -> None:
    """Serve on the socket named by the first argument, until a signal comes or the command is gone."""
    listener = int(sys.argv[1])
    server = Server(listener)
    logs.configure()
    server.run()


if __name__ == "__main__":
    main()
