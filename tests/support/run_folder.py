"""One temporary folder for a whole test run, shared by all of its processes."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_VARIABLE = "TWODOOR_TEST_RUN"  # tells the worker processes where the folder is


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder and let it go at the end, with the database server should a killed worker have left it."""
    if hasattr(
        config, "workerinput"
    ):  # a worker of pytest-xdist: the process that started it has made the folder
        return
    folder = Path(tempfile.mkdtemp(prefix="twodoor-tests-"))
    os.environ[_VARIABLE] = str(folder)

    def remove() -> None:
        pid_file = folder / "postgresql" / "postmaster.pid"
        if pid_file.exists():
            with suppress(OSError, ValueError):
                os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(remove)


@pytest.fixture(scope="session")
def run_folder() -> Path:
    """The folder that all processes of this run share."""
    return Path(os.environ[_VARIABLE])


@contextmanager
def first_one_builds(marker: Path) -> Iterator[bool]:
    """Give True to the first process that comes, False to all others once the first has finished."""
    with marker.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = not marker.exists()
        yield first
        if first:
            marker.touch()
