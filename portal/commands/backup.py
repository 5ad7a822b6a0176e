"""The command `backup`: one folder with everything a new machine needs, taken while people go on working."""

from __future__ import annotations

import argparse
import json
import shutil
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from portal.commands.ground import CANNOT, WENT_WELL, say
from portal.shared.gateways.copying import NotCopiedError, copy_sqlite, dump_postgresql
from portal.shared.gateways.sandbox.processor import BOOK_FILE
from portal.shared.records.database import Database
from portal.shared.records.schema import standing_at

SQLITE_FILE, POSTGRESQL_FILE, ABOUT = "twodoor.sqlite3", "twodoor.dump", "about.json"
# What lies beside the database: the key that signs cookies and makes the secrets of webhooks, and a demo's clock.
BESIDE = ("secret-key", "demo-clock.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said behind `backup`."""
    parser.add_argument(
        "folder", type=Path, help="a new folder; it will hold secrets, and only you may read it"
    )


def run(asked: argparse.Namespace, database: Database, data_dir: Path, now: datetime) -> int:
    """Make the folder; what could not be copied leaves none."""
    folder: Path = asked.folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        return say(f"{folder} must be a new folder: {error.strerror}.", CANNOT)
    try:
        _copy(database, data_dir, folder)
    except (NotCopiedError, OSError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        return say(f"Nothing was kept. {error}", CANNOT)
    about = {"taken_at": now.isoformat(), "schema": standing_at(database), "files": sorted(_names(folder))}
    (folder / ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")
    print(f"{folder} holds {', '.join(sorted(_names(folder)))}.")
    return WENT_WELL


def _copy(database: Database, data_dir: Path, folder: Path) -> None:
    # The database first: what is charged meanwhile is in the processor's book and not lost, as with a real processor.
    url: URL = database.url
    if database.engine.dialect.name == "sqlite":
        copy_sqlite(Path(url.database or ""), folder / SQLITE_FILE)
    else:
        address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        dump_postgresql(address, url.password or "", folder / POSTGRESQL_FILE)
    if (data_dir / BOOK_FILE).is_file():
        copy_sqlite(data_dir / BOOK_FILE, folder / BOOK_FILE)
    for name in BESIDE:
        if (data_dir / name).is_file():
            shutil.copy2(data_dir / name, folder / name)
    for file in folder.iterdir():
        file.chmod(0o600)


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]
