"""Patience with other people's servers: a time limit, few at once, and none for a while after several failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

from portal.shared.gateways.identity_providers.providers import ProviderTrouble, Trouble

FAILURES = 3
REST_SECONDS = 30.0
AT_ONCE = 4

Result = TypeVar("Result")
# What says that the other side is down; everything else is an answer.
_DOWN = frozenset({Trouble.UNREACHABLE, Trouble.TOO_SLOW, Trouble.STATUS})


@dataclass
class Breaker:
    """Opens after several failures in a row; after a rest lets one call through to see."""

    failures: int = 0
    rests_until: float = 0.0

    def lets_through(self, ticks: float) -> bool:
        """Whether a call may be made; the first one after the rest keeps the others waiting for its outcome."""
        if self.failures < FAILURES:
            return True
        if ticks < self.rests_until:
            return False
        self.rests_until = ticks + REST_SECONDS
        return True

    def is_open(self, ticks: float) -> bool:
        """Whether the other side is being left alone."""
        return self.failures >= FAILURES and ticks < self.rests_until

    def note(self, ticks: float, *, failed: bool) -> None:
        """How a call went."""
        self.failures = self.failures + 1 if failed else 0
        if self.failures >= FAILURES:
            self.rests_until = ticks + REST_SECONDS


@dataclass
class Line:
    """The line to one provider, for all threads of this process."""

    breaker: Breaker = field(default_factory=Breaker)
    places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse_while_resting(self, ticks: float) -> None:
        """Lead nobody there while it is left alone.

        Raises:
            ProviderTrouble: it is.
        """
        with self.lock:
            if self.breaker.is_open(ticks):
                raise ProviderTrouble(Trouble.RESTING)

    def call(
        self,
        work: Callable[[], Result],
        seconds: float,
        *,
        ticks: Callable[[], float] = time.monotonic,
        even_resting: bool = False,
    ) -> Result:
        """Do the work within a number of seconds.

        The work is done beside, because neither the search for a name nor a server that sends one letter a second
        can be broken off; it keeps its place until it ends, so that few hang at once.

        Raises:
            ProviderTrouble: as the work says, or it takes too long, or it is not tried at all.
        """
        with self.lock:
            if not even_resting and not self.breaker.lets_through(ticks()):
                raise ProviderTrouble(Trouble.RESTING)
        if not self.places.acquire(blocking=False):
            raise ProviderTrouble(Trouble.BUSY)
        answers: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()

        def beside() -> None:
            try:
                answers.put((work(), None))
            except BaseException as error:  # noqa: BLE001  # handed to whoever waits
                answers.put((None, error))
            finally:
                self.places.release()

        threading.Thread(target=beside, daemon=True).start()
        try:
            result, error = answers.get(timeout=seconds)
        except Empty:
            result, error = None, ProviderTrouble(Trouble.TOO_SLOW)
        down = isinstance(error, ProviderTrouble) and error.reason in _DOWN
        with self.lock:
            self.breaker.note(ticks(), failed=down)
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # without an error it is what the work gave
