"""The web server alone, as systemd starts it: on a socket that somebody else listens on."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from portal.cli import main
from tests.support.hanging import HUNG
from tests.support.source_files import ROOT

# What systemd does: the socket is file 3, and the environment says for whom.
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "portal.cli", "web"])
"""
UNITS = ROOT / "docs" / "running" / "systemd"


def test_it_answers_on_the_socket_that_systemd_holds(sqlite_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": sqlite_url, "DATA_DIR": str(tmp_path)}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-c", AS_SYSTEMD, str(number)], cwd=ROOT, env=environment, pass_fds=[number]
        )
        try:
            # The socket is there from the start: whoever comes early waits, and nobody is sent away.
            connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=60)
            with closing(connection):
                connection.request("GET", "/ready")
                answer = connection.getresponse()
                assert (answer.status, json.loads(answer.read())["status"]) == (200, "ready")
        finally:
            process.terminate()
            process.wait(timeout=HUNG)


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda file: file.stem.strip("@"))
def test_every_unit_starts_a_command_that_there_is(unit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = re.findall(r"/usr/local/twodoor/bin/twodoor (\w+)", unit.read_text(encoding="utf-8"))
    assert started
    for command in started:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0, command
    assert "usage: twodoor" in capsys.readouterr().out
