"""Letting go of what is kept for a time only. Everything here may be repeated."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.database import Database
from portal.shared.records.outbox import GIVEN_UP, NOT_EMPTIED, OutboxMail
from portal.shared.services.mailbox import DemoMailbox
from portal.shared.services.privacy.finding import table

# What has an end of its own goes once that is over: table and column of its last moment.
RUNS_OUT = {
    "sign_in_sessions": "expires_at",
    "password_links": "expires_at",
    "passkey_challenges": "expires_at",
    "provider_visits": "expires_at",
    "data_exports": "expires_at",
}
# Failed sign-ins are counted for an hour at most.
ATTEMPTS = timedelta(hours=1)
# Mails with a secret, or to somebody who was forgotten, are emptied as soon as they have surely left.
BRIEF = frozenset(
    "claim-answered claim-notice claim-received data-export erasure-done invitation password-link".split()
)
SHORTLY = timedelta(hours=1)
AT_ONCE = 500

_ADDRESS_IN_KEY = re.compile(r"[^:\s]+@[^:\s]+")


def let_go_of_secrets(database: Database, now: datetime) -> None:
    """Delete sign-ins, links and questions that have run out, and failed sign-ins that count no more."""
    with database.write() as session:
        for name, column in RUNS_OUT.items():
            rows = table(name)
            session.execute(sa.delete(rows).where(rows.c[column] <= now))
        attempts = table("sign_in_attempts")
        session.execute(sa.delete(attempts).where(attempts.c.at <= now - ATTEMPTS))


def let_go_of_mails(database: Database, mailbox: DemoMailbox | None, now: datetime, mails_days: int) -> None:
    """Empty mails that left `mails_days` ago: their keys stay, so none is sent twice. Who never got theirs, won't."""
    old = now - timedelta(days=mails_days)
    with database.write() as session:
        given_up = sa.and_(OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at >= GIVEN_UP)
        session.execute(sa.delete(OutboxMail).where(given_up, OutboxMail.created_at <= old))
    left = sa.or_(
        OutboxMail.sent_at <= old,
        sa.and_(OutboxMail.kind.in_(BRIEF), OutboxMail.sent_at <= now - SHORTLY),
    )
    left = sa.and_(OutboxMail.sent_at <= max(old, now - SHORTLY), left)
    while _empty_some(database, left) == AT_ONCE:
        pass
    if mailbox is not None:
        mailbox.forget_before(old)


def _empty_some(database: Database, left: sa.ColumnElement[bool]) -> int:
    with database.write() as session:
        return _emptied(session, left)


def _emptied(session: Session, left: sa.ColumnElement[bool]) -> int:
    found = session.scalars(
        sa.select(OutboxMail).where(left, sa.text(NOT_EMPTIED)).order_by(OutboxMail.sent_at).limit(AT_ONCE)
    ).all()
    for mail in found:
        mail.recipient, mail.payload = "", {}
        mail.dedupe_key = _ADDRESS_IN_KEY.sub(f"mail-{mail.id}", mail.dedupe_key)
    return len(found)
