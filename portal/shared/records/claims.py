"""Claims to an account whose billing contact is gone, and the notices that let everybody there object."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.people import Membership, Person
from portal.shared.records.signs import ACCOUNT, may_have, sign

STATES = ("unconfirmed", "waiting", "objected", "approved", "refused")
_UNDECIDED = sa.text("state = 'waiting' AND account_id IS NOT NULL")


class Claim(Base):
    """Somebody who says that an account has nobody left, and asks to become its billing contact.

    What was shown as evidence is kept only as matched or not: never a digit, amount or number.
    """

    __tablename__ = "claims"
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({', '.join(repr(one) for one in STATES)})", name="state"),
        sa.CheckConstraint("email = lower(email)", name="email_lower_case"),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR claimant_id IS NULL OR ended_by <> claimant_id",
            name="decided_by_another",
        ),
        sa.Index(
            "ix_claims_undecided_account_id",
            "account_id",
            unique=True,
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
        sa.Index("ix_claims_state_waits_until", "state", "waits_until"),
        sa.Index("ix_claims_sender_filed_at", "sender", "filed_at"),
        sa.Index("ix_claims_email_filed_at", "email", "filed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    # None where what was told names no account of ours: the answer to the asker is the same.
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="CASCADE"), default=None
    )
    claimant_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    organisation: Mapped[str]
    evidence: Mapped[dict[str, Any]]
    statement: Mapped[str]
    sender: Mapped[
        str
    ]  # counts what comes from one address on one day; the address cannot be had back from it
    state: Mapped[str]
    filed_at: Mapped[datetime]
    # The link by which a stranger shows that the address is theirs; nothing happens before.
    token_digest: Mapped[str | None] = mapped_column(unique=True, default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    waits_until: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    objection: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    # Whether those who were billing contacts before stayed; known once a claim was approved.
    others_stay: Mapped[bool | None] = mapped_column(default=None)


class ClaimNotice(Base):
    """One notice of a claim to one person; its link lets exactly this person object."""

    __tablename__ = "claim_notices"
    __table_args__ = (sa.Index("ix_claim_notices_claim_id", "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(sa.ForeignKey("claims.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    token_digest: Mapped[str] = mapped_column(unique=True)
    sent_at: Mapped[datetime]


def claim_with_token(session: Session, token_digest: str) -> Claim | None:
    """Which claim is confirmed with this fingerprint?"""
    return session.scalar(sa.select(Claim).where(Claim.token_digest == token_digest))


def claim_with_notice(session: Session, token_digest: str) -> tuple[Claim, int] | None:
    """Which claim may be objected to with this fingerprint, and by whom?"""
    question = (
        sa.select(Claim, ClaimNotice.person_id)
        .join(ClaimNotice, ClaimNotice.claim_id == Claim.id)
        .where(ClaimNotice.token_digest == token_digest)
    )
    row = session.execute(question).first()
    return (row[0], row[1]) if row is not None else None


_WAITING = sa.select(Claim).where(Claim.account_id == sa.bindparam("account_id"), Claim.state == "waiting")

_SIGN = sign("claim", Claim.account_id == ACCOUNT, _UNDECIDED)


def waiting_claim(session: Session, account_id: int) -> Claim | None:
    """Is there an undecided claim to this account?"""
    if not may_have(session, account_id, _SIGN):
        return None
    return session.scalar(_WAITING, {"account_id": account_id})


def claims_since(
    session: Session, since: datetime, *, sender: str | None = None, email: str | None = None
) -> int:
    """How many claims were filed since then, by all, from one address of the network, or for one address of mail?"""
    question = sa.select(sa.func.count(Claim.id)).where(Claim.filed_at > since)
    if sender is not None:
        question = question.where(Claim.sender == sender)
    if email is not None:
        question = question.where(Claim.email == email)
    return session.scalar(question) or 0


def to_remind(session: Session) -> Sequence[Claim]:
    """Which waiting claims have not been told of a second time?"""
    question = sa.select(Claim).where(
        Claim.state == "waiting", Claim.account_id.is_not(None), Claim.reminded_at.is_(None)
    )
    return session.scalars(question.order_by(Claim.id)).all()


def people_of(session: Session, account_id: int) -> Sequence[Person]:
    """Everybody who is something for an account and may sign in."""
    question = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.account_id == account_id, Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
        .distinct()
    )
    return session.scalars(question).all()
