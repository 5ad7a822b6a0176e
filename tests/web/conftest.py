"""An application on a database of its own, a browser's cookies, and pages that misbehave on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.gateways.clock import FixedClock
from portal.shared.records.database import Database
from portal.shared.records.people import Membership, person_with_email
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.transactions import TransactionalFlask
from tests.support.factories import NOW, a_catalogue, a_person, an_online_account
from tests.support.world import World

PASSWORD = "correct horse battery staple"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def csrf_token(page: TestResponse) -> str:
    found = _TOKEN.search(page.text)
    assert found is not None, "the page holds no form"
    return found[1]


@dataclass
class Shell:
    """The application, its clock and its database; people sign in through the page."""

    app: TransactionalFlask
    database: Database
    clock: FixedClock

    def person(self, *, accounts: int = 1, language: str | None = "en", role: str = "billing_contact") -> str:
        """Make a person who serves so many accounts; gives the address of mail."""
        with self.database.write() as session:
            person = a_person(session, "Ana Lima")
            person.language = language
            person.password_hash = Passwords(memory_kib=8, rounds=1).hash(PASSWORD)
            for _ in range(accounts):
                account = an_online_account(session)
                session.add(Membership(person_id=person.id, account_id=account.id, role=role))
            return person.email

    def number_of(self, email: str) -> int:
        """The number of the person with this address of mail."""
        with self.database.read() as session:
            found = person_with_email(session, email)
            assert found is not None
            return found.id

    def browser(self, language: str = "en") -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        return client

    def sign_in(
        self, browser: FlaskClient, email: str, password: str = PASSWORD, **fields: str
    ) -> TestResponse:
        token = csrf_token(browser.get("/sign-in"))
        return browser.post(
            "/sign-in", data={"email": email, "password": password, "csrf_token": token, **fields}
        )

    def signed_in(self, **about: int) -> FlaskClient:
        browser = self.browser()
        assert self.sign_in(browser, self.person(**about)).status_code == 303  # type: ignore[arg-type]
        return browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        password_memory_kib=8,
        password_rounds=1,
    )


@pytest.fixture
def build(settings: Settings, sqlite_database: Database) -> Callable[..., Shell]:
    """Builds a shell with some settings changed."""

    def build_one(*, database: Database | None = None, **changes: object) -> Shell:
        clock = FixedClock(NOW)
        used = database or sqlite_database
        app = create_app(replace(settings, **changes), clock=clock, database=used)  # type: ignore[arg-type]
        return Shell(app, used, clock)

    return build_one


@pytest.fixture
def shell(build: Callable[..., Shell]) -> Shell:
    return build()


@pytest.fixture
def world(settings: Settings, sqlite_database: Database) -> World:
    """An application without accounts or people, before whose doors one can stand."""
    app = create_app(settings, clock=FixedClock(NOW), database=sqlite_database)
    app.testing = True
    with sqlite_database.write() as session:
        plans = a_catalogue(session)
    return World(app, sqlite_database, plans)
