"""Patience with other people's servers: a time limit, few at once, and none for a while after several failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

from portal.shared.domain.patience import Breaker, seconds_left

# Fewer than a process of the web server has threads: the others go on with what needs nobody.
AT_ONCE = 6
# A dependency that is well but much asked has a place again by then (seconds).
FOR_A_PLACE = 1.0
# Who is as late as this is told so, rather than ask what there is no time left to hear (seconds).
TOO_SHORT = 0.5

Result = TypeVar("Result")


class NoAnswer(Exception):
    """The other side was not waited for any longer, or not at all."""


class TooSlow(NoAnswer):
    """It was asked and did not answer in time: what was asked for may have been done, or may still be."""


class NotAsked(NoAnswer):
    """It was not asked: nothing was done there, and nothing will be."""


class Resting(NotAsked):
    """It failed several times and is left alone for a moment."""


class Busy(NotAsked):
    """Several wait for its answer already, or there is no time left to wait for it."""


def _left() -> float:
    return seconds_left(time.monotonic())


def any_error(error: BaseException) -> bool:
    """Every error says that the other side is down."""
    return True


@dataclass
class Line:
    """The line to one dependency, for all threads of this process. `is_down` tells trouble from an answer."""

    is_down: Callable[[BaseException], bool] = any_error
    ticks: Callable[[], float] = time.monotonic
    breaker: Breaker = field(default_factory=Breaker)
    places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refuse_while_resting(self) -> None:
        """Lead nobody there while it is left alone.

        Raises:
            Resting: it is.
        """
        with self.lock:
            if self.breaker.is_open(self.ticks()):
                raise Resting

    def call(self, work: Callable[[], Result], seconds: float, *, even_resting: bool = False) -> Result:
        """Do the work within a number of seconds, or what the request has left of them.

        The work is done beside, because neither the search for a name nor a server that sends one letter a second
        can be broken off; it keeps its place until it ends, so that few hang at once.

        Raises:
            NoAnswer: it takes too long, or is not tried at all.
            Exception: as the work says.
        """
        if not self.places.acquire(timeout=max(0.0, min(FOR_A_PLACE, _left()))):
            raise Busy
        left = _left()
        late, seconds = left < TOO_SHORT, min(seconds, left)
        with self.lock:
            refused = not late and not even_resting and not self.breaker.lets_through(self.ticks())
        if late or refused:
            self.places.release()
            raise Busy if late else Resting
        answers: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()

        def beside() -> None:
            try:
                answers.put((work(), None))
            except BaseException as error:  # noqa: BLE001  # handed to whoever waits
                answers.put((None, error))
            finally:
                self.places.release()

        threading.Thread(target=beside, name="line", daemon=True).start()
        try:
            result, error = answers.get(timeout=seconds)
        except Empty:
            result, error = None, TooSlow()
        down = error is not None and (isinstance(error, TooSlow) or self.is_down(error))
        with self.lock:
            self.breaker.note(self.ticks(), failed=down)
        if error is not None:
            raise error
        return result  # type: ignore[return-value]  # without an error it is what the work gave
