"""The application as it is run for real: its own command, its web server with two workers, its background worker."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.serving import WORKERS
from tests.support.source_files import ROOT

SECRET = "a secret of the rig"
_PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Application:
    """A running application."""

    url: str
    process: subprocess.Popen[str]
    log: Path

    def web_workers(self) -> list[int]:
        """The processes that answer requests, as they are just now."""
        return [
            worker
            for server in children(self.process.pid)
            if is_web_server(server)
            for worker in children(server)
        ]

    def wait_for_all_workers(self) -> None:
        """The first one answers before the others are there, and who stops them all would miss one.

        Raises:
            RuntimeError: they do not come.
        """
        enough = time.monotonic() + _PATIENCE_SECONDS
        while len(self.web_workers()) < WORKERS:
            if time.monotonic() > enough:
                raise RuntimeError(f"Not all of its processes came.\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def told_of(self, number: str) -> dict[str, Any]:
        """The line of the log about the request with this number; empty when there is none."""
        for line in self.log.read_text(errors="replace").splitlines():
            if number and number in line and '"answered"' in line:
                told: dict[str, Any] = json.loads(line)
                return told
        return {}

    def said_of(self, number: str) -> str:
        """The same in a few words."""
        told = self.told_of(number)
        if not told:
            return "not in the log"
        stood, worked = told["stood"] / 1000, told["milliseconds"] / 1000
        return (
            f"{told['method']} {told['route']}, {told['status']}: "
            f"{stood:.1f} s in line and {worked:.1f} s of work"
        )

    def web_server(self) -> int:
        """The process that holds the web workers."""
        return next(one for one in children(self.process.pid) if is_web_server(one))


@contextmanager
def running_application(folder: Path, environment: Mapping[str, str]) -> Iterator[Application]:
    """Start `run` with its data in `folder`; everything it started ends with the block.

    Raises:
        RuntimeError: it did not come up; the message holds what it said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "application.log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "SMTP_"))}
    settings = {
        **kept,
        "DATA_DIR": str(folder),
        "SECRET_KEY": SECRET,
        "BASE_URL": "http://127.0.0.1",
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "run", "--port", "0", "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=settings,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            url = json.loads(line)["url"]
        except ValueError:
            raise RuntimeError(f"It did not start: {line!r}\n{log.read_text()[-4000:]}") from None
        application = Application(url, process, log)
        application.wait_for_all_workers()
        yield application
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
                break
        assert process.stdout is not None
        process.stdout.close()


def kill(pid: int) -> bool:
    """End a process without any farewell; whether it was still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    with suppress(OSError):
        return [
            int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        ]
    return []


def everybody(application: Application) -> list[int]:
    """Every process of the application."""
    found, waiting = [], [application.process.pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children(found[-1])
    return found


def is_web_server(pid: int) -> bool:
    """Whether this is the process that holds the web workers; where it can, gunicorn gives it a title of its own."""
    command = command_of(pid)
    return "portal.serving" in command or command.startswith("gunicorn: master")


def command_of(pid: int) -> str:
    """The words a process was started with."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
