"""What must be true of the money whatever happened, asked of both sides."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.records.database import Database
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment
from portal.shared.records.subscriptions import SubscriptionRow
from tests.faults.report import note
from tests.support.shop import prove_books

FINAL = {OrderState.PLACED, OrderState.DECLINED, OrderState.CANCELLED}


def prove(database: Database, took: dict[str, int]) -> None:
    """The processor's book and ours agree, order by order; nobody was charged for nothing, or told the wrong thing."""
    with database.read() as session:
        orders = {one.reference: one for one in session.scalars(sa.select(Order))}
        paid, currencies = Counter[int](), Counter[str]()
        for payment in session.scalars(sa.select(Payment).where(Payment.order_id.is_not(None))):
            paid[payment.order_id or 0] += payment.amount_minor
            currencies[payment.currency] += payment.amount_minor
    assert {one.state for one in orders.values()} <= FINAL, Counter(one.state for one in orders.values())
    charged = {key: minor for key, minor in took.items() if minor}
    assert charged.keys() <= orders.keys(), "the processor charged for an order we do not know"
    for reference, minor in charged.items():
        assert orders[reference].state is OrderState.PLACED, f"{reference} was charged and is no order"
        assert paid[orders[reference].id] == minor, (
            f"{reference}: {minor} taken, {paid[orders[reference].id]} booked"
        )
    assert sum(paid.values()) == sum(charged.values())
    prove_books(database, dict(currencies))
    kind = database.url.get_backend_name()
    note(1, f"{kind}: {len(charged)} charges, {sum(charged.values())} minor units taken and booked")


def orders_of(database: Database, account_id: int) -> dict[str, OrderState]:
    """The orders of an account, oldest first, and where they stand."""
    with database.read() as session:
        question = sa.select(Order.reference, Order.state).where(Order.account_id == account_id)
        return dict(session.execute(question.order_by(Order.id)).all())


def seats(database: Database, subscription_id: int) -> int:
    """How many seats a subscription has."""
    with database.read() as session:
        return session.get_one(SubscriptionRow, subscription_id).seats
