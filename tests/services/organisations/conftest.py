"""A corporate account with a manager, and what signing in through its provider works with, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from portal.shared.gateways.identity_providers.openid import OpenIDProviders
from portal.shared.records.database import Database
from portal.shared.records.people import Membership
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.changing import Typed
from portal.shared.services.organisations.finding import SEALED_FOR, Organisations
from portal.shared.services.organisations.keeping import Problem
from portal.shared.services.sign_in.sealing import Seal
from tests.support.factories import NOW, a_person, an_online_account
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider

DOMAIN = "limaeco.example"
ANA = f"ana.lima@{DOMAIN}"


@dataclass
class Ground:
    """An account with Ana as a member, the manager who looks after it, and a provider."""

    tools: Organisations
    provider: Provider
    account_id: int
    other_account_id: int
    staff_id: int
    ana_id: int

    @property
    def database(self) -> Database:
        """The database under test."""
        return self.tools.database

    def typed(self, **other: str) -> Typed:
        """Settings that are right, but for what is said otherwise."""
        whole = {
            "name": "Lima & Co",
            "issuer": self.provider.issuer,
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
        }
        return Typed(**{**whole, **other})

    def set_up(self) -> None:
        """A provider with a confirmed domain."""
        with self.database.write() as session:
            assert self.save(session) is None
            assert self.confirm(session) is None

    def save(self, session: Session, **other: str) -> Problem | None:
        """Keep the settings."""
        return changing.save(
            session,
            self.account_id,
            self.typed(**other),
            self.tools.seal,
            self.staff_id,
            NOW,
            plain_loopback=True,
        )

    def confirm(self, session: Session, domain: str = DOMAIN, note: str = "Seen.") -> Problem | None:
        """Confirm a domain."""
        return vouching_for.confirm_domain(session, self.account_id, domain, note, self.staff_id, NOW)


@pytest.fixture
def ground(database: Database) -> Iterator[Ground]:
    with database.write() as session:
        account, other = an_online_account(session), an_online_account(session)
        ana, staff = a_person(session, "Ana Lima"), a_person(session, "Ricardo Sampaio")
        ana.email, staff.email, staff.staff_role = ANA, "ricardo@exemplo.example", "manager"
        session.add(Membership(person_id=ana.id, account_id=account.id, role="viewer"))
        session.flush()
        numbers = (account.id, other.id, staff.id, ana.id)
    with running_provider(lambda: NOW) as provider:
        provider.person = {"sub": "1", "email": ANA, "email_verified": True}
        providers = OpenIDProviders(plain_loopback=True, patience_seconds=2.0)
        tools = Organisations(database, providers, Seal("not a secret", SEALED_FOR))
        yield Ground(tools, provider, *numbers)
