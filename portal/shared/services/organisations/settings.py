"""An organisation and its identity provider, as our own people see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.mail_domains import domain_of
from portal.shared.records import identity_providers
from portal.shared.records.accounts import Account
from portal.shared.records.identity_providers import IdentityProvider, IdentityProviderAccount
from portal.shared.services.desk import Staff, is_of


@dataclass(frozen=True, slots=True)
class ConfirmedDomain:
    """A domain of mail, who of our own people confirmed it, and how they know."""

    domain: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LinkedPerson:
    """Somebody who came through the provider."""

    identity_id: int
    name: str
    email: str
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """A provider as the desk sees it; its secret is never shown. `outside`: members whose address lies elsewhere."""

    id: int
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    enabled: bool
    required: bool
    proven_at: datetime | None
    domains: tuple[ConfirmedDomain, ...]
    people: tuple[LinkedPerson, ...]
    outside: tuple[str, ...]
    accounts: tuple[str, ...]


def settings_of(session: Session, account_id: int) -> ProviderSettings | None:
    """The provider of an account and everything around it, if it has one."""
    provider = identity_providers.provider_of_account(session, account_id)
    if provider is None:
        return None
    names = identity_providers.domain_names(session, provider.id)
    members = identity_providers.members(session, provider.id)
    accounts = identity_providers.accounts_of_provider(session, provider.id)
    return ProviderSettings(
        id=provider.id,
        name=provider.name,
        issuer=provider.issuer,
        client_id=provider.client_id,
        has_secret=bool(provider.sealed_secret),
        enabled=provider.enabled,
        required=provider.required,
        proven_at=provider.proven_at,
        domains=tuple(
            ConfirmedDomain(row.domain, by, row.confirmed_at, row.note)
            for row, by in identity_providers.domains_of_provider(session, provider.id)
        ),
        people=tuple(
            LinkedPerson(identity.id, person.name, person.email, identity.last_used_at)
            for identity, person in identity_providers.linked_people(session, provider)
        ),
        outside=tuple(person.name for person in members if domain_of(person.email) not in names),
        accounts=tuple(
            session.scalars(sa.select(Account.name).where(Account.id.in_(accounts)).order_by(Account.name))
        ),
    )


@dataclass(frozen=True, slots=True)
class Nearby:
    """A provider that other accounts of a staff member have; `accounts` are their names."""

    id: int
    name: str
    accounts: str


def providers_nearby(session: Session, staff: Staff) -> list[Nearby]:
    """The providers of accounts that somebody works on: an organisation may have several accounts."""
    question = (
        sa.select(IdentityProvider.id, IdentityProvider.name, Account.name)
        .join(IdentityProviderAccount, IdentityProviderAccount.provider_id == IdentityProvider.id)
        .join(Account, Account.id == IdentityProviderAccount.account_id)
        .where(is_of(staff))
        .order_by(IdentityProvider.name, IdentityProvider.id, Account.name)
    )
    found: dict[int, tuple[str, list[str]]] = {}
    for number, name, account in session.execute(question):
        found.setdefault(number, (name, []))[1].append(account)
    return [Nearby(number, name, ", ".join(accounts)) for number, (name, accounts) in found.items()]
