"""Backup and restore on both databases, with orders in place and while others go on writing."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.gateways.sandbox.processor import BOOK_FILE, SandboxProcessor
from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.schema import is_current
from portal.shared.services import ledger
from portal.shared.services.jobs.enqueueing import enqueue
from tests.support.factories import NOW
from tests.support.postgres import PROGRAMS
from tests.support.shop import Shop, want

Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def data_dir(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an installation: the processor's book and a key lie in it."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "processor"))
    monkeypatch.setenv("PATH", str(PROGRAMS), prepend=":")
    (tmp_path / "processor").mkdir(exist_ok=True)
    (tmp_path / "processor" / "secret-key").write_text("a secret of this installation")
    return tmp_path / "processor"


@pytest.fixture
def restored(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> Iterator[Callable[[Path], Database]]:
    """Puts a backup into a new database, as docs/running/backup.md says."""
    opened: list[Database] = []

    def restore(folder: Path) -> Database:
        if database.engine.dialect.name == "sqlite":
            target = tmp_path / "new-machine" / "twodoor.sqlite3"
            target.parent.mkdir()
            shutil.copy(folder / "twodoor.sqlite3", target)
            url = f"sqlite:///{target}"
        else:
            url = request.getfixturevalue("empty_postgresql_url")
            words = "pg_restore --no-owner --exit-on-error --single-transaction".split()
            subprocess.run([*words, f"--dbname={url}", folder / "twodoor.dump"], check=True)
        opened.append(Database(url))
        return opened[-1]

    yield restore
    for one in opened:
        one.dispose()


def back_up(shop: Shop, folder: Path) -> int:
    return main(
        ["backup", str(folder), "--database-url", shop.database.url.render_as_string(hide_password=False)]
    )


def contents(database: Database) -> Contents:
    with database.read() as session:
        return {
            table.name: sorted(map(tuple, session.execute(sa.select(table))), key=repr)
            for table in all_tables().sorted_tables
        }


def some_orders(shop: Shop) -> None:
    for plan in (shop.catalogue.plus, shop.catalogue.standard):
        who = shop.customer()
        shop.order(who, want(shop.trial(who), plan, 5))


def test_what_was_restored_is_what_was_there_and_goes_on(
    shop: Shop, data_dir: Path, tmp_path: Path, restored: Callable[[Path], Database]
) -> None:
    some_orders(shop)
    before = contents(shop.database)
    assert back_up(shop, tmp_path / "kept") == 0
    some_orders(shop)  # lost with the machine
    again = restored(tmp_path / "kept")
    assert contents(again) == before
    assert (len(before["orders"]), len(before["ledger_entries"])) >= (2, 6)
    with again.read() as session:
        assert is_current(session.connection())
        assert ledger.verify(session) == []
    with pytest.raises(sa.exc.DBAPIError), again.write() as session:
        session.execute(sa.text("UPDATE ledger_entries SET amount_minor = 0"))
    (tmp_path / "new-book").mkdir()
    shutil.copy(tmp_path / "kept" / BOOK_FILE, tmp_path / "new-book" / BOOK_FILE)
    new = Shop(
        again,
        SandboxProcessor(tmp_path / "new-book", clock=shop.clock),
        shop.clock,
        shop.catalogue,
        shop.keys,
    )
    new.prove()  # the processor's book came along, and agrees
    some_orders(new)  # numbers go on where they stood
    with again.write() as session:
        assert enqueue(session, "renew-account", {"account_id": 1}, NOW) is not None
    new.prove()
    new.processor.close()


def test_a_copy_taken_while_others_write_is_one_moment(
    shop: Shop, data_dir: Path, tmp_path: Path, restored: Callable[[Path], Database]
) -> None:
    stop = threading.Event()
    began = threading.Event()

    def write() -> None:
        while not stop.is_set():
            some_orders(shop)
            began.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(30)
        assert back_up(shop, tmp_path / "kept") == 0
    finally:
        stop.set()
        writer.join()
    with restored(tmp_path / "kept").read() as session:
        assert ledger.verify(session) == []


def test_only_its_owner_may_read_it_and_it_says_what_it_is(
    shop: Shop, data_dir: Path, tmp_path: Path
) -> None:
    assert back_up(shop, tmp_path / "kept") == 0
    folder = tmp_path / "kept"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir() if file.name != "about.json")
    assert (folder / "secret-key").read_text() == "a secret of this installation"
    about = json.loads((folder / "about.json").read_text())
    assert about["schema"].isdigit()


def test_a_folder_that_is_there_is_never_written_into(shop: Shop, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    assert back_up(shop, tmp_path / "kept") == 2
    assert list((tmp_path / "kept").iterdir()) == []


def test_what_cannot_be_copied_leaves_nothing(
    shop: Shop,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no pg_dump
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / BOOK_FILE).write_text("no database, but long enough to be looked at\n" * 100)
    assert back_up(shop, tmp_path / "kept") == 2
    assert "Nothing was kept." in capsys.readouterr().err
    assert not (tmp_path / "kept").exists()
