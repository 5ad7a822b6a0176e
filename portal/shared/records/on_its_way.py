"""What may still be charged for an account: an order, or a payment of an invoice, that has not ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.order_states import OPEN_STATES
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentAttempt
from portal.shared.records.plain_rows import plain_rows

_ACCOUNT: Any = sa.bindparam("account_id")
_QUESTION = sa.union_all(
    sa.select(Order.reference, sa.true().label("is_order")).where(
        Order.account_id == _ACCOUNT, Order.state.in_(OPEN_STATES)
    ),
    sa.select(PaymentAttempt.reference, sa.false().label("is_order")).where(
        PaymentAttempt.account_id == _ACCOUNT, PaymentAttempt.state.in_(OPEN_STATES)
    ),
)


@dataclass(frozen=True, slots=True)
class ChargeOnItsWay:
    """An order, or else a payment of an invoice, by its reference."""

    reference: str
    is_order: bool


def charge_on_its_way(session: Session, account_id: int) -> ChargeOnItsWay | None:
    """Is an order of this account, or a payment of one of its invoices, still on its way? An order is told first."""
    found = [ChargeOnItsWay(*one) for one in plain_rows(session, _QUESTION, {"account_id": account_id})]
    return max(found, key=lambda one: one.is_order, default=None)
