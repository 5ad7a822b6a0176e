"""The real mailer against a real mail server, which listens on this machine only."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from portal.app import create_app
from portal.config import Settings
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.mail import MailNotSent, SmtpMailer, SmtpSecurity, SmtpSettings
from portal.shared.web.house import House
from tests.support.free_port import free_port


class Desk:
    """Takes mails, and answers a recipient as its address says: `550@example.com` is refused with 550."""

    def __init__(self) -> None:
        self.mails: list[str] = []

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        code = address.partition("@")[0]
        if code.isdigit():
            return f"{code} as you wish"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - see above
        self.mails.append(envelope.content.decode())
        return "250 OK"


class LeavesWithoutFarewell(Desk):
    """Takes the mail, then answers QUIT with an error."""

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - see above
        return "421 too busy to say goodbye"


def serve(desk: Desk) -> Iterator[tuple[Desk, SmtpSettings]]:
    controller = Controller(desk, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield desk, SmtpSettings("127.0.0.1", controller.port, SmtpSecurity.NONE, patience=2)
    finally:
        controller.stop()


@pytest.fixture
def server() -> Iterator[tuple[Desk, SmtpSettings]]:
    yield from serve(Desk())


def mail(to: str = "ana@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Exemplo Software <billing@example.org>"
    message["To"] = to
    message["Subject"] = "Pedido efetuado"
    message.set_content("Obrigado.")
    return message


def test_a_mail_arrives_with_the_same_id_for_the_same_key(
    server: tuple[Desk, SmtpSettings], clock: FixedClock
) -> None:
    desk, settings = server
    mailer = SmtpMailer(settings, clock)
    mailer.send(mail(), key="order-1")
    mailer.send(mail(), key="order-1")
    mailer.send(mail(), key="order-2")
    ids = [line for text in desk.mails for line in text.splitlines() if line.startswith("Message-ID:")]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@example.org>")
    assert "Date: Sun, 22 Nov 2026 12:00:00 +0000" in desk.mails[0]
    assert "Obrigado." in desk.mails[0]


@pytest.mark.parametrize(("to", "for_good"), [("550@example.com", True), ("450@example.com", False)])
def test_a_refused_recipient_says_whether_to_try_again(
    server: tuple[Desk, SmtpSettings], to: str, *, for_good: bool
) -> None:
    with pytest.raises(MailNotSent) as trouble:
        SmtpMailer(server[1]).send(mail(to), key="order-1")
    assert trouble.value.for_good is for_good
    assert to not in str(trouble.value)


def test_a_mail_that_was_taken_is_sent_whatever_becomes_of_the_farewell() -> None:
    for desk, settings in serve(LeavesWithoutFarewell()):
        SmtpMailer(settings).send(mail(), key="order-1")
        assert len(desk.mails) == 1


def test_a_server_that_is_down_is_trouble_that_passes() -> None:
    settings = SmtpSettings("127.0.0.1", free_port(), SmtpSecurity.NONE)
    with pytest.raises(MailNotSent) as trouble:
        SmtpMailer(settings).send(mail(), key="order-1")
    assert not trouble.value.for_good


@pytest.mark.parametrize("security", list(SmtpSecurity))
def test_a_server_that_hangs_is_given_up(security: SmtpSecurity) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = SmtpSettings("127.0.0.1", silent.getsockname()[1], security, patience=0.3)
        started = time.monotonic()
        with pytest.raises(MailNotSent) as trouble:
            SmtpMailer(settings).send(mail(), key="order-1")
        assert time.monotonic() - started < 3
        assert not trouble.value.for_good


def test_a_server_without_encryption_gets_no_mail_when_encryption_is_wanted(
    server: tuple[Desk, SmtpSettings],
) -> None:
    desk, settings = server
    wanted = SmtpSettings(settings.host, settings.port, SmtpSecurity.STARTTLS, user="u", password="p")
    with pytest.raises(MailNotSent):
        SmtpMailer(wanted).send(mail(), key="order-1")
    assert desk.mails == []


def test_a_subject_cannot_smuggle_a_header() -> None:
    message = mail()
    del message["Subject"]
    with pytest.raises(ValueError, match="line"):
        message["Subject"] = "Pedido\nBcc: all@example.com"


def test_an_installation_whose_settings_name_the_server_sends_through_it(
    server: tuple[Desk, SmtpSettings], tmp_path: Path
) -> None:
    desk, where = server
    settings = Settings.from_environment(
        {"DATA_DIR": str(tmp_path), "SMTP_URL": f"smtp://127.0.0.1:{where.port}"}
    )
    house: House = create_app(settings).extensions["twodoor"]
    house.mailer.send(mail(), key="order-placed:1")
    assert "Pedido efetuado" in desk.mails[0]
    house.database.dispose()


def test_a_demo_sends_nothing_out_whatever_the_settings_say(
    server: tuple[Desk, SmtpSettings], tmp_path: Path
) -> None:
    desk, where = server
    address = f"smtp://127.0.0.1:{where.port}"
    settings = Settings.from_environment({"DATA_DIR": str(tmp_path), "SMTP_URL": address, "DEMO": "1"})
    house: House = create_app(settings).extensions["twodoor"]
    house.mailer.send(mail(), key="order-placed:1")
    assert desk.mails == []
    house.database.dispose()
