"""People who can sign in, what they are for which account, and the sign-ins that are open."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, validates

from portal.shared.records.base import Base

ROLES = ("billing_contact", "account_admin", "approver", "viewer", "seat_holder")
STAFF_ROLES = ("rep", "manager", "care")


def _one_of(column: str, words: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(word) for word in words)})")


def plain_email(text: str) -> str:
    """The one spelling under which an address of mail is kept and looked for."""
    return text.strip().lower()


class Person(Base):
    """Somebody who can sign in: of a customer, or of our own staff."""

    __tablename__ = "people"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower_case"),
        sa.CheckConstraint(_one_of("staff_role", STAFF_ROLES), name="staff_role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    language: Mapped[str | None] = mapped_column(default=None)
    staff_role: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    # Whose team a representative belongs to.
    manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True, default=None)
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )

    @validates("email")
    def _keep_email_plain(self, key: str, value: str) -> str:
        return plain_email(value)


class Membership(Base):
    """One thing one person is for one account; somebody who is two things has two rows."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "account_id", "role"),
        sa.CheckConstraint(_one_of("role", ROLES), name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]

    person: Mapped[Person] = relationship(back_populates="memberships")


class SignInSession(Base):
    """An open sign-in: the browser holds a secret, we hold only its fingerprint."""

    __tablename__ = "sign_in_sessions"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="SET NULL"), default=None
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInAttempt(Base):
    """A sign-in that failed; counted for a while, then deleted."""

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


def person_with_email(session: Session, email: str) -> Person | None:
    """Who has this address of mail, in whatever letters it is written?"""
    return session.scalar(sa.select(Person).where(Person.email == plain_email(email)))


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


def open_session(session: Session, token_hash: str, now: datetime) -> SignInSession | None:
    """Which sign-in has this fingerprint, if it has not run out?"""
    return session.scalar(
        sa.select(SignInSession).where(SignInSession.token_hash == token_hash, SignInSession.expires_at > now)
    )
