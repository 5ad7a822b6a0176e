"""Mail leaves only from the outbox, which is written in the transaction that has something to say.

Each mail comes with a job that sends it at once; the outbox itself knows what has left and what is tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.erasure import leads_nowhere
from portal.shared.domain.jobs import is_last, pause_after
from portal.shared.gateways.mail import Mailer, MailNotSent
from portal.shared.records.database import Database
from portal.shared.records.in_bulk import insert_rows, insert_unless_there, new_numbers
from portal.shared.records.outbox import GIVEN_UP, OutboxMail, mail_waiting, mails_waiting
from portal.shared.services.jobs.enqueueing import enqueue_many

# Longer than a mail server may take, so that a slow delivery is not started twice.
LEASE = timedelta(minutes=2)
# How many mails that wait for another try are looked for at once; most leave by the job they came with.
MOST_AT_ONCE = 500
# What is known of a mail while it is sent, and stays known of one that ended its worker.
UNKNOWN_END = "the worker ended without a word"
# How names of a payload begin that are forgotten once the mail has left or is given up.
SECRET = "secret_"  # noqa: S105  # a name, no secret
# The task that sends a mail, by its number.
DELIVER = "deliver-mail"

_COLUMNS = "id dedupe_key kind recipient language payload created_at next_attempt_at".split()
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
    """Put a mail into the outbox; a second one with the same key is the same mail and is not added.

    Who was forgotten has no address any more, so there is nothing to send.
    """
    if leads_nowhere(recipient):
        return
    row = (dedupe_key, kind, recipient, language, payload, now, now)
    number = insert_unless_there(session, OutboxMail, dict(zip(_COLUMNS[1:], row, strict=True)))
    if number is not None:
        enqueue_many(session, DELIVER, [({"mail_id": number}, mail_key(number))], now)


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail that is to be put into the outbox."""

    kind: str
    recipient: str
    language: str
    payload: dict[str, Any]
    dedupe_key: str


def enqueue_mails(session: Session, mails: Iterable[NewMail], now: datetime) -> None:
    """Put many mails into the outbox at once, each with its job; their keys must be new and differ."""
    found = [one for one in mails if not leads_nowhere(one.recipient)]
    if not found:
        return
    numbers = new_numbers(session, OutboxMail, len(found))
    rows = [
        (number, one.dedupe_key, one.kind, one.recipient, one.language, one.payload, now, now)
        for number, one in zip(numbers, found, strict=True)
    ]
    insert_rows(session, OutboxMail, _COLUMNS, rows)
    enqueue_many(session, DELIVER, [({"mail_id": one}, mail_key(one)) for one in numbers], now)


def mail_key(mail_id: int) -> str:
    """The key by which a mail is in the queue once."""
    return f"{DELIVER}:{mail_id}"


def due_mails(session: Session, now: datetime) -> list[int]:
    """Which mails should be tried now, by number: those whose job was lost, and those that are tried again."""
    return [mail.id for mail in mails_waiting(session, now, limit=MOST_AT_ONCE)]


def deliver_mail(database: Database, mailer: Mailer, render: Render, now: datetime, mail_id: int) -> bool:
    """Send a mail if it is due, and say whether it left.

    It is leased before it is sent and marked after, so that a worker that dies leaves it to be sent again; the mailer
    knows its key and does not deliver it twice. What fails is tried again after a growing pause; what is refused for
    good, or ends its worker again and again, is given up, and its error kept.
    """
    mail = _lease(database, mail_id, now)
    if mail is None:
        return False
    try:
        message = render(mail.kind, mail.recipient, mail.language, mail.payload)
        mailer.send(message, key=mail.dedupe_key)
    except MailNotSent as error:
        _failed(database, mail.id, str(error), None if error.for_good else now)
    except Exception as error:  # noqa: BLE001 - the outbox knows when it is tried again
        _failed(database, mail.id, type(error).__name__, now)
    else:
        _sent(database, mail.id, now)
        return True
    return False


def _lease(database: Database, mail_id: int, now: datetime) -> OutboxMail | None:
    with database.write() as session:
        mail = mail_waiting(session, mail_id, now)
        if mail is None:
            return None
        if mail.last_error == UNKNOWN_END and is_last(mail.attempts):
            mail.next_attempt_at = GIVEN_UP
            return None
        mail.attempts += 1
        mail.next_attempt_at = now + LEASE
        mail.last_error = UNKNOWN_END  # until it is known better
    return mail


def _sent(database: Database, mail_id: int, now: datetime) -> None:
    with database.write() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.sent_at = now
        mail.last_error = ""
        _forget_secrets(mail)


def _failed(database: Database, mail_id: int, error: str, now: datetime | None) -> None:
    """Keep the error and try again later; without a `now`, never."""
    with database.write() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.last_error = error
        mail.next_attempt_at = GIVEN_UP if now is None else now + pause_after(mail.attempts)
        if now is None:
            _forget_secrets(mail)


def _forget_secrets(mail: OutboxMail) -> None:
    """What opens something for whoever reads it stays here no longer than the mail waits."""
    if any(name.startswith(SECRET) for name in mail.payload):
        mail.payload = {key: value for key, value in mail.payload.items() if not key.startswith(SECRET)}
