"""Who wrote to the billing contacts of an account, and when; counted, so that nobody is flooded."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class LetterToContact(Base):
    """One letter from a person to the billing contacts of an account."""

    __tablename__ = "letters_to_contacts"
    __table_args__ = (
        sa.Index("ix_letters_to_contacts_person_id_account_id_at", "person_id", "account_id", "at"),
        sa.Index("ix_letters_to_contacts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id", ondelete="CASCADE"))
    task: Mapped[str]  # empty when no task was named


def forget_letters(session: Session, before: datetime) -> None:
    """Let go of letters from before an instant: what was written left by mail, and only the count is kept here."""
    session.execute(sa.delete(LetterToContact).where(LetterToContact.at < before))


def letters_since(session: Session, person_id: int, account_id: int, since: datetime) -> int:
    """How many letters did this person write to the contacts of this account since then?"""
    question = sa.select(sa.func.count(LetterToContact.id)).where(
        LetterToContact.person_id == person_id,
        LetterToContact.account_id == account_id,
        LetterToContact.at > since,
    )
    return session.scalar(question) or 0
