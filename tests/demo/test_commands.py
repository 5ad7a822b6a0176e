"""The commands as somebody types them: real processes, a real server, what they print and how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from portal.cli import main
from portal.commands import ground
from portal.shared.demo.cast import read_cast
from portal.shared.demo.fresh import start_over
from portal.shared.demo.seeding import NotTheDemoError, Stage, seed
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.ledger import LedgerEntry, LedgerMovement
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment
from portal.shared.records.schema import migrate
from tests.demo.conftest import NOON, stage_with
from tests.support.hanging import HUNG
from tests.support.live_server import StartServer
from tests.support.source_files import ROOT

PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Command:
    """A command that runs, and the first line it printed."""

    process: subprocess.Popen[str]
    line: str
    errors: Path

    @property
    def said(self) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self.line)
        return values


@contextmanager
def signals_mean_the_end() -> Iterator[None]:
    """What is started in here minds ctrl-c and a closed terminal, also when these tests were started not to.

    `nohup` and the background of a shell have signals ignored, and whoever is started later ignores them, too.
    """
    numbers = (signal.SIGINT, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Command]:
    """Start a command of ours with its data in `folder`, and wait for its first line."""
    folder.mkdir(parents=True, exist_ok=True)
    errors = folder / "errors.log"
    with errors.open("a") as log, signals_mean_the_end():
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=ROOT,
            env={**clean_environment(), "DATA_DIR": str(folder), **environment},
            start_new_session=True,
        )
    assert process.stdout is not None
    try:
        yield Command(process, process.stdout.readline(), errors)
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
        process.stdout.close()


def ended(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Let a command run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "portal.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
        cwd=ROOT,
        env={**clean_environment(), "DATA_DIR": str(folder), **environment},
    )


def clean_environment() -> dict[str, str]:
    return {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DEMO", "DATA_DIR"}
    }


def living_of_group(group: int) -> list[int]:
    """The processes of a group that have not ended."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = entry.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended while we looked
        if int(its_group) == group and state != "Z":
            found.append(int(entry.parent.name))
    return found


def nobody_is_left(group: int) -> bool:
    deadline = time.monotonic() + 20
    while living_of_group(group):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def sign_in(url: str, email: str, password: str) -> requests.Response:
    """Type an address and a password into the sign-in page."""
    with requests.Session() as browser:
        page = browser.get(f"{url}/sign-in", timeout=30).text
        hidden = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="hidden"[^>]*value="([^"]*)"', page))
        hidden |= dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
        form = {**hidden, "email": email, "password": password}
        return browser.post(
            f"{url}/sign-in", data=form, headers={"Origin": url}, timeout=30, allow_redirects=False
        )


def test_demo_with_json_prints_one_line_and_nothing_else(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--port", "0", "--json") as command:
        said = command.said
        assert set(said) == {"url", "people"}
        for person in said["people"]:
            assert set(person) == {"name", "email", "password", "language", "accounts"}
            for account in person["accounts"]:
                assert set(account) == {"name", "type", "role", "stories"}
        assert requests.get(f"{said['url']}/health", timeout=30).status_code == 200
        assert requests.get(f"{said['url']}/ready", timeout=30).status_code == 200
        person = said["people"][0]
        assert sign_in(said["url"], person["email"], person["password"]).status_code == 303
        assert sign_in(said["url"], person["email"], "something else").status_code != 303
        command.process.send_signal(signal.SIGTERM)
        assert command.process.wait(timeout=HUNG) == 0
        assert command.process.stdout is not None
        assert command.process.stdout.read() == ""
        assert nobody_is_left(command.process.pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["ctrl-c", "closed-terminal"])
def test_demo_ends_well_with_all_it_started(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "demo", "--port", "0", "--json") as command:
        assert len(living_of_group(command.process.pid)) >= 4  # itself, the worker, gunicorn and its workers
        command.process.send_signal(number)
        assert command.process.wait(timeout=HUNG) == 0
        assert nobody_is_left(command.process.pid)


def test_what_demo_started_ends_when_demo_is_killed(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--port", "0", "--json") as command:
        command.process.kill()
        command.process.wait(timeout=HUNG)
        assert nobody_is_left(command.process.pid)


def test_demo_ends_in_words_when_a_part_of_it_dies(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--port", "0", "--json") as command:
        for pid in living_of_group(command.process.pid):
            if "portal.worker" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)
        assert command.process.wait(timeout=HUNG) == 1
        assert "the worker ended" in command.errors.read_text()
        assert nobody_is_left(command.process.pid)


def test_demo_for_a_reader_is_a_table_with_the_password_and_the_address(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "--port", "0") as command:
        assert command.line.startswith("Sign in as")
        assert command.process.stdout is not None
        lines: list[str] = []
        while not (lines and lines[-1].startswith("Open http://127.0.0.1:")):
            lines.append(command.process.stdout.readline())
        text = "".join(lines)
        cast = read_cast()
        assert cast.password in text
        assert all(person["email"] in text for person in cast.sign_ins())


def test_demo_keeps_its_data_until_it_is_told_to_start_over(tmp_path: Path) -> None:
    first = "sqlite:///" + str(tmp_path / "twodoor.sqlite3")

    def visit(*more: str) -> None:
        with running(tmp_path, "demo", "--port", "0", "--json", *more) as command:
            assert command.said["people"]

    def names() -> list[str]:
        database = Database(first)
        with database.read() as session:
            found = list(session.scalars(sa.select(Account.name).order_by(Account.id)))
        database.dispose()
        return found

    visit()
    database = Database(first)
    with database.write() as session:
        session.execute(sa.update(Account).where(Account.id == 1).values(name="Padaria Nova"))
    database.dispose()
    visit()
    assert names()[0] == "Padaria Nova"
    visit("--fresh")
    assert names()[0] == "Padaria Aurora Ltda."


@pytest.mark.postgresql
def test_demo_on_postgresql(start_server: StartServer, empty_postgresql_url: str) -> None:
    server = start_server(database_url=empty_postgresql_url)
    person = server.person("monthly")
    assert sign_in(server.url, person.email, person.password).status_code == 303


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = ended(tmp_path, "demo", "--port", str(port))
    assert outcome.returncode == 2
    assert outcome.stdout == ""
    assert outcome.stderr.splitlines() == [
        f"Port {port} is taken or not ours. Choose another one with --port, or --port 0 for any free one."
    ]


@pytest.mark.parametrize("port", ["-1", "65536", "http", ""])
def test_a_port_that_is_none_is_refused(
    tmp_path: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["demo", f"--port={port}"])
    assert refused.value.code == 2
    assert "0 to 65535" in capsys.readouterr().err


def test_run_serves_a_demo_database_without_opening_it_to_the_printed_password(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'twodoor.sqlite3'}"
    database = Database(url)
    migrate(database)
    processor = SandboxProcessor(tmp_path)
    cast = read_cast()
    assert seed(stage_with(database, processor), cast, NOON)
    processor.close()
    database.dispose()
    person = cast.sign_ins()[0]
    with running(tmp_path, "run", "--port", "0", "--json") as command:
        assert command.said["people"] == []
        refused = sign_in(command.said["url"], person["email"], cast.password)
        assert refused.status_code != 303
    with running(tmp_path, "run", "--port", "0", "--json", DEMO="1") as command:
        assert sign_in(command.said["url"], person["email"], cast.password).status_code == 303


def test_run_refuses_a_database_that_is_not_up_to_date(tmp_path: Path) -> None:
    outcome = ended(tmp_path, "run", "--port", "0")
    assert outcome.returncode == 2
    assert "migrate" in outcome.stderr


def call(monkeypatch: pytest.MonkeyPatch, folder: Path, url: str, arguments: Sequence[str]) -> int:
    monkeypatch.setenv("DATA_DIR", str(folder))
    monkeypatch.setenv("DATABASE_URL", url)
    return main(arguments)


def test_migrate_then_verify(
    empty_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    assert call(monkeypatch, tmp_path, url, ["verify"]) == 2
    assert call(monkeypatch, tmp_path, url, ["migrate"]) == 0
    assert call(monkeypatch, tmp_path, url, ["verify"]) == 0
    assert capsys.readouterr().out == "The books are right.\n"


def test_a_long_proof_says_how_far_it_is(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed(stage, read_cast(), NOON)
    monkeypatch.setattr(ground, "PROGRESS", 5)
    url = stage.database.url.render_as_string(hide_password=False)
    assert call(monkeypatch, tmp_path, url, ["verify"]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines()[:2] == ["5 done", "10 done"]
    assert said.out == "The books are right.\n"


def test_verify_names_what_is_wrong_and_fails(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert seed(stage, read_cast(), NOON)
    with stage.database.write() as session:
        known = session.scalars(sa.select(Payment).limit(1)).one()
        wrong = LedgerMovement(account_id=known.account_id, kind="wrong", at=NOON)
        session.add(wrong)
        session.flush()
        session.add(
            LedgerEntry(
                account_id=known.account_id,
                movement_id=wrong.id,
                book="cash",
                currency=known.currency,
                amount_minor=1,
            )
        )
    url = stage.database.url.render_as_string(hide_password=False)
    assert call(monkeypatch, tmp_path, url, ["verify"]) == 1
    said = capsys.readouterr().out
    assert f"movement {wrong.id} does not sum to zero" in said
    assert f"account {known.account_id}: cash stands at" in said


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite:///:memory:"])
def test_an_address_we_cannot_use_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert call(monkeypatch, tmp_path, url, ["migrate"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_starting_over_removes_the_demo_and_nothing_else(stage: Stage, tmp_path: Path) -> None:
    database, processor = stage.database, stage.processor
    assert seed(stage, read_cast(), NOON)
    processor.close()
    start_over(database, tmp_path)
    again = Database(database.url.render_as_string(hide_password=False))
    assert sa.inspect(again.engine).get_table_names() in ([], ["alembic_version"])
    migrate(again)
    with again.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0
    again.dispose()
    assert not list(tmp_path.glob("sandbox-processor*"))


def test_starting_over_leaves_what_is_not_the_demos(stage: Stage, tmp_path: Path) -> None:
    with stage.database.write() as session:
        session.add(
            Account(
                name="Real",
                type="online",
                currency="EUR",
                country="PT",
                time_zone="Europe/Lisbon",
                language="en",
                invoice_series="R",
                created_at=NOON,
            )
        )
    with pytest.raises(NotTheDemoError):
        start_over(stage.database, tmp_path)
    with stage.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_without_a_command_help_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("demo", "run", "worker", "migrate", "verify"))
