"""The demo's mailbox: open to whoever looks at a demo, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.mail import Mailer, SmtpMailer, SmtpSettings, mail_id
from portal.shared.records.database import Database
from tests.support.factories import NOW


def settings(folder: Path) -> Settings:
    return Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=folder,
        seller=read_seller(DEMO_SELLER),
        demo=True,
        password_memory_kib=8,
        password_rounds=1,
    )


def a_mail(subject: str, text: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "Seller <billing@example.org>", "Ana Lima <ana@example.org>"
    message["Subject"] = subject
    message.set_content(text)
    message.add_alternative("<p>only HTML</p>", subtype="html")
    return message


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def visitor(sqlite_database: Database, tmp_path: Path, clock: FixedClock) -> FlaskClient:
    app = create_app(settings(tmp_path), clock=clock, database=sqlite_database)
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def mailer(visitor: FlaskClient) -> Mailer:
    mailer: Mailer = visitor.application.extensions["twodoor"].mailer
    return mailer


def test_an_empty_mailbox_says_how_mails_get_there(visitor: FlaskClient) -> None:
    page = visitor.get("/demo/mail")
    assert page.status_code == 200
    assert "No mails yet" in page.text


def test_the_newest_mail_stands_first(visitor: FlaskClient, mailer: Mailer, clock: FixedClock) -> None:
    for subject in ("First <one>", "Second one"):
        mailer.send(a_mail(subject), key=subject)
        clock.advance(timedelta(minutes=5))
    page = visitor.get("/demo/mail").text
    assert page.index("Second one") < page.index("First &lt;one&gt;")
    assert f'href="/demo/mail/{mail_id("Second one")}"' in page
    assert "Ana Lima<small>ana@example.org</small>" in page
    assert "March 10, 2026" in page


def test_a_mail_is_shown_as_text(visitor: FlaskClient, mailer: Mailer) -> None:
    text = "Total due   €5\n\n<script>alert(1)</script>\nhttps://example.org/billing/orders/X1"
    mailer.send(a_mail("Your order", text), key="order")
    page = visitor.get(f"/demo/mail/{mail_id('order')}")
    assert page.status_code == 200
    assert "Total due   €5" in page.text
    assert "<script>alert" not in page.text
    assert 'href="https://example.org/billing/orders/X1"' in page.text
    assert "only HTML" not in page.text
    assert "<title>Your order – " in page.text


def test_every_page_of_the_demo_leads_to_the_mailbox(visitor: FlaskClient) -> None:
    assert 'href="/demo/mail"' in visitor.get("/sign-in").text


@pytest.mark.parametrize("number", ["0" * 32, "..%2f..%2fsecret-key", "secret-key", "x"])
def test_a_mail_that_is_not_there_is_not_found(visitor: FlaskClient, number: str) -> None:
    assert visitor.get(f"/demo/mail/{number}").status_code == 404


@pytest.mark.parametrize(
    ("demo", "mailer"),
    [(False, None), (True, SmtpMailer(SmtpSettings("localhost", 25)))],
    ids=["no-demo", "mails-really-leave"],
)
def test_elsewhere_there_is_no_mailbox(
    sqlite_database: Database, tmp_path: Path, demo: bool, mailer: Mailer | None
) -> None:
    app = create_app(
        replace(settings(tmp_path), demo=demo), clock=FixedClock(NOW), database=sqlite_database, mailer=mailer
    )
    for address in ("/demo/mail", f"/demo/mail/{mail_id('order')}"):
        assert app.test_client().get(address).status_code == 404
