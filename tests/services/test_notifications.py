"""The outbox: every mail leaves once, whatever the mail server or the worker does."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from portal.shared.gateways.mail import MailNotSent, SmtpMailer, SmtpSecurity, SmtpSettings
from portal.shared.records.outbox import OutboxMail
from portal.shared.services.notifications import LEASE, enqueue_mail
from tests.support.faults import PowerCut, cut
from tests.support.free_port import free_port
from tests.support.outbox import deliver_mails
from tests.support.shop import Shop


def render(kind: str, recipient: str, language: str, payload: dict[str, Any]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "billing@example.org", recipient, kind
    message.set_content(str(payload))
    return message


def nothing(key: str) -> None:
    """No trouble."""


class Postbox:
    """A mailer that keeps what it was given; `trouble` runs before a mail is taken, `farewell` after."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.trouble: Callable[[str], None] = nothing
        self.farewell: Callable[[str], None] = nothing

    def send(self, message: EmailMessage, *, key: str) -> None:
        self.trouble(key)
        if key not in self.taken:
            self.taken.append(key)
        self.farewell(key)


def write(shop: Shop, *keys: str) -> None:
    with shop.database.write() as session:
        for key in keys:
            enqueue_mail(session, "hello", "a@example.org", "en", {"n": key}, key, shop.clock.now())


def deliver(shop: Shop, mailer: Any) -> int:
    return deliver_mails(shop.database, mailer, render, shop.clock.now())


def test_every_mail_leaves_once(shop: Shop) -> None:
    post = Postbox()
    write(shop, "a", "b")
    write(shop, "a")
    assert [deliver(shop, post), deliver(shop, post)] == [2, 0]
    assert sorted(post.taken) == ["a", "b"]


def test_a_mail_of_a_transaction_that_failed_never_leaves(shop: Shop) -> None:
    def broken_off() -> None:
        with shop.database.write() as session:
            enqueue_mail(session, "hello", "a@example.org", "en", {}, "a", shop.clock.now())
            cut()

    with pytest.raises(PowerCut):
        broken_off()
    assert deliver(shop, Postbox()) == 0


def test_a_mail_that_fails_keeps_no_other_back_and_is_tried_again_after_a_growing_pause(shop: Shop) -> None:
    post = Postbox()
    write(shop, "bad", "good")

    def trouble(key: str) -> None:
        if key == "bad":
            raise MailNotSent("the mail server answered 451", for_good=False)

    post.trouble = trouble
    assert deliver(shop, post) == 1
    pauses = []
    for _ in range(4):
        mail = shop.rows(OutboxMail, dedupe_key="bad")[0]
        assert mail.last_error
        pauses.append(mail.next_attempt_at - shop.clock.now())
        assert deliver(shop, post) == 0, "not before its time"
        shop.clock.set(mail.next_attempt_at)
        deliver(shop, post)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    post.trouble = nothing
    shop.later(hours=7)
    assert deliver(shop, post) == 1
    assert post.taken == ["good", "bad"]


def test_a_worker_that_dies_between_sending_and_marking_sends_the_same_key_again(shop: Shop) -> None:
    post = Postbox()
    write(shop, "a")

    def farewell(key: str) -> None:
        raise KeyboardInterrupt  # no handler in the house catches this, as none survives a kill

    post.farewell = farewell
    with pytest.raises(KeyboardInterrupt):
        deliver(shop, post)
    post.farewell = nothing
    assert deliver(shop, post) == 0, "the lease still runs"
    shop.later(seconds=LEASE.total_seconds() + 60)
    assert deliver(shop, post) == 1
    assert post.taken == ["a"]
    assert shop.rows(OutboxMail)[0].attempts == 2


def test_two_workers_never_send_the_same_mail(shop: Shop) -> None:
    post = Postbox()
    write(shop, *(f"m{number}" for number in range(5)))
    other = Postbox()

    def meanwhile(key: str) -> None:
        if not other.taken:
            deliver(shop, other)

    post.trouble = meanwhile
    assert deliver(shop, post) == 1
    assert len(other.taken) == 4
    assert len({*post.taken, *other.taken}) == 5


def test_a_slow_mail_server_does_not_make_another_worker_send_what_waits_behind(shop: Shop) -> None:
    """Each mail takes 90 seconds: while the second one is sent, the leases of one batch would be over.

    The third is not leased by then, so whoever comes first sends it. (The second is held against a real clock only.)
    """
    first, second = Postbox(), Postbox()
    write(shop, "a", "b", "c")

    def slow(key: str) -> None:
        shop.later(seconds=90)

    def slow_and_watched(key: str) -> None:
        slow(key)
        if len(first.taken) == 1:
            deliver(shop, second)

    first.trouble = slow_and_watched
    deliver(shop, first)
    assert first.taken == ["a", "b"]
    assert second.taken.count("c") == 1


def test_a_refused_connection_is_a_mail_for_later(shop: Shop) -> None:
    write(shop, "a")
    nobody = SmtpMailer(SmtpSettings("127.0.0.1", free_port(), SmtpSecurity.NONE, patience=2), shop.clock)
    assert deliver(shop, nobody) == 0
    got: list[bytes] = []

    class Keep:
        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
            got.append(envelope.content)
            return "250 kept"

    port = free_port()
    server = Controller(Keep(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        shop.later(minutes=5)
        real = SmtpMailer(SmtpSettings("127.0.0.1", port, SmtpSecurity.NONE), shop.clock)
        assert deliver(shop, real) == 1
    finally:
        server.stop()
    assert len(got) == 1
    assert shop.rows(OutboxMail)[0].sent_at == shop.clock.now()
