"""The command `catalog`: faults by their place, differences in words, and the exit codes that scripts read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.cli import main
from portal.shared.demo.cast import CATALOG_FILE
from portal.shared.records.catalog import Price
from portal.shared.records.database import Database

SOON = "2099-01-01"


@pytest.fixture
def file(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of one's own, and an empty catalogue where the command finds it."""
    monkeypatch.setenv("DATABASE_URL", sqlite_database.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    found = tmp_path / "mine.toml"
    found.write_text(CATALOG_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    return found


def edit(file: Path, *pairs: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def prices(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Price)) or 0


def test_a_difference_is_told_before_it_is_made_and_made_once(
    file: Path, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["catalog", "diff", str(file)]) == 1
    told = capsys.readouterr().out
    assert "gotoassist-remote-support-v5 basic: monthly BRL new price, 119.00 from 2024-01-01" in told
    assert "Nothing was done." in told
    assert prices(sqlite_database) == 0
    assert main(["catalog", "apply", str(file)]) == 0
    assert "Changed: " in capsys.readouterr().out
    assert prices(sqlite_database) > 0
    for words in ("diff", "apply"):
        assert main(["catalog", words, str(file)]) == 0
        assert capsys.readouterr().out == "Nothing to change: the catalogue is as the file has it.\n"


def test_a_new_price_and_a_new_word_are_told_with_what_they_replace(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["catalog", "apply", str(file)])
    edit(file, ("2024-01-01", SOON), ('"119.00"', '"129.00"'), ('es = "Básico"', 'es = "Inicial"'))
    edit(file, ('en = "Record sessions"', 'en = "Keep recordings"'))
    capsys.readouterr()
    assert main(["catalog", "diff", str(file)]) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "gotoassist-remote-support-v5: feature Keep recordings: added",
        "gotoassist-remote-support-v5: feature Record sessions: removed",
        "gotoassist-remote-support-v5 basic: names.es Básico -> Inicial",
        f"gotoassist-remote-support-v5 basic: monthly BRL 119.00 -> 129.00 from {SOON}",
    ]


def test_faults_are_named_by_their_place_and_nothing_is_done(
    file: Path, sqlite_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(file, ('JPY = "3500"', 'JPY = "30"'), ("rank = 2", "rank = 1"), ('BRL = "119.00"', 'BRX = "119.00"'))
    assert main(["catalog", "apply", str(file)]) == 2
    told = capsys.readouterr()
    assert [line.partition(":")[0] for line in told.out.splitlines()] == [
        "products[1].plans[2].rank",
        "products[1].plans[1].monthly.BRX",
        "products[1].plans[1].monthly.JPY",
    ]
    assert "mine.toml cannot be applied; faults: 3. Nothing was done." in told.err
    assert prices(sqlite_database) == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[[products]]", "[[products", "mine.toml"),
        ('code = "basic"\n', "", "products[1].plans[1].code: required field missing"),
        ("rank = 2", 'rank = "2"', "products[1].plans[2].rank"),
        ("trial_days", "trail_days", "products[1]: extra fields found (trail_days)"),
    ],
    ids=["no-toml", "a-field-is-missing", "a-number-in-quotes", "a-misspelt-key"],
)
def test_a_file_that_cannot_be_read_is_told_by_the_place(
    file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    edit(file, (old, new))
    assert main(["catalog", "diff", str(file)]) == 2
    assert words in capsys.readouterr().err


def test_programs_read_one_line_of_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "diff", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["faults"], told["applied"]) == ([], False)
    assert told["differences"][0]["words"].startswith("gotoassist-remote-support-v5: new product")
    assert main(["catalog", "apply", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["applied"] is True
    edit(file, ("rank = 2", "rank = 1"))
    assert main(["catalog", "apply", str(file), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert (told["faults"][0]["place"], told["applied"]) == ("products[1].plans[2].rank", False)
    edit(file, ("[[products]]", "[[products"))
    assert main(["catalog", "diff", str(file), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["faults"]
