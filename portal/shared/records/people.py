"""People who can sign in, and what they are for which account."""

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
        sa.Index(
            "ix_people_staff_role",
            "staff_role",
            sqlite_where=sa.text("staff_role IS NOT NULL"),
            postgresql_where=sa.text("staff_role IS NOT NULL"),
        ),
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
    password_changed_at: Mapped[datetime | None] = mapped_column(default=None)

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
        # Among ten thousand holders of seats, the few who do something for the account.
        sa.Index("ix_memberships_account_id_role", "account_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    # Not known for what is older than this column.
    since: Mapped[datetime | None] = mapped_column(default=None)
    # Up to which total, in minor units, a billing contact orders without an approver; none is no limit.
    order_limit_minor: Mapped[int | None] = mapped_column(default=None)

    person: Mapped[Person] = relationship(back_populates="memberships")


class LastAccount(Base):
    """The account a person worked for last; the next sign-in begins there."""

    __tablename__ = "last_accounts"
    __table_args__ = (sa.Index("ix_last_accounts_account_id", "account_id"),)

    # A person has one at most, and it is not numbered by itself.
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))


def person_with_email(session: Session, email: str) -> Person | None:
    """Who has this address of mail, in whatever letters it is written?"""
    return session.scalar(sa.select(Person).where(Person.email == plain_email(email)))


def last_account_of(session: Session, person_id: int) -> int | None:
    """For which account did this person work last?"""
    return session.scalar(sa.select(LastAccount.account_id).where(LastAccount.person_id == person_id))


def keep_last_account(session: Session, person_id: int, account_id: int) -> None:
    """Remember the account a person chose."""
    row = session.get(LastAccount, person_id)
    if row is None:
        session.add(LastAccount(person_id=person_id, account_id=account_id))
    else:
        row.account_id = account_id
