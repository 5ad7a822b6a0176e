"""The web server has no time for somebody: their waiting counts from when they asked, whoever saw them come."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from portal.shared.domain.patience import REQUEST
from tests.faults.application import Application, running_application
from tests.faults.buyer import PATIENCE_SECONDS
from tests.faults.report import note
from tests.support.long_form import LONG

pytestmark = pytest.mark.slow
# What nobody can do within a minute whose threads each wait five seconds for one of them.
SILENT = 400


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Application]:
    """The application, for nobody but these."""
    folder = tmp_path_factory.mktemp("line")
    file = folder / "twodoor.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    with running_application(folder / "data", {"DATABASE_URL": f"sqlite:///{file}"}) as application:
        yield application


@contextmanager
def nobody_takes(application: Application) -> Iterator[None]:
    """No process of the web server does anything, so that whoever comes waits in the kernel."""
    workers = application.web_workers()
    try:
        for one in workers:
            os.kill(one, signal.SIGSTOP)
        yield
    finally:
        for one in workers:
            os.kill(one, signal.SIGCONT)


def a_page(application: Application) -> requests.Response:
    return requests.get(application.url + "/help/", timeout=PATIENCE_SECONDS)


def waited(application: Application, seconds: float) -> requests.Response:
    """The answer for somebody who came while nobody took connections for so long."""
    with ThreadPoolExecutor(1) as hands:
        with nobody_takes(application):
            coming = hands.submit(a_page, application)
            time.sleep(seconds)
        return coming.result()


def test_who_waits_before_a_process_takes_them_has_waited(application: Application) -> None:
    answer = waited(application, 1.0)
    told = application.told_of(answer.headers["X-Request-Number"])
    assert told["stood"] >= 500, "milliseconds; the machine may have sent it late"
    if LONG:
        late = waited(application, REQUEST + 0.5)
        assert (late.status_code, "Retry-After" in late.headers) == (503, True), "sent away at once"
        note(14, f"nobody takes connections for {REQUEST + 0.5:.0f} s: 503 with Retry-After, at once")
    assert a_page(application).status_code == 200


def test_who_connects_and_says_nothing_takes_no_time_from_others(application: Application) -> None:
    address = application.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _ in range(SILENT):
            stack.enter_context(socket.create_connection((address[0], int(address[1])), timeout=60))
        assert a_page(application).status_code == 200
    note(14, f"{SILENT} connections on which nothing comes: pages are answered")
