"""One web server takes the place of another while people read and write: nobody gets an error, no request is lost.

`FAULT_REQUESTS` asks for a longer run (docs/reliability.md).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from portal import supervising
from tests.faults.buyer import PATIENCE_SECONDS, Buyer
from tests.faults.report import note
from tests.faults.rig import Rig
from tests.support.source_files import ROOT

REQUESTS = int(os.environ.get("FAULT_REQUESTS", "240"))
SERVERS = 3  # one after the other
HANDS = 4


def begin(listener: socket.socket, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A web server on a socket that somebody else holds, as systemd does; comes back when its workers answer."""
    number = listener.fileno()
    with log.open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.serving", str(number)],
            env={**os.environ, **environment},
            pass_fds=(number,),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=ROOT,
        )


@pytest.mark.slow
def test_a_rolling_restart_fails_no_request(rig: Rig, tmp_path: Path) -> None:
    (who,) = rig.customers(1)
    log, answers = tmp_path / "servers.log", Counter[str]()
    environment = {**rig.settings(), "DATABASE_URL": rig.database.url.render_as_string(hide_password=False)}
    lock = threading.Lock()
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        url = supervising.url_of(listener)
        servers = [begin(listener, environment, log)]
        try:
            _wait(url)

            def ask(number: int) -> None:
                buyer = Buyer(url, who.subscription_id, who.token, rig.buyer(who).chance)
                buyer.session.headers["Connection"] = "close"  # as a proxy asks a server that may go
                try:
                    answer = buyer.once("GET", ("/billing/", "/billing/invoices", "/help/")[number % 3])
                    said = str(answer.status)
                except requests.RequestException as error:
                    said = type(error).__name__
                with lock:
                    answers[said] += 1

            with ThreadPoolExecutor(HANDS) as hands:
                asked = [hands.submit(ask, number) for number in range(REQUESTS)]
                for turn in range(1, SERVERS):
                    while answers.total() < turn * REQUESTS // SERVERS:
                        time.sleep(0.02)
                    servers.append(begin(listener, environment, log))
                    _its_workers_are_there(servers[-1].pid)
                    servers[-2].send_signal(signal.SIGTERM)
                for one in asked:
                    one.result()
            assert answers == {"200": REQUESTS}, log.read_text()[-2000:]
            assert log.read_text().count('"event": "answered"') >= REQUESTS, (
                "each request is a line of the log"
            )
            note(
                17, f"{rig.database.url.get_backend_name()}: {REQUESTS} requests, {SERVERS} servers, 0 failed"
            )
            assert [one.wait(PATIENCE_SECONDS) for one in servers[:-1]] == [0] * (SERVERS - 1)
        finally:
            for server in servers:
                server.terminate()
                server.wait(PATIENCE_SECONDS)


def _wait(url: str) -> None:
    enough = time.monotonic() + 2 * PATIENCE_SECONDS
    while time.monotonic() < enough:
        try:
            requests.get(url + "/health", timeout=2 * PATIENCE_SECONDS)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the web server did not come up")


def _its_workers_are_there(pid: int) -> None:
    enough = time.monotonic() + 2 * PATIENCE_SECONDS
    while not Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        assert time.monotonic() < enough, "it has no workers"
        time.sleep(0.05)
