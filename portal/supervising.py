"""Starting the web server and the worker together, waiting until pages are answered, and ending both.

Where the settings say that figures are told (`METRICS`), the process that tells them is the third.
"""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from portal.lifeline import Lifeline

START_SECONDS = 60
STOP_SECONDS = 12
_LOOK_EVERY_SECONDS = 0.1
_FIRST_INHERITED = 3
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class PortTakenError(RuntimeError):
    """Nothing can listen there; the message is a sentence for the reader."""


class ChildEndedError(RuntimeError):
    """The web server or the worker ended by itself."""


class NoAnswerError(RuntimeError):
    """The web server did not answer in time."""


class Stop:
    """Whether somebody asked us to stop."""

    def __init__(self) -> None:
        """Nobody did yet."""
        self.asked = False

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Note the signals that ask for an end; what ignores them already (`nohup`) goes on ignoring them."""
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number, handler in before.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, self._note)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, *_: object) -> None:
        self.asked = True


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one.

    Raises:
        PortTakenError: another program listens there, or the machine has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        if port and error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTakenError(
                f"Port {port} is taken or not ours. Choose another one with --port, or --port 0 for any free one."
            ) from error
        raise PortTakenError(f"Nothing can listen on {host}, port {port}: {error.strerror}.") from error


def inherited_socket() -> int | None:
    """The number of the socket that systemd listens on for this process, if it does (`sd_listen_fds`).

    What it said is taken out of the environment: gunicorn would read it, too, and take the socket a second time.
    """
    ours = os.environ.pop("LISTEN_PID", "") == str(os.getpid())
    ours = os.environ.pop("LISTEN_FDS", "") == "1" and ours
    os.environ.pop("LISTEN_FDNAMES", None)
    return _FIRST_INHERITED if ours else None


def url_of(listener: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # read, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Processes:
    """The web server and one worker, started together; when one ends, both do."""

    def __init__(self, listener: socket.socket, environment: Mapping[str, str]) -> None:
        """Remember what they need; nothing is started yet."""
        self._listener = listener
        self._environment = environment
        self._lifeline = Lifeline()
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start both."""
        number = self._listener.fileno()
        self._start("web server", ["-m", "portal.serving", str(number)], number)
        self._start("worker", ["-m", "portal.worker"])
        if self._environment.get("METRICS"):
            self._start("process of the figures", ["-m", "portal.measuring"])

    def wait_for_answer(self, stop: Stop) -> None:
        """Come back when the web server answers, or when somebody asked us to stop.

        Raises:
            ChildEndedError: one of them ended.
            NoAnswerError: it takes too long.
        """
        deadline = time.monotonic() + START_SECONDS
        while not stop.asked:
            self._look()
            if _answers(self._listener):
                return
            if time.monotonic() > deadline:
                raise NoAnswerError(f"the web server did not answer for {START_SECONDS} seconds")
            time.sleep(_LOOK_EVERY_SECONDS)

    def wait(self, stop: Stop) -> None:
        """Come back when somebody asked us to stop.

        Raises:
            ChildEndedError: one of them ended.
        """
        while not stop.asked:
            self._look()
            time.sleep(_LOOK_EVERY_SECONDS)

    def end(self) -> None:
        """End both, kindly first; afterwards none of them is left."""
        for child in self._children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self._children.values():
            try:
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._lifeline.let_go()

    def _start(self, name: str, arguments: list[str], *files: int) -> None:
        self._children[name] = subprocess.Popen(
            [sys.executable, *arguments],
            env={**self._environment, **self._lifeline.environment()},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # standard output belongs to the command
            pass_fds=(self._lifeline.reader, *files),
        )

    def _look(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ChildEndedError(f"the {name} ended with code {child.returncode}")


def _answers(listener: socket.socket) -> bool:
    """Whether somebody answers for /health, whatever the answer is."""
    host, _, port = url_of(listener).removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=5)
    try:
        connection.request("GET", "/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
