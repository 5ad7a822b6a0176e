"""Orders: placed, immutable decisions, and the state they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.plain_rows import plain_rows, rows_of
from portal.shared.records.signs import ACCOUNT, may_have, sign

_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN_STATES)))


class Order(Base):
    """An order with the summary that was confirmed. Only its state moves, and only along the table of moves."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
        # One order at a time for an account: a second could be priced from figures the first is about to change.
        sa.Index(
            "uq_orders_account_id_open",
            "account_id",
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        sa.Index(
            "ix_orders_next_check_at", "next_check_at", postgresql_where=sa.text("next_check_at IS NOT NULL")
        ),
        sa.Index("ix_orders_account_id_created_at", "account_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    idempotency_key: Mapped[str]
    state: Mapped[OrderState]
    placed_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    # Who let it through, where it was above the limit of whoever placed it: a person of the same account.
    approved_by: Mapped[int | None] = mapped_column(default=None)
    audience: Mapped[str]
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("requests.id"), default=None)
    summary: Mapped[dict[str, Any]]
    digest: Mapped[str]
    currency: Mapped[str]
    total_due_minor: Mapped[int]
    payment_method_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_methods.id"), default=None)
    quote_id: Mapped[int | None] = mapped_column(sa.ForeignKey("quotes.id"), index=True, default=None)
    purchase_order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_orders.id"), default=None)
    # What stood beside the figures of an accepted quote, such as the admin contact; the quote's own may move on.
    choices: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    # Days to pay what is due, where it is invoiced; none where a card is charged at once.
    due_days: Mapped[int | None] = mapped_column(default=None)
    processor_reference: Mapped[str | None] = mapped_column(default=None)
    decline_reason: Mapped[str | None] = mapped_column(default=None)
    confirmation_path: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    next_check_at: Mapped[datetime | None] = mapped_column(default=None)
    checks: Mapped[int] = mapped_column(default=0)


_BY_KEY = sa.select(Order.id).where(
    Order.account_id == sa.bindparam("account_id"), Order.idempotency_key == sa.bindparam("key")
)
_BY_REFERENCE = sa.select(Order).where(Order.reference == sa.bindparam("reference"))
_OF_ACCOUNT = _BY_REFERENCE.where(Order.account_id == sa.bindparam("account_id"))
_AS_IT_STANDS = _BY_REFERENCE.execution_options(populate_existing=True)
_ITS_ACCOUNT = (
    sa.select(Account)
    .where(
        Account.id
        == sa.select(Order.account_id).where(Order.reference == sa.bindparam("reference")).scalar_subquery()
    )
    .with_for_update()
    .execution_options(populate_existing=True)
)
_PLACED_SINCE = sa.select(Order).where(
    Order.account_id == sa.bindparam("account_id"),
    Order.created_at >= sa.bindparam("instant"),
    Order.state == OrderState.PLACED,
    Order.audience == "contact",
)


def order_by_key(session: Session, account_id: int, key: str) -> Order | None:
    """Was an order already placed with this idempotency key?"""
    found = plain_rows(session, _BY_KEY, {"account_id": account_id, "key": key})
    return session.get_one(Order, found[0].id) if found else None


def locked_order(session: Session, reference: str) -> tuple[Account, Order]:
    """The account of an order, locked for this transaction, and then the order as it stands.

    Raises:
        LookupError: there is no such order.
    """
    account = session.scalars(_ITS_ACCOUNT, {"reference": reference}).one_or_none()
    if account is None:
        raise LookupError(reference)
    return account, session.scalars(_AS_IT_STANDS, {"reference": reference}).one()


def order_by_reference(session: Session, account_id: int, reference: str) -> Order | None:
    """Which order of this account has this reference? Another account's is none."""
    which = {"account_id": account_id, "reference": reference}
    return next(iter(rows_of(session, _OF_ACCOUNT, which)), None)


def any_order(session: Session, reference: str) -> Order | None:
    """Which order has this reference, whosever it is? For the processor's messages only."""
    return session.scalars(_BY_REFERENCE, {"reference": reference}).one_or_none()


_ON_ITS_WAY = sa.select(Order).where(
    Order.account_id == sa.bindparam("account_id"), Order.state.in_(OPEN_STATES)
)


_SIGN = sign("order on its way", Order.account_id == ACCOUNT, sa.text(_OPEN))


def open_order_of(session: Session, account_id: int) -> Order | None:
    """Is an order of this account still on its way?"""
    if not may_have(session, account_id, _SIGN):
        return None
    return next(iter(rows_of(session, _ON_ITS_WAY, {"account_id": account_id})), None)


def subscriptions_on_their_way(session: Session, account_id: int) -> frozenset[int]:
    """Which subscriptions does the order change that is not settled yet?"""
    order = open_order_of(session, account_id)
    return frozenset(item["subscription_id"] for item in order.summary["items"]) if order else frozenset()


def last_order_of(session: Session, account_id: int) -> Order | None:
    """Which order did this account place last?"""
    question = (
        sa.select(Order)
        .where(Order.account_id == account_id)
        .order_by(Order.created_at.desc(), Order.id.desc())
        .limit(1)
    )
    return session.scalars(question).first()


def placed_since(session: Session, account_id: int, instant: datetime) -> Sequence[Order]:
    """Which orders that people placed themselves took effect since an instant?"""
    return rows_of(session, _PLACED_SINCE, {"account_id": account_id, "instant": instant})


def due_for_check(session: Session, now: datetime, limit: int = 100) -> Sequence[str]:
    """Which orders, by reference, should be asked about at the processor now?"""
    question = (
        sa.select(Order.reference)
        .where(Order.next_check_at.is_not(None), Order.next_check_at <= now)
        .order_by(Order.next_check_at)
        .limit(limit)
    )
    return session.scalars(question).all()
