"""The command `import-accounts`: tried before it is done, done once, and the books right afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from tests.support.coming_along import FILES
from tests.support.factories import a_catalogue


@pytest.fixture
def folder(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files, and a house that sells what is in them."""
    monkeypatch.setenv("DATABASE_URL", sqlite_database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    with sqlite_database.write() as session:
        a_catalogue(session)
    (tmp_path / "customers").mkdir()
    for name, text in FILES.items():
        (tmp_path / "customers" / f"{name}.csv").write_text(text, encoding="utf-8-sig")
    return tmp_path / "customers"


def accounts(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Account)) or 0


def test_it_is_shown_then_done_then_passed_over(
    folder: Path, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-accounts", str(folder), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "A1  Aurora Lda: people 3, subscriptions 1, seats 2" in told
    assert "Nothing was done. Without --dry-run these come along: accounts 2, people 4," in told
    assert accounts(sqlite_database) == 0
    assert main(["import-accounts", str(folder)]) == 0
    assert "Came along: accounts 2," in capsys.readouterr().out
    assert main(["import-accounts", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == ["A1", "B2"]
    assert accounts(sqlite_database) == 2
    assert main(["verify"]) == 0


def test_faults_are_told_by_file_and_line_and_nothing_is_done(
    folder: Path, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "seats.csv").write_text(FILES["seats"] + "A1,assist,z@aurora.example\n")
    assert main(["import-accounts", str(folder)]) == 2
    told = capsys.readouterr()
    assert told.out == "seats.csv, line 4: one seat too many: A1 has 2 of assist\n"
    assert "Nothing was done; faults: 1." in told.err
    assert accounts(sqlite_database) == 0
    assert main(["import-accounts", str(folder), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["faults"][0]["line"] == 4


def test_a_folder_without_accounts_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import-accounts", str(tmp_path / "nowhere")]) == 2
    assert "has no accounts.csv" in capsys.readouterr().err
