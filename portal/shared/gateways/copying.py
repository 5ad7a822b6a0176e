"""Copies of databases that are in use: SQLite by its own way of copying, PostgreSQL by `pg_dump`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

PATIENCE_SECONDS = 60 * 60


class NotCopiedError(RuntimeError):
    """No whole copy could be made; the message is a sentence for the reader."""


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy an SQLite file as it stands at one moment, while others read and write it; the copy is proved whole.

    Raises:
        NotCopiedError: it could not be read, or the disk is full.
    """
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as reading,
            closing(sqlite3.connect(target)) as writing,
        ):
            reading.backup(writing)
            [answer] = writing.execute("PRAGMA integrity_check").fetchone()
            writing.execute("PRAGMA journal_mode = DELETE")  # one file, to be carried away as it is
    except sqlite3.Error as error:
        raise NotCopiedError(f"{source.name} could not be copied: {error}.") from error
    if answer != "ok":
        raise NotCopiedError(f"{source.name} is damaged: {answer}.")


def dump_postgresql(address: str, password: str, target: Path) -> None:
    """Dump a PostgreSQL database as it stands at one moment, for `pg_restore`; the password is on no command line.

    Raises:
        NotCopiedError: there is no `pg_dump`, or it did not do it; its own words are in the message.
    """
    program = shutil.which("pg_dump")
    if program is None:
        raise NotCopiedError("pg_dump is not installed; it comes with PostgreSQL's client programs.")
    words = [
        program,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--file={target}",
        f"--dbname={address}",
    ]
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    try:
        done = subprocess.run(
            words, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotCopiedError(f"pg_dump did not end ({type(error).__name__}).") from error
    if done.returncode:
        raise NotCopiedError(f"pg_dump says: {done.stderr.strip()}")
