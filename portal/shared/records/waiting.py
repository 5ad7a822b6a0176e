"""How long the database is waited for: not beyond the request that needs it, and not at all while it is away."""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

import psycopg
import structlog
from psycopg.abc import PQGenConn
from psycopg.errors import _WaitTimeout as WaitTimeout

from portal.shared.domain.patience import seconds_left

# Even who is late already may finish what is nearly done.
SHORTEST_SECONDS = 1.0
CONNECT_SECONDS = 3
KNOCK_EVERY_SECONDS = 0.5
KNOCK_SECONDS = 2

_unhurried: ContextVar[bool] = ContextVar("unhurried", default=False)
_log = structlog.stdlib.get_logger("portal.database")


@contextmanager
def unhurried() -> Iterator[None]:
    """What is asked of the database inside may take as long as it takes: migrations."""
    before = _unhurried.set(True)
    try:
        yield
    finally:
        _unhurried.reset(before)


def patience(usual: float) -> float:
    """How many seconds the next answer is waited for: the usual ones, or what is left."""
    return min(usual, max(SHORTEST_SECONDS, seconds_left(time.monotonic())))


class Lookout:
    """Knows that a database is away, and looks for it: meanwhile nobody has to wait to be told so."""

    def __init__(self, knock: Callable[[], object]) -> None:
        """`knock` raises as long as the database does not answer; it has a time limit of its own."""
        self.away = False
        self._knock = knock
        self._lock = threading.Lock()

    def note_away(self) -> None:
        """Somebody found it away: look for it, in a thread, until it answers."""
        with self._lock:
            if self.away:
                return
            self.away = True
        _log.warning("the database is away")
        threading.Thread(target=_look, args=(weakref.ref(self),), name="lookout", daemon=True).start()

    def look(self) -> bool:
        """Knock once, and say whether it is still away."""
        try:
            self._knock()
        except (psycopg.Error, OSError):
            return True
        self.away = False
        _log.warning("the database is back")
        return False


def _look(reference: weakref.ref[Lookout]) -> None:
    while True:
        one = reference()
        if one is None or not one.look():
            return
        del one
        time.sleep(KNOCK_EVERY_SECONDS)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer no longer than it may: a server that hangs would be waited for for ever."""

    lookout: Lookout
    usual_seconds: float

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Self]:
        """Reach the server no longer than the request that needs it may take: `connect_timeout` knows two seconds.

        Raises:
            ConnectionTimeout: it does not answer in time.
        """
        reaching = super()._connect_gen(conninfo)
        enough = math.inf if _unhurried.get() else time.monotonic() + patience(CONNECT_SECONDS)
        try:
            asked = next(reaching)
            while True:
                ready = yield asked
                if not ready and time.monotonic() > enough:
                    reaching.close()
                    raise psycopg.errors.ConnectionTimeout("the database was not reached in time")
                asked = reaching.send(ready)
        except StopIteration as reached:
            connection: Self = reached.value
            return connection

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait; an answer that does not come in time ends the connection, because it may still come later.

        Raises:
            OperationalError: it does not come.
        """
        if timeout is not None or _unhurried.get():
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, patience(self.usual_seconds))
        except WaitTimeout:
            self.pgconn.finish()
            self.lookout.note_away()
            raise psycopg.OperationalError("the database did not answer in time") from None
