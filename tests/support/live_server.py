"""The application as a person meets it: its own command, its real server, the demo cast."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.demo_house import set_stage
from tests.support.source_files import ROOT

_PATIENCE_SECONDS = 180  # for a slow machine with much else to do; a start takes about three

StartServer = Callable[..., "LiveServer"]


@dataclass(frozen=True, slots=True)
class CastAccount:
    """One account that a person of the cast serves, and the stories it tells."""

    name: str
    type: str
    role: str
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CastMember:
    """One person of the demo cast."""

    name: str
    email: str
    password: str
    language: str
    accounts: tuple[CastAccount, ...]

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read one entry of the list that `run --json` prints."""
        accounts = tuple(
            CastAccount(entry["name"], entry["type"], entry["role"], tuple(entry["stories"]))
            for entry in values["accounts"]
        )
        return cls(values["name"], values["email"], values["password"], values["language"], accounts)

    @property
    def stories(self) -> frozenset[str]:
        """Every story told by one of this person's accounts."""
        return frozenset(story for account in self.accounts for story in account.stories)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A server that answers at `url`, and the people who can sign in."""

    url: str
    people: tuple[CastMember, ...]
    database_url: str
    process: subprocess.Popen[str]

    def person(self, story: str) -> CastMember:
        """The first person with that story (LookupError when the cast has none)."""
        for member in self.people:
            if story in member.stories:
                return member
        raise LookupError(f"Nobody in the demo cast tells the story {story!r}.")


@contextmanager
def running_server(
    folder: Path,
    database_url: str | None = None,
    *,
    stage: Path | None = None,
    python: str = sys.executable,
    cwd: Path = ROOT,
) -> Iterator[LiveServer]:
    """Start `portal.cli demo` on a free port with its data in `folder`; everything it started ends with it.

    With a `stage` the cast is copied from there; without one the command brings it in, which takes seconds.

    Raises:
        RuntimeError: it did not come up; the message holds what it said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if stage is not None:
        set_stage(stage, folder)
    url = database_url or f"sqlite:///{folder / 'twodoor.sqlite3'}"
    log = folder / "server.log"
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}
    with log.open("w") as errors:
        process = subprocess.Popen(
            [python, "-m", "portal.cli", "demo", "--port", "0", "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=cwd,
            env=environment,
            start_new_session=True,  # so that its workers can be ended with it
        )
    try:
        line = _first_line(process)
        try:
            started = json.loads(line)
        except ValueError:
            raise RuntimeError(f"The server did not start: {line!r}\n{log.read_text()[-4000:]}") from None
        people = tuple(CastMember.from_json(person) for person in started["people"])
        yield LiveServer(started["url"].rstrip("/"), people, url, process)
    finally:
        _end(process)


def _first_line(process: subprocess.Popen[str]) -> str:
    """What the process prints first, or "" when it ends or takes too long; the rest is read and dropped."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        with process.stdout as output:
            lines.put(output.readline())
            for _ in output:
                pass

    threading.Thread(target=read, daemon=True).start()
    try:
        return lines.get(timeout=_PATIENCE_SECONDS)
    except queue.Empty:
        return ""


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=10)


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory, todays_stage: Path) -> Iterator[LiveServer]:
    """One server for all tests of a process: for looking around. What changes data takes `fresh_server`."""
    with running_server(tmp_path_factory.mktemp("live-server"), stage=todays_stage) as server:
        yield server


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers of this test's own: `start_server()` or `start_server(database_url=…)`."""
    with ExitStack() as stack:

        def start(database_url: str | None = None) -> LiveServer:
            folder = tmp_path / f"server-{len(list(tmp_path.iterdir()))}"
            return stack.enter_context(running_server(folder, database_url))

        yield start


@pytest.fixture
def fresh_server(tmp_path: Path, todays_stage: Path) -> Iterator[LiveServer]:
    """A server with an untouched demo cast, for this test alone."""
    with running_server(tmp_path / "fresh-server", stage=todays_stage) as server:
        yield server
