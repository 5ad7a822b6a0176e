"""Identity providers of organisations, the people they vouched for, and the visits that are under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.people import Membership, Person

PURPOSES = ("sign_in", "confirm", "sign_out")


class IdentityProvider(Base):
    """Where the people of an organisation sign in; `proven_at` is when the first of them came through it."""

    __tablename__ = "identity_providers"
    __table_args__ = (sa.UniqueConstraint("issuer", "client_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    sealed_secret: Mapped[str] = mapped_column(default="")
    enabled: Mapped[bool] = mapped_column(default=True)
    required: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    proven_at: Mapped[datetime | None] = mapped_column(default=None)


class IdentityProviderAccount(Base):
    """An account of the organisation; an account has one provider, a provider may serve several accounts."""

    __tablename__ = "identity_provider_accounts"

    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("identity_providers.id", ondelete="CASCADE"), index=True
    )


class IdentityProviderDomain(Base):
    """A domain of mail of the organisation, as one of our own people has confirmed; the note says how they know."""

    __tablename__ = "identity_provider_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("identity_providers.id", ondelete="CASCADE"), index=True
    )
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str]


class Identity(Base):
    """Who somebody is at a provider: issuer and subject, never an address of mail."""

    __tablename__ = "identities"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "subject"),
        # A second subject for one person is a new employee with an old address, until somebody says otherwise.
        sa.UniqueConstraint("person_id", "issuer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    linked_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class ProviderVisit(Base):
    """A visit to a provider that is under way: what must fit when the person comes back, kept here and used once."""

    __tablename__ = "provider_visits"
    __table_args__ = (
        sa.CheckConstraint(f"purpose IN ({', '.join(map(repr, PURPOSES))})", name="purpose"),
        sa.Index("ix_provider_visits_browser_digest", "browser_digest"),
        sa.Index("ix_provider_visits_expires_at", "expires_at"),
    )

    state: Mapped[str] = mapped_column(primary_key=True)
    browser_digest: Mapped[str]
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("identity_providers.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str]
    nonce: Mapped[str]
    verifier: Mapped[str]
    redirect_uri: Mapped[str]
    next_path: Mapped[str]
    onward_url: Mapped[str]
    # Who is to be confirmed, where somebody is signed in already.
    person_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("people.id", ondelete="CASCADE"), default=None
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ProviderSession(Base):
    """What signing out at the provider needs, for as long as the sign-in lives; the ID token is sealed."""

    __tablename__ = "provider_sessions"

    session_id: Mapped[int] = mapped_column(
        sa.ForeignKey("sign_in_sessions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    provider_id: Mapped[int] = mapped_column(
        sa.ForeignKey("identity_providers.id", ondelete="CASCADE"), index=True
    )
    end_session_address: Mapped[str]
    sealed_id_token: Mapped[str]


def provider_of_domain(session: Session, domain: str) -> IdentityProvider | None:
    """Which provider serves a domain of mail?"""
    return session.scalar(
        sa.select(IdentityProvider)
        .join(IdentityProviderDomain, IdentityProviderDomain.provider_id == IdentityProvider.id)
        .where(
            IdentityProviderDomain.domain == domain,
            IdentityProvider.enabled,
        )
    )


def provider_of_account(session: Session, account_id: int) -> IdentityProvider | None:
    """Which provider do the people of an account sign in through, if any?"""
    return session.scalar(
        sa.select(IdentityProvider)
        .join(IdentityProviderAccount, IdentityProviderAccount.provider_id == IdentityProvider.id)
        .where(IdentityProviderAccount.account_id == account_id)
    )


def accounts_of_provider(session: Session, provider_id: int) -> Sequence[int]:
    """Which accounts make up the organisation of a provider?"""
    return session.scalars(
        sa.select(IdentityProviderAccount.account_id)
        .where(IdentityProviderAccount.provider_id == provider_id)
        .order_by(IdentityProviderAccount.account_id)
    ).all()


def domains_of_provider(session: Session, provider_id: int) -> Sequence[tuple[IdentityProviderDomain, str]]:
    """For which domains of mail may a provider vouch, and who of our own people confirmed each?"""
    question = (
        sa.select(IdentityProviderDomain, Person.name)
        .join(Person, Person.id == IdentityProviderDomain.confirmed_by)
        .where(IdentityProviderDomain.provider_id == provider_id)
        .order_by(IdentityProviderDomain.domain)
    )
    return [(row[0], row[1]) for row in session.execute(question)]


def domain_names(session: Session, provider_id: int) -> frozenset[str]:
    """For which domains of mail may a provider vouch?"""
    found = sa.select(IdentityProviderDomain.domain).where(IdentityProviderDomain.provider_id == provider_id)
    return frozenset(session.scalars(found))


def members(session: Session, provider_id: int) -> Sequence[Person]:
    """Who is anything for an account of the organisation?"""
    return session.scalars(
        sa.select(Person)
        .where(
            Person.id.in_(
                sa.select(Membership.person_id)
                .join(IdentityProviderAccount, IdentityProviderAccount.account_id == Membership.account_id)
                .where(IdentityProviderAccount.provider_id == provider_id)
            )
        )
        .order_by(Person.name, Person.id)
    ).all()


def is_member(session: Session, provider_id: int, person_id: int) -> bool:
    """Is a person anything for an account of the organisation?"""
    found = (
        sa.select(Membership.id)
        .join(IdentityProviderAccount, IdentityProviderAccount.account_id == Membership.account_id)
        .where(IdentityProviderAccount.provider_id == provider_id, Membership.person_id == person_id)
    )
    return session.scalar(found.limit(1)) is not None


def providers_of_person(session: Session, person_id: int) -> Sequence[IdentityProvider]:
    """Through which providers may members of a person's accounts come in?"""
    return session.scalars(
        sa.select(IdentityProvider)
        .where(
            IdentityProvider.enabled,
            IdentityProvider.id.in_(
                sa.select(IdentityProviderAccount.provider_id)
                .join(Membership, Membership.account_id == IdentityProviderAccount.account_id)
                .where(Membership.person_id == person_id)
            ),
        )
        .order_by(IdentityProvider.id)
    ).all()


def identity(session: Session, issuer: str, subject: str) -> Identity | None:
    """Whom do we know under this subject of a provider?"""
    return session.scalar(sa.select(Identity).where(Identity.issuer == issuer, Identity.subject == subject))


def identity_of_person(session: Session, person_id: int, issuer: str) -> Identity | None:
    """Under which subject does a provider know a person?"""
    return session.scalar(
        sa.select(Identity).where(Identity.person_id == person_id, Identity.issuer == issuer)
    )


def linked_people(session: Session, provider: IdentityProvider) -> Sequence[tuple[Identity, Person]]:
    """Which members of the organisation came through its provider already?"""
    mine = [person.id for person in members(session, provider.id)]
    question = (
        sa.select(Identity, Person)
        .join(Person, Person.id == Identity.person_id)
        .where(Identity.issuer == provider.issuer, Identity.person_id.in_(mine))
        .order_by(Person.name, Person.id)
    )
    return [(row[0], row[1]) for row in session.execute(question)]


def newest_visit(session: Session, browser_digest: str, now: datetime) -> ProviderVisit | None:
    """Where was this browser about to be led?"""
    return session.scalar(
        sa.select(ProviderVisit)
        .where(ProviderVisit.browser_digest == browser_digest, ProviderVisit.expires_at > now)
        .order_by(ProviderVisit.created_at.desc(), ProviderVisit.state)
        .limit(1)
    )


def forget_old_visits(session: Session, now: datetime) -> None:
    """Nobody comes back from these any more."""
    session.execute(sa.delete(ProviderVisit).where(ProviderVisit.expires_at <= now))
