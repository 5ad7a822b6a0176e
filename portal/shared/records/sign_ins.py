"""Sign-ins that are open, attempts that failed, and links that set a password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.people import Person

HOW = ("password", "passkey", "organisation")
SECOND_FACTORS = ("code", "passkey", "recovery")


def _one_of(column: str, words: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(word) for word in words)})")


class SignInSession(Base):
    """A sign-in: the browser holds a secret, we hold only its fingerprint.

    One that `waits` opens nothing but the page that asks for the second factor.
    """

    __tablename__ = "sign_in_sessions"
    __table_args__ = (
        sa.CheckConstraint(_one_of("how", HOW), name="how"),
        sa.CheckConstraint(_one_of("second_factor", SECOND_FACTORS), name="second_factor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"), default=None
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    seen_at: Mapped[datetime]
    # When the person last showed who they are, by whatever means.
    proven_at: Mapped[datetime]
    how: Mapped[str]
    second_factor: Mapped[str | None] = mapped_column(default=None)
    waits: Mapped[bool] = mapped_column(default=False)
    # What the browser says it is, cut to a sensible length, and the network it came from, shortened.
    device: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")


class SignInAttempt(Base):
    """A sign-in, a code or a question for a link that failed or was asked; counted for a while, then deleted."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        sa.Index("ix_sign_in_attempts_email_digest_at", "email_digest", "at"),
        sa.Index("ix_sign_in_attempts_address_at", "address", "at"),
        sa.Index("ix_sign_in_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email_digest: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]


class PasswordLink(Base):
    """The newest link with which a person may set a password; only its fingerprint is kept."""

    __tablename__ = "password_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PasswordRequest(Base):
    """Somebody asked for a link for an address of mail, known or not; deleted when a worker has looked."""

    __tablename__ = "password_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    language: Mapped[str]
    at: Mapped[datetime]


def take_turns(session: Session, email_digest: str) -> None:
    """Let only one transaction at a time count the failures of this address of mail (SQLite does so by itself)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(int(email_digest[:15], 16))))


def failures_for_email(session: Session, email_digest: str, since: datetime) -> int:
    """How many sign-ins failed for this address of mail since then?"""
    return _count(session, SignInAttempt.email_digest == email_digest, since)


def failures_from_address(session: Session, address: str, since: datetime) -> int:
    """How many sign-ins failed from this network address since then?"""
    return _count(session, SignInAttempt.address == address, since)


def _count(session: Session, which: sa.ColumnElement[bool], since: datetime) -> int:
    found = sa.select(sa.func.count()).select_from(SignInAttempt).where(which, SignInAttempt.at > since)
    return session.scalar(found) or 0


def session_with(session: Session, token_hash: str, now: datetime) -> SignInSession | None:
    """Which sign-in has this fingerprint, if it has not run out and its person is not disabled?"""
    return session.scalar(
        sa.select(SignInSession)
        .join(Person, Person.id == SignInSession.person_id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.expires_at > now,
            Person.disabled_at.is_(None),
        )
    )


def session_by_number(session: Session, session_id: int) -> SignInSession | None:
    """Which sign-in has this number?"""
    return session.get(SignInSession, session_id)


def sessions_of(session: Session, person_id: int, now: datetime) -> list[SignInSession]:
    """Which sign-ins of this person are open, the one seen last first?"""
    question = sa.select(SignInSession).where(
        SignInSession.person_id == person_id,
        SignInSession.expires_at > now,
        SignInSession.waits.is_(False),
    )
    return list(session.scalars(question.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())))


def link_with(session: Session, token_hash: str, now: datetime) -> PasswordLink | None:
    """Which link has this fingerprint, if it has not run out and its person is not disabled?"""
    return session.scalar(
        sa.select(PasswordLink)
        .join(Person, Person.id == PasswordLink.person_id)
        .where(
            PasswordLink.token_hash == token_hash,
            PasswordLink.expires_at > now,
            Person.disabled_at.is_(None),
        )
    )
