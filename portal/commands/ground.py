"""What every command stands on: the database it opens, the house it needs, and how it speaks to the reader."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError

from portal.app import create_app
from portal.config import Settings, SettingsError
from portal.shared.records.database import Database
from portal.shared.records.schema import is_current
from portal.shared.web.house import House

WENT_WELL, FAILED, CANNOT = 0, 1, 2
NOT_MIGRATED = "The database is not up to date; run the command `migrate` first."
PROGRESS = 1000


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database of the settings, closed again at the end.

    Raises:
        SettingsError: the address is none that we know.
    """
    try:
        database = Database(settings.database_url)
    except (ValueError, ArgumentError) as error:
        raise SettingsError(
            "DATABASE_URL must begin with sqlite:/// and a file, or with postgresql://."
        ) from error
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def opened_and_current(settings: Settings) -> Iterator[Database]:
    """The database of the settings, brought up to date by somebody before.

    Raises:
        SettingsError: it is not up to date, or its address is none that we know.
    """
    with opened(settings) as database:
        must_be_current(database)
        yield database


def must_be_current(database: Database) -> None:
    """Nothing but `migrate` works on an old database.

    Raises:
        SettingsError: it is not up to date.
    """
    with database.read() as session:
        if not is_current(session.connection()):
            raise SettingsError(NOT_MIGRATED)


@contextmanager
def house() -> Iterator[House]:
    """The equipment of the installation, on a database that is up to date; closed again at the end.

    Raises:
        SettingsError: the settings or the database are not as they must be.
    """
    found: House = create_app(Settings.from_environment()).extensions["twodoor"]
    try:
        must_be_current(found.database)
        yield found
    finally:
        found.database.dispose()


def say(sentence: str, code: int) -> int:
    """Tell the reader something, on standard error, and give the exit code back."""
    print(sentence, file=sys.stderr, flush=True)
    return code


def say_progress(number: int) -> None:
    """Say how far a long run is."""
    if number % PROGRESS == 0:
        say(f"{number} done", WENT_WELL)
