from __future__ import annotations

import mailbox
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.demo_mail import DemoMailbox, DemoMailer
from portal.shared.gateways.mail import Mailer, MailNotSent


def mail(subject: str = "Pedido efetuado", to: str = "Ana Souza <ana@example.com>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Exemplo Software <billing@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("Olá, Ana. Total: R$ 630,00")
    message.add_alternative("<p>Olá, <b>Ana</b>.</p>", subtype="html")
    return message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def mailer(folder: Path, clock: FixedClock) -> Mailer:
    return DemoMailer(folder, clock)


def test_a_mail_can_be_read_again(mailer: Mailer, folder: Path) -> None:
    mailer.send(mail(), key="order-1")
    [kept] = DemoMailbox(folder).newest()
    assert (kept.to, kept.sender) == (
        "Ana Souza <ana@example.com>",
        "Exemplo Software <billing@example.org>",
    )
    assert kept.subject == "Pedido efetuado"
    assert kept.text.strip() == "Olá, Ana. Total: R$ 630,00"
    assert kept.html.strip() == "<p>Olá, <b>Ana</b>.</p>"
    assert kept.sent_at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert DemoMailbox(folder).mail(kept.id) == kept


def test_a_key_is_delivered_once(mailer: Mailer, folder: Path) -> None:
    for _attempt in range(3):
        mailer.send(mail(), key="order-1")
    mailer.send(mail(), key="order-2")
    assert len(DemoMailbox(folder).newest()) == 2


def test_a_key_is_delivered_once_from_many_threads(mailer: Mailer, folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: mailer.send(mail(), key=f"order-{number % 5}"), range(80)))
    assert len(DemoMailbox(folder).newest()) == 5
    assert list((folder / "tmp").iterdir()) == []


def test_the_newest_mail_comes_first(mailer: Mailer, folder: Path) -> None:
    for number in range(5):
        mailer.send(mail(f"Mail {number}"), key=f"order-{number}")
    assert [kept.subject for kept in DemoMailbox(folder).newest(3)] == ["Mail 4", "Mail 3", "Mail 2"]


def test_any_mail_program_can_open_the_folder_and_nothing_is_delivered_again(
    mailer: Mailer, folder: Path
) -> None:
    mailer.send(mail(), key="order-1")
    maildir = mailbox.Maildir(folder, create=False)
    [(name, message)] = maildir.items()
    message.set_subdir("cur")
    message.set_flags("S")
    maildir[name] = message
    maildir.close()
    assert list((folder / "new").iterdir()) == []
    mailer.send(mail(), key="order-1")
    [kept] = DemoMailbox(folder).newest()
    assert DemoMailbox(folder).mail(kept.id) == kept


def test_a_mailbox_without_mail_is_empty(folder: Path) -> None:
    assert DemoMailbox(folder).newest() == []
    assert DemoMailbox(folder).mail("0" * 32) is None


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "0" * 31, "G" * 32, "*"])
def test_only_mails_are_read(mailer: Mailer, folder: Path, name: str) -> None:
    mailer.send(mail(), key="order-1")
    assert DemoMailbox(folder).mail(name) is None


def test_a_full_or_closed_disk_is_trouble_that_passes(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file is in the way")
    with pytest.raises(MailNotSent) as trouble:
        DemoMailer(tmp_path / "mail").send(mail(), key="order-1")
    assert not trouble.value.for_good


def test_the_message_that_was_given_stays_as_it_was(mailer: Mailer) -> None:
    message = mail()
    mailer.send(message, key="order-1")
    assert "Message-ID" not in message
    assert "Date" not in message
