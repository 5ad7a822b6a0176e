"""Keys of changes that programs send: what each stood for, for as long as a repetition may come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.records.accounts import lock_account
from portal.shared.records.api_tokens import ApiRequestKey, forget_request_keys, request_key
from portal.shared.records.database import Database

# Longer than anybody tries again; an order's own key is kept with it for ever.
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Before:
    """Whether a key stands for the same as before, and the number of what came of it, if anything did."""

    same: bool
    thing: str | None


def claim(database: Database, account_id: int, key: str, fingerprint: str, now: datetime) -> bool:
    """Keep what a key stands for and say whether it is this; a short transaction of its own, before the change."""
    with database.write() as session:
        lock_account(session, account_id)
        known = request_key(session, account_id, key)
        if known is None:
            session.add(ApiRequestKey(account_id=account_id, key=key, fingerprint=fingerprint, at=now))
            return True
        return known.fingerprint == fingerprint


def made_before(session: Session, account_id: int, key: str, fingerprint: str, now: datetime) -> Before:
    """What came of this very change before, asked in the transaction that is about to make it.

    The account is locked, so of two at once the second one hears of what the first one made.
    """
    lock_account(session, account_id)
    known = request_key(session, account_id, key)
    if known is None:
        session.add(ApiRequestKey(account_id=account_id, key=key, fingerprint=fingerprint, at=now))
        session.flush()
        return Before(same=True, thing=None)
    return Before(same=known.fingerprint == fingerprint, thing=known.thing)


def keep(session: Session, account_id: int, key: str, thing: str) -> None:
    """Keep what came of a change, for its repetitions."""
    known = request_key(session, account_id, key)
    assert known is not None, "the key was kept before the change"
    known.thing = thing


def forget(database: Database, now: datetime) -> None:
    """Let go of keys that nobody sends again."""
    with database.write() as session:
        forget_request_keys(session, now - KEPT)
