"""Requests for a buyer's approval: orders that wait for an approver of the same organisation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.approvals import ApprovalState
from portal.shared.records.base import Base
from portal.shared.records.database import ReadSession
from portal.shared.records.people import Membership, Person
from portal.shared.records.plain_rows import plain_rows
from portal.shared.records.signs import ACCOUNT, either, may_have, sign

_WAITING = sa.text("state = 'waiting'")


class Approval(Base):
    """An order above somebody's limit with the summary that was shown. Once it has ended it never moves again."""

    __tablename__ = "approvals"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "number"),
        # Nobody approves their own, whatever the code says.
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by AND order_id IS NOT NULL)",
            name="approved_by_another",
        ),
        sa.ForeignKeyConstraint(["account_id", "quote_id"], ["quotes.account_id", "quotes.id"]),
        sa.ForeignKeyConstraint(["account_id", "order_id"], ["orders.account_id", "orders.id"]),
        # One request at a time for one cart, and for one quote.
        sa.Index(
            "uq_approvals_account_id_subject_waiting",
            "account_id",
            "subject",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        sa.Index("ix_approvals_good_until", "good_until", sqlite_where=_WAITING, postgresql_where=_WAITING),
        sa.Index("ix_approvals_account_id_order_id", "account_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    number: Mapped[int]
    # What is to be ordered: the cart, or a quote.
    subject: Mapped[str]
    state: Mapped[ApprovalState] = mapped_column(default=ApprovalState.WAITING)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    good_until: Mapped[date]
    limit_minor: Mapped[int]
    audience: Mapped[str]
    # What was shown and confirmed, to the byte: approving places this or nothing.
    summary: Mapped[dict[str, Any]]
    digest: Mapped[str]
    quote_id: Mapped[int | None] = mapped_column(default=None)
    payment_method_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_methods.id"), default=None)
    purchase_order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_orders.id"), default=None)
    on_invoice: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")
    ended_for: Mapped[str | None] = mapped_column(default=None)
    order_id: Mapped[int | None] = mapped_column(default=None)


def approval_of(session: Session, account_id: int, number: int) -> Approval | None:
    """Which request of this account has this number? Another account's is none."""
    question = sa.select(Approval).where(Approval.account_id == account_id, Approval.number == number)
    return session.scalars(question).one_or_none()


def waiting_for(session: Session, account_id: int, subject: str) -> Approval | None:
    """Does somebody already wait for the approval of this very thing?"""
    question = sa.select(Approval).where(
        Approval.account_id == account_id,
        Approval.subject == subject,
        Approval.state == ApprovalState.WAITING,
    )
    return session.scalars(question).one_or_none()


def approvals_of(session: Session, account_id: int, limit: int) -> Sequence[Approval]:
    """Which requests does an account have, the newest first?"""
    question = (
        sa.select(Approval)
        .where(Approval.account_id == account_id)
        .order_by(Approval.number.desc())
        .limit(limit)
    )
    return session.scalars(question).all()


def next_number(session: Session, account_id: int) -> int:
    """The number of the account's next request. The caller holds the account's lock."""
    question = sa.select(sa.func.coalesce(sa.func.max(Approval.number), 0)).where(
        Approval.account_id == account_id
    )
    return session.scalars(question).one() + 1


def waiting_numbers(session: Session, limit: int) -> list[tuple[int, int]]:
    """Which requests wait, of all accounts: account and number, the oldest first?"""
    question = (
        sa.select(Approval.account_id, Approval.number)
        .where(_WAITING)
        .order_by(Approval.good_until, Approval.id)
        .limit(limit)
    )
    return [(account_id, number) for account_id, number in session.execute(question)]


_WAIT = (
    sa.select(Approval)
    .where(
        Approval.account_id.in_(sa.bindparam("account_ids", expanding=True)),
        Approval.state == ApprovalState.WAITING,
    )
    .order_by(Approval.number)
)
_SIGN = sign("approval", Approval.account_id == ACCOUNT, _WAITING)


def waiting_in(session: Session, account_ids: Collection[int]) -> Sequence[Approval]:
    """Which requests of these accounts wait, the oldest first?"""
    asked = list(account_ids)
    if not asked or (len(asked) == 1 and not may_have(session, asked[0], _SIGN)):
        return []
    return session.scalars(_WAIT, {"account_ids": asked}).all()


_LIMIT = sa.select(Membership.order_limit_minor).where(
    Membership.account_id == sa.bindparam("account_id"),
    Membership.person_id == sa.bindparam("person_id"),
    Membership.role == "billing_contact",
)


def limit_of(session: Session, account_id: int, person_id: int) -> int | None:
    """Up to which amount, in minor units, does this billing contact order alone? None: without a limit."""
    found = plain_rows(session, _LIMIT, {"account_id": account_id, "person_id": person_id})
    return found[0].order_limit_minor if found else None


def limits_of(session: Session, account_id: int) -> Mapping[int, int]:
    """Who has a limit, and which, in minor units?"""
    if not may_have(session, account_id, _USED_SIGN):
        return {}
    return dict(plain_rows(session, _LIMITS, {"account_id": account_id}))


def approvers_of(session: Session, account_id: int) -> Sequence[Person]:
    """Who may approve for an account and can sign in?"""
    question = (
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.account_id == account_id,
            Membership.role == "approver",
            Person.disabled_at.is_(None),
        )
        .order_by(Person.name)
    )
    return session.scalars(question).all()


def approval_of_order(session: Session, account_id: int, order_id: int) -> Approval | None:
    """Which request became this order?"""
    question = sa.select(Approval).where(Approval.account_id == account_id, Approval.order_id == order_id)
    return session.scalars(question).one_or_none()


_PEOPLE = sa.exists().where(
    Membership.account_id == ACCOUNT,
    sa.text(
        "memberships.role IN ('billing_contact', 'account_admin', 'approver', 'viewer')"
    ),  # all but holders of seats
    sa.or_(Membership.role == "approver", Membership.order_limit_minor.is_not(None)),
)
_ASKED = sa.exists().where(Approval.account_id == ACCOUNT)
_USED_SIGN = either("approvals", _PEOPLE, _ASKED)
_LIMITS = sa.select(Membership.person_id, Membership.order_limit_minor).where(
    Membership.account_id == ACCOUNT,
    Membership.role == "billing_contact",
    Membership.order_limit_minor.is_not(None),
)
_USED = sa.select(sa.or_(_PEOPLE, _ASKED))


def is_used(session: Session, account_id: int) -> bool:
    """Does an account have a limit, an approver or a request?"""
    if isinstance(session, ReadSession):
        return may_have(session, account_id, _USED_SIGN)  # the sign is the answer
    return bool(session.scalar(_USED, {"account_id": account_id}))
