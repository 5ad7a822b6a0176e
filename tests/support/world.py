"""An application on a database of its own, with people who are let in without a password and stand before its doors."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.records.routing import RoutingDecision
from portal.shared.services.desk import Staff, viewing
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import SecondFactor
from portal.shared.web.transactions import TransactionalFlask
from tests.support.factories import (
    NOW,
    Catalogue,
    a_monthly_subscription,
    a_person,
    a_trial,
    an_online_account,
)

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class World:
    """Accounts and people are made as a test needs them."""

    app: TransactionalFlask
    database: Database
    plans: Catalogue

    def account(
        self, kind: str = "online", *, expired: bool = False, products: int = 1, trial: bool = False
    ) -> int:
        """An account that holds the first of two products, or both; gives its id."""
        with self.database.write() as session:
            account = an_online_account(session)
            account.type = kind
            account.expired_on = NOW.date() if expired else None
            for plan in (self.plans.standard, self.plans.basic)[:products]:
                if trial:
                    a_trial(session, account, plan)
                else:
                    a_monthly_subscription(session, account, plan)
            return account.id

    def person(self, *roles: tuple[int, str], staff: str | None = None) -> int:
        """Somebody who is these things for these accounts, or one of our own people; gives their id."""
        with self.database.write() as session:
            person = a_person(session, "Ana Lima", staff_role=staff)
            person.language = "en"
            for account_id, role in roles:
                session.add(Membership(person_id=person.id, account_id=account_id, role=role))
            return person.id

    def browser(
        self, person_id: int | None = None, *, factor: SecondFactor | None = "code", sees: int | None = None
    ) -> FlaskClient:
        """A browser in which this person is signed in (nobody without one), and looks at an account (`sees`)."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        if person_id is not None:
            with self.database.write() as session:
                token = signin.open_session(session, person_id, NOW, second_factor=factor)
            with client.session_transaction() as kept:
                kept["_user_id"], kept["_fresh"] = token, True
            if sees is not None:
                with self.database.write() as session:
                    one = session.get_one(Person, person_id)
                    staff = Staff(one.id, one.name, one.staff_role or "")
                    assert (
                        viewing.start(session, staff, sees, "They cannot find the total.", token, NOW) is None
                    )
        return client

    def name_of(self, account_id: int) -> str:
        """What an account is called."""
        with self.database.read() as session:
            return session.get_one(Account, account_id).name

    def decisions(self) -> list[tuple[str, str, str]]:
        """What the router wrote down: task, page and reason."""
        with self.database.read() as session:
            rows = session.scalars(sa.select(RoutingDecision).order_by(RoutingDecision.id))
            return [(row.task, row.endpoint, row.reason) for row in rows]

    def letters(self) -> list[str]:
        """Whom a mail waits for."""
        with self.database.read() as session:
            return list(session.scalars(sa.select(OutboxMail.recipient)))


def token_of(page: TestResponse) -> str:
    """The token of the forms of a page."""
    found = _TOKEN.search(page.text)
    assert found is not None
    return found[1]
