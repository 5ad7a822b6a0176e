"""A mail that is refused for good is tried no more, and what is refused for now is."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.domain.jobs import MOST_ATTEMPTS
from portal.shared.gateways.mail import MailNotSent
from portal.shared.records.database import Database
from portal.shared.records.outbox import GIVEN_UP, OutboxMail
from portal.shared.services.notifications import UNKNOWN_END, enqueue_mail
from tests.support.factories import NOW
from tests.support.outbox import deliver_mails


class Refusing:
    """A mailer whose server refuses some addresses."""

    def __init__(self, *, for_good: bool) -> None:
        self.for_good = for_good
        self.asked: list[str] = []

    def send(self, message: EmailMessage, *, key: str) -> None:
        self.asked.append(key)
        if "refused" in str(message["To"]):
            raise MailNotSent("the mail server answered 550", for_good=self.for_good)


def render(kind: str, recipient: str, language: str, payload: dict[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["To"] = recipient
    return message


def put(database: Database, *recipients: str) -> None:
    with database.write() as session:
        for one in recipients:
            enqueue_mail(session, "order-placed", one, "en", {}, one, NOW)


def mail_to(database: Database, recipient: str) -> OutboxMail:
    with database.read() as session:
        return session.scalars(sa.select(OutboxMail).where(OutboxMail.recipient == recipient)).one()


def deliver(database: Database, mailer: Refusing, now: datetime) -> int:
    return deliver_mails(database, mailer, render, now)


def test_a_mail_refused_for_good_is_given_up_and_keeps_its_error(database: Database) -> None:
    put(database, "refused@example.org", "ana@example.org")
    mailer = Refusing(for_good=True)
    assert deliver(database, mailer, NOW) == 1
    for days in (1, 30, 4000):
        assert deliver(database, mailer, NOW + timedelta(days=days)) == 0
    assert sorted(mailer.asked) == ["ana@example.org", "refused@example.org"]
    given_up = mail_to(database, "refused@example.org")
    assert (given_up.sent_at, given_up.attempts) == (None, 1)
    assert given_up.last_error == "the mail server answered 550"
    assert given_up.next_attempt_at == GIVEN_UP


@pytest.mark.parametrize(("attempts", "pause"), [(1, 30), (2, 60), (30, 6 * 3600)])
def test_a_mail_refused_for_now_is_tried_again(database: Database, attempts: int, pause: int) -> None:
    put(database, "refused@example.org")
    with database.write() as session:
        session.execute(sa.update(OutboxMail).values(attempts=attempts - 1))
    mailer = Refusing(for_good=False)
    assert deliver(database, mailer, NOW) == 0
    again = NOW + timedelta(seconds=pause)
    assert mail_to(database, "refused@example.org").next_attempt_at == again
    assert deliver(database, mailer, again - timedelta(seconds=1)) == 0
    assert len(mailer.asked) == 1
    deliver(database, mailer, again)
    assert len(mailer.asked) == 2


def test_a_mail_that_ends_its_worker_again_and_again_is_given_up(database: Database) -> None:
    put(database, "poison@example.org", "ana@example.org")

    class Killed(BaseException):
        """No handler in the house catches this, as none survives a kill."""

    class Deadly(Refusing):
        def send(self, message: EmailMessage, *, key: str) -> None:
            super().send(message, key=key)
            if key == "poison@example.org":
                raise Killed

    mailer, now = Deadly(for_good=False), NOW
    for _ in range(MOST_ATTEMPTS + 3):
        with contextlib.suppress(Killed):
            deliver(database, mailer, now)
        now += timedelta(hours=1)
    assert mailer.asked.count("poison@example.org") == MOST_ATTEMPTS
    assert mailer.asked.count("ana@example.org") == 1
    given_up = mail_to(database, "poison@example.org")
    assert (given_up.next_attempt_at, given_up.last_error) == (GIVEN_UP, UNKNOWN_END)
