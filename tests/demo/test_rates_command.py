"""The command `rates`: shown before it is done, done once, and a file of one's own that wins."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.records.catalog import TaxRateRow
from portal.shared.records.database import Database

DAY = "2099-01-01"
OWN = """rates = [
  { country = "PT", name = "IVA", valid_from = 2011-01-01, percent = "23" },
  { country = "BR", name = "ISS", valid_from = 2020-01-01, percent = "5" },
]"""


@pytest.fixture
def url(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database that is up to date and knows no rate, where the command finds it."""
    found = sqlite_database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", found)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return found


def rows(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        found: dict[str, list[str]] = {}
        for row in session.scalars(sa.select(TaxRateRow).order_by(TaxRateRow.id)):
            found.setdefault(row.country, []).append(row.source)
        return found


def test_a_dry_run_shows_it_and_does_nothing(
    url: str, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rates", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "FI: not known -> 25.5 % from 2026-" in told
    assert "Nothing was done." in told
    assert rows(sqlite_database) == {}


def test_it_is_done_once_and_the_own_file_wins(
    url: str, sqlite_database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN)
    assert main(["rates", "--file", str(file)]) == 0
    assert "Your own file decides: BR, PT." in capsys.readouterr().out
    found = rows(sqlite_database)
    assert (found["BR"], found["PT"]) == (["own.toml"], ["own.toml"])
    assert found["FI"][0].startswith("eu-vat-rates-data ")
    assert main(["rates", "--file", str(file), "--from", DAY]) == 0
    assert "Nothing to add" in capsys.readouterr().out
    assert rows(sqlite_database) == found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--from", "2020-01-01"], "on a day that is past", id="a day that is past"),
        pytest.param(["--file", "/nowhere.toml"], "cannot be loaded", id="no such file"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is(
    url: str,
    sqlite_database: Database,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    assert main(["rates", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert rows(sqlite_database) == {}
