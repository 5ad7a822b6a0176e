"""A run of renewals: whatever is due, in chunks of many accounts, and one by one where an account is not plain.

May be broken off anywhere and begun again, and run by several at once: what was renewed is not due any more.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import datetime

import structlog

from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records import renewal_chunks as records
from portal.shared.records.database import Database, is_passing
from portal.shared.services.renewals.chunks import Chunk, renew_chunk
from portal.shared.services.renewals.plain import Known
from portal.shared.services.renewals.renewing import FARTHEST_ZONE, Outcome, renew_account

_log = structlog.stdlib.get_logger("portal.renewals")

# Accounts that are looked at in one transaction: the locks of a chunk are held for some hundred milliseconds.
A_CHUNK = 1000


def renew_due(
    database: Database, seller: SellerTaxes, now: datetime, *, size: int = A_CHUNK
) -> Iterator[Outcome]:
    """Renew whatever is due, and say what became of each account.

    What somebody else holds is passed by, and looked at again in the end.
    """
    day, known, busy, after = (now + FARTHEST_ZONE).date(), Known(), array("q"), 0
    while True:
        with database.write() as session:
            page = records.due_accounts(session, day, after, size)
            chunk = renew_chunk(session, seller, now, page, known) if page else None
        if chunk is None:
            break
        after = page[-1]
        busy.extend(chunk.busy)
        yield from _with_others(database, seller, now, chunk)
    for first in range(0, len(busy), size):
        with database.write() as session:
            page = records.still_due(session, day, busy[first : first + size])
            chunk = renew_chunk(session, seller, now, page, known, patiently=True)
        yield from _with_others(database, seller, now, chunk)


def renew_piece(database: Database, seller: SellerTaxes, now: datetime, first: int, last: int) -> Chunk:
    """Renew the plain accounts of which something is due from one number to another, and say which are left.

    Where that cannot be done for all of them together, all of them are left.
    """
    day = (now + FARTHEST_ZONE).date()
    with database.read() as session:
        page = records.due_accounts(session, day, first - 1, A_CHUNK, until=last)
    if not page:
        return Chunk((), (), ())
    try:
        with database.write() as session:
            return renew_chunk(session, seller, now, page, Known())
    except Exception as error:
        if is_passing(error):
            raise
        _log.warning("accounts could not be renewed together", first=first, last=last, exc_info=True)
        return Chunk((), page, ())


def _with_others(database: Database, seller: SellerTaxes, now: datetime, chunk: Chunk) -> Iterator[Outcome]:
    yield from chunk.renewed
    for account_id in chunk.others:
        yield from renew_account(database, account_id, seller, now)
