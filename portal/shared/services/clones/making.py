"""Cloning an account for a rehearsal, finding the clone again, and throwing it away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.gateways.rehearsals import Note, Rehearsals
from portal.shared.records.accounts import lock_account
from portal.shared.records.cloning import copy_account, create_empty
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.services import activity

# No invoice of a real account begins like this.
SERIES = "REHEARSAL"


class NotHereError(PermissionError):
    """This installation does not rehearse: it is neither a demo nor said to be for staging."""


def shelf(folder: Path, *, allowed: bool) -> Rehearsals:
    """Where this installation keeps its rehearsals.

    Raises:
        NotHereError: it does not rehearse.
    """
    if not allowed:
        raise NotHereError
    return Rehearsals(folder / "rehearsals")


def make(
    session: Session, rehearsals: Rehearsals, account_id: int, actor_id: int, actor: str, now: datetime
) -> Note:
    """Clone an account as it stands now; a clone that was there before is thrown away.

    The real account gets an entry of its activity that it was cloned, and nothing else.
    """
    lock_account(session, account_id)
    activity.record(session, account_id, actor_id, "account-cloned", {}, now)
    database = Database(rehearsals.begin(account_id))
    try:
        create_empty(database)
        with database.write() as target:
            copy_account(session, target, account_id, f"{SERIES}-{account_id}")
            newest = target.scalar(sa.select(sa.func.max(Invoice.id))) or 0
    finally:
        database.dispose()
    note = Note(account_id, actor, now.isoformat(), now.isoformat(), newest)
    rehearsals.keep(note)
    return note


@contextmanager
def opened(rehearsals: Rehearsals, account_id: int) -> Iterator[Database]:
    """The database of a clone, while it is worked with."""
    database = Database(rehearsals.address(account_id))
    try:
        yield database
    finally:
        database.dispose()
