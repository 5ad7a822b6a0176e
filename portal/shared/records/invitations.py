"""Who was asked by mail to become something for an account, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.people import Person, plain_email

_OPEN = sa.text("accepted_at IS NULL AND withdrawn_at IS NULL")


class Invitation(Base):
    """One invitation. Its link holds a secret; we hold only the fingerprint, anew each time it is sent."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_lower_case"),
        sa.CheckConstraint("role IN ('billing_contact', 'account_admin', 'approver', 'viewer')", name="role"),
        sa.Index("ix_invitations_account_id_id", "account_id", "id"),
        sa.Index(
            "ix_invitations_account_id_email_role",
            "account_id",
            "email",
            "role",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    invited_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    invited_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    times_sent: Mapped[int] = mapped_column(default=1)
    token_digest: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def is_open(self) -> bool:
        """Neither accepted nor withdrawn; it may have run out."""
        return self.accepted_at is None and self.withdrawn_at is None


def open_invitations(session: Session, account_id: int) -> Sequence[tuple[Invitation, str]]:
    """Who is invited to this account and has not answered, with the name of who invited them; oldest first?"""
    question = (
        sa.select(Invitation, Person.name)
        .join(Person, Person.id == Invitation.invited_by)
        .where(Invitation.account_id == account_id, _OPEN)
        .order_by(Invitation.id)
    )
    return [(row, name) for row, name in session.execute(question)]


def open_invitation(session: Session, account_id: int, email: str, role: str) -> Invitation | None:
    """Is this address invited to be this for this account already?"""
    question = sa.select(Invitation).where(
        Invitation.account_id == account_id,
        Invitation.email == plain_email(email),
        Invitation.role == role,
        _OPEN,
    )
    return session.scalar(question)


def invitation_of(session: Session, account_id: int, invitation_id: int) -> Invitation | None:
    """Which invitation of this account has this id, whatever became of it?"""
    question = sa.select(Invitation).where(
        Invitation.account_id == account_id, Invitation.id == invitation_id
    )
    return session.scalar(question)


def invitation_with_token(session: Session, token_digest: str) -> Invitation | None:
    """Which invitation has this fingerprint, whatever became of it?"""
    return session.scalar(sa.select(Invitation).where(Invitation.token_digest == token_digest))


def invitations_since(session: Session, account_id: int, since: datetime) -> int:
    """How many invitations did this account send since then, counting the ones that were sent again?"""
    question = sa.select(sa.func.coalesce(sa.func.sum(Invitation.times_sent), 0)).where(
        Invitation.account_id == account_id, Invitation.sent_at > since
    )
    return int(session.scalar(question) or 0)
