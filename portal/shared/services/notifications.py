"""Mail leaves only from the outbox, which is written in the transaction that has something to say."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.gateways.mail import Mailer, MailNotSent
from portal.shared.records.database import Database
from portal.shared.records.outbox import GIVEN_UP, OutboxMail, mail_exists, mails_waiting

# Longer than a mail server may take, so that a slow delivery is not started twice.
LEASE = timedelta(minutes=2)
MOST_IN_A_RUN = 20
LONGEST_PAUSE = timedelta(hours=6)

Render = Callable[[str, str, str, dict[str, Any]], EmailMessage]


def enqueue_mail(
    session: Session,
    kind: str,
    recipient: str,
    language: str,
    payload: dict[str, Any],
    dedupe_key: str,
    now: datetime,
) -> None:
    """Put a mail into the outbox; a second one with the same key is the same mail and is not added."""
    if mail_exists(session, dedupe_key):
        return
    session.add(
        OutboxMail(
            dedupe_key=dedupe_key,
            kind=kind,
            recipient=recipient,
            language=language,
            payload=payload,
            created_at=now,
            next_attempt_at=now,
        )
    )
    session.flush()


def deliver_mails(database: Database, mailer: Mailer, render: Render, now: datetime) -> int:
    """Send what waits in the outbox and say how many mails left.

    A mail is leased before it is sent and marked after, so that a worker that dies sends it again later; the mailer
    knows its key and does not deliver it twice. What fails is tried again after a growing pause; what is refused for
    good is given up, and its error kept. Mails are leased one by one: those that wait behind a slow mail server would
    outlive a common lease, and another worker would send them too.
    """
    sent = 0
    started = time.monotonic()
    for _ in range(MOST_IN_A_RUN):
        mail = _lease(database, now + timedelta(seconds=time.monotonic() - started))
        if mail is None:
            break
        try:
            message = render(mail.kind, mail.recipient, mail.language, mail.payload)
            mailer.send(message, key=mail.dedupe_key)
        except MailNotSent as error:
            _failed(database, mail.id, str(error), None if error.for_good else now)
        except Exception as error:  # noqa: BLE001 - one mail that fails must not keep the others back
            _failed(database, mail.id, type(error).__name__, now)
        else:
            _sent(database, mail.id, now)
            sent += 1
    return sent


def _lease(database: Database, now: datetime) -> OutboxMail | None:
    with database.write() as session:
        mail = next(iter(mails_waiting(session, now, limit=1)), None)
        if mail is not None:
            mail.attempts += 1
            mail.next_attempt_at = now + LEASE
    return mail


def _sent(database: Database, mail_id: int, now: datetime) -> None:
    with database.write() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.sent_at = now
        mail.last_error = ""


def _failed(database: Database, mail_id: int, error: str, now: datetime | None) -> None:
    """Keep the error and try again later; without a `now`, never."""
    with database.write() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.last_error = error
        mail.next_attempt_at = GIVEN_UP if now is None else now + _pause(mail.attempts)


def _pause(attempts: int) -> timedelta:
    return min(LONGEST_PAUSE, timedelta(seconds=15 << min(attempts, 12)))
