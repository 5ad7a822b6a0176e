"""A way between two programs that can be good, slow or broken; real sockets on this machine only."""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

_PIECE = 65536


class Way(StrEnum):
    """What happens to a connection, or to one request on it."""

    GOOD = "good"
    REFUSED = "refused"  # nobody listens
    RESET = "reset"  # somebody does, and hangs up
    SILENT = "silent"  # everything is taken, nothing is answered
    SWALLOWED = "swallowed"  # the request arrives, the answer is lost on the way back


@dataclass
class Proxy:
    """Listens at `port` and passes on to `connect`; `choose` says for each connection what happens to it.

    `loses` says of each piece of a request whether the connection breaks once the other side has answered it.
    """

    connect: Callable[[], socket.socket]
    choose: Callable[[], Way] = lambda: Way.GOOD
    loses: Callable[[bytes], bool] = lambda _: False
    delay: float = 0.0  # seconds, before each answer
    lost: int = 0  # answers swallowed so far
    _listener: socket.socket | None = None
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    def start(self) -> None:
        """Listen, at the same port as before."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def refuse(self) -> None:
        """Listen no longer, and hang up on everybody."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut()

    def cut(self) -> None:
        """Hang up on everybody who is connected."""
        with self._lock:
            gone, self._open = self._open, set()
        for one in gone:
            _hang_up(one)

    @contextmanager
    def being(self, way: Way, *, delay: float = 0.0) -> Iterator[None]:
        """For a while the way is like this, also for those who are connected already."""
        before = self.choose, self.delay
        self.choose, self.delay = (lambda: way), delay
        if way is Way.REFUSED:
            self.refuse()
        elif way is not Way.GOOD:
            self.cut()
        try:
            yield
        finally:
            self.choose, self.delay = before
            if self._listener is None:
                self.start()
            else:
                self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        way = self.choose()
        if way is Way.RESET:
            _hang_up(near)
            return
        with self._lock:
            self._open.add(near)
        if way is Way.SILENT:
            return
        try:
            far = self.connect()
        except OSError:
            _hang_up(near)
            return
        with self._lock:
            self._open.add(far)
        losing = threading.Event()
        if way is Way.SWALLOWED:
            losing.set()
        threading.Thread(target=self._ask, args=(near, far, losing), daemon=True).start()
        self._answer(far, near, losing)

    def _ask(self, near: socket.socket, far: socket.socket, losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := near.recv(_PIECE):
                if self.loses(piece):
                    losing.set()
                self._wait()
                far.sendall(piece)
        self._end(near, far, _close)

    def _answer(self, far: socket.socket, near: socket.socket, losing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := far.recv(_PIECE):
                if losing.is_set():
                    self.lost += 1
                    break
                self._wait()
                near.sendall(piece)
        self._end(near, far, _hang_up if losing.is_set() else _close)

    def _wait(self) -> None:
        if self.delay:
            time.sleep(self.delay)

    def _end(self, near: socket.socket, far: socket.socket, end: Callable[[socket.socket], None]) -> None:
        for one in (near, far):
            end(one)
            with self._lock:
                self._open.discard(one)


def sometimes(way: Way, share: float, chance: random.Random) -> Callable[[], Way]:
    """This way for so large a share of the connections, the good one for the others."""
    return lambda: way if chance.random() < share else Way.GOOD


@dataclass
class TheOnly:
    """Of all requests that hold these bytes the one with this number, counted from one."""

    holding: bytes
    number: int = 1
    seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, piece: bytes) -> bool:
        """Whether it is this one."""
        with self._lock:
            self.seen += self.holding in piece
            return self.holding in piece and self.seen == self.number


def to_port(port: int) -> Callable[[], socket.socket]:
    """Connects to a port of this machine."""
    return lambda: socket.create_connection(("127.0.0.1", port), timeout=None)


def to_file(path: str) -> Callable[[], socket.socket]:
    """Connects to a socket that is a file."""

    def connect() -> socket.socket:
        far = socket.socket(socket.AF_UNIX)
        far.connect(path)
        return far

    return connect


@contextmanager
def running(connect: Callable[[], socket.socket]) -> Iterator[Proxy]:
    """A proxy that listens for as long as the block lasts."""
    proxy = Proxy(connect)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.refuse()


def _hang_up(one: socket.socket) -> None:
    """Close without a farewell, so that the other side is told of a reset."""
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _close(one)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
