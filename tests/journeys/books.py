"""The books of a running demo, read beside the server that keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.purchase_orders import warnings as purchase_order_warnings
from tests.support.live_server import LiveServer


def prove(server: LiveServer) -> None:
    """The whole ledger adds up."""
    with Database(server.database_url).read() as session:
        assert ledger.verify(session) == []


def warn_of_purchase_orders(server: LiveServer) -> int:
    """What the worker does every few minutes; gives how many warnings were written."""
    return purchase_order_warnings.warn(Database(server.database_url), datetime.now(UTC))


def orders_placed(server: LiveServer, story: str) -> int:
    """How many orders of the account that tells a story took effect."""
    question = sa.select(sa.func.count(Order.id)).where(
        Order.account_id == account_id(server, story), Order.state == "placed"
    )
    with Database(server.database_url).read() as session:
        return session.scalars(question).one()


def documents(server: LiveServer, story: str) -> list[str]:
    """The names of the account's documents, the oldest first."""
    question = sa.select(Invoice.name).where(Invoice.account_id == account_id(server, story))
    with Database(server.database_url).read() as session:
        return list(session.scalars(question.order_by(Invoice.id)))


def cards_on_file(server: LiveServer, story: str) -> int:
    """How many cards the account keeps."""
    question = sa.select(PaymentMethod).where(
        PaymentMethod.account_id == account_id(server, story), PaymentMethod.removed_at.is_(None)
    )
    with Database(server.database_url).read() as session:
        return len(session.scalars(question).all())


def subscription(server: LiveServer, story: str) -> SubscriptionRow:
    """The account's first subscription, as it stands in the books."""
    question = sa.select(SubscriptionRow).where(SubscriptionRow.account_id == account_id(server, story))
    with Database(server.database_url).read() as session:
        found = session.scalars(question.order_by(SubscriptionRow.id)).first()
        assert found is not None
        session.expunge(found)
        return found


def account_id(server: LiveServer, story: str, role: str = "billing_contact") -> int:
    """The account that tells a story; of somebody with two, the corporate one."""
    _, name = min(
        (one.type, one.name)
        for person in server.people
        for one in person.accounts
        if story in one.stories and one.role == role
    )
    with Database(server.database_url).read() as session:
        return session.scalars(sa.select(Account.id).where(Account.name == name)).one()
