"""Carts: changes gathered before checkout. Wanted terms are stored, never prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.calendar import Frequency
from portal.shared.records.base import Base
from portal.shared.records.database import ReadSession
from portal.shared.records.in_bulk import IDS, among
from portal.shared.records.plain_rows import plain_rows, rows_of
from portal.shared.records.signs import ACCOUNT, figure, figure_of, may_have


class CartItem(Base):
    """Wanted terms of one subscription. One item a subscription: a newer one replaces it."""

    __tablename__ = "cart_items"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "subscription_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id"))
    seats: Mapped[int]
    frequency: Mapped[Frequency]
    release: Mapped[list[Any]] = mapped_column(default=list)
    # Who is to get the new seats, as [name, address of mail] each; they are assigned with the order.
    people: Mapped[list[Any] | None] = mapped_column(default=None)
    added_at: Mapped[datetime]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))


_CART = (
    sa.select(CartItem)
    .where(CartItem.account_id == sa.bindparam("account_id"))
    .order_by(CartItem.added_at, CartItem.id)
)
_ITEM = sa.select(CartItem).where(
    CartItem.account_id == sa.bindparam("account_id"),
    CartItem.subscription_id == sa.bindparam("subscription_id"),
)

# Every page says in its header how many things are in the cart; whether there are any is the sign of it.
_COUNT = figure("cart", sa.select(sa.func.count()).where(CartItem.account_id == ACCOUNT).scalar_subquery())
_COUNTED = sa.select(sa.func.count()).where(CartItem.account_id == sa.bindparam("account_id"))


def cart_of(session: Session, account_id: int) -> Sequence[CartItem]:
    """What is in an account's cart, oldest first?"""
    if not may_have(session, account_id, _COUNT):
        return []
    return rows_of(session, _CART, {"account_id": account_id})


def count_in_cart(session: Session, account_id: int) -> int:
    """How many changes are in an account's cart?"""
    if isinstance(session, ReadSession):
        return int(figure_of(session, account_id, _COUNT))
    ((count,),) = plain_rows(session, _COUNTED, {"account_id": account_id})
    return int(count)


def cart_item_for(session: Session, account_id: int, subscription_id: int) -> CartItem | None:
    """Is a change of this subscription in the cart?"""
    if not may_have(session, account_id, _COUNT):
        return None
    which = {"account_id": account_id, "subscription_id": subscription_id}
    return next(iter(rows_of(session, _ITEM, which)), None)


_ORDERED = sa.delete(Base.metadata.tables[CartItem.__tablename__]).where(
    CartItem.account_id == sa.bindparam("account_id"),
    among(CartItem.subscription_id),
    CartItem.added_at <= sa.bindparam("put_until"),
)


def take_out(session: Session, account_id: int, subscription_ids: Sequence[int], put_until: datetime) -> None:
    """Remove what is in the cart for these subscriptions, unless it was put there after an instant."""
    session.flush()
    of = {"account_id": account_id, IDS: subscription_ids, "put_until": put_until}
    session.connection().execute(_ORDERED, of)
