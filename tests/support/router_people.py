"""Everybody the account router can meet, as rows of a database: one account a shape, and who comes for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.shared.domain.routing.visitor import AccountType, Role
from portal.shared.domain.subscriptions import Standing
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.people import Membership, Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.transactions import TransactionalFlask
from tests.support.factories import (
    NOW,
    TODAY,
    Catalogue,
    a_contact,
    a_corporate_account,
    a_monthly_subscription,
    a_past_due_subscription,
    a_person,
    a_trial,
    an_online_account,
)
from tests.support.visitor import Visitor

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an account is, and what a person is for it."""

    account_type: AccountType
    roles: frozenset[Role]
    standing: Standing | None
    expired: bool = False

    @property
    def name(self) -> str:
        """The case in words."""
        roles = "+".join(sorted(self.roles)) or "nothing"
        closed = ", expired" if self.expired else ""
        return f"{roles} of {self.account_type}{closed}, {self.standing or 'no subscription'}"


@dataclass(slots=True)
class Town:
    """An application, and the people who may come to its doors."""

    app: TransactionalFlask
    database: Database
    plans: Catalogue
    rep_id: int
    password_hash: str = field(default_factory=lambda: Passwords(memory_kib=8, rounds=1).hash(PASSWORD))

    def person(
        self, shapes: Iterable[Shape] = (), *, staff_role: str | None = None
    ) -> tuple[int, str, list[int]]:
        """Somebody with one account a shape, each with another living billing contact; id, mail address, accounts."""
        with self.database.write() as session:
            person = a_person(session, staff_role=staff_role)
            person.password_hash, person.language = self.password_hash, "en"
            accounts = [self._account(session, person, shape).id for shape in shapes]
            return person.id, person.email, accounts

    def browser(self, person_id: int | None = None) -> Visitor:
        """A browser in which this person is signed in (nobody without one)."""
        client: FlaskClient = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        if person_id is not None:
            with self.database.write() as session:
                token = signin.open_session(session, person_id, NOW, second_factor="code")
            with client.session_transaction() as kept:
                kept["_user_id"], kept["_fresh"] = token, True
        return Visitor(client)

    def _account(self, session: Session, person: Person, shape: Shape) -> Account:
        if shape.account_type is AccountType.CORPORATE:
            account = a_corporate_account(session, session.get_one(Person, self.rep_id))
        else:
            account = an_online_account(session)
        a_contact(session, account)
        for role in sorted(shape.roles):
            session.add(Membership(person_id=person.id, account_id=account.id, role=role))
        if shape.standing is not None:
            self._subscription(session, account, shape.standing)
        account.expired_on = TODAY if shape.expired else None
        session.flush()
        return account

    def _subscription(self, session: Session, account: Account, standing: Standing) -> None:
        plan = self.plans.standard
        if standing.is_trial:
            days = 5 if standing is Standing.TRIAL_RUNNING else -1
            a_trial(session, account, plan, ends=TODAY + timedelta(days=days))
            return
        if standing is Standing.PAST_DUE:
            a_past_due_subscription(session, account, plan)
            return
        row: SubscriptionRow = a_monthly_subscription(session, account, plan)
        row.pending_cancellation = standing is Standing.PENDING_CANCELLATION
        row.ended_on = TODAY if standing is Standing.EXPIRED else None
