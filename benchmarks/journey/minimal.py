"""What no shop can do without: the tables of a bare one, and the twelve statements that place an order in it.

They take the account's lock, read the cart, and write fifteen rows: order, payment, the number of the invoice, the
invoice and its two lines, four entries of the books, the subscription, a line of the activity, two mails that wait,
and the emptied cart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

SUBSCRIPTIONS = 50
SEATS = 5
UNIT_MINOR = 2_000

metadata = sa.MetaData()
_key = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    made = sa.Column("id", _key, primary_key=True)
    return sa.Table(f"bare_{name}", metadata, made, *columns)


def _number(name: str, *, index: bool = False, unique: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, index=index, unique=unique)


def _text(name: str, *, unique: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, unique=unique)


accounts = _table("accounts", _text("name"))
subscriptions = _table(
    "subscriptions",
    _number("account_id", index=True),
    _text("product"),
    _text("plan"),
    _number("seats"),
    _number("unit_minor"),
    _text("period_end"),
)
carts = _table("carts", _number("account_id", unique=True), _number("subscription_id"), _number("seats"))
orders = _table(
    "orders", _number("account_id", index=True), _text("reference", unique=True), _number("total_minor")
)
payments = _table("payments", _number("order_id", index=True), _number("amount_minor"))
series = _table("series", _number("account_id", unique=True), _number("taken"))
invoices = _table(
    "invoices",
    _number("account_id", index=True),
    _number("order_id", index=True),
    _number("number"),
    _number("total_minor"),
)
lines = _table("lines", _number("invoice_id", index=True), _text("words"), _number("amount_minor"))
entries = _table("entries", _number("account_id", index=True), _text("book"), _number("amount_minor"))
activity = _table("activity", _number("account_id", index=True), _text("action"), _text("detail"))
outbox = _table("outbox", _text("kind"), _text("dedupe", unique=True), _text("state"))


def _value(name: str) -> sa.BindParameter[Any]:
    return bindparam(name)


LOCK = sa.select(accounts.c.name).where(accounts.c.id == bindparam("account_id")).with_for_update()
CART = (
    sa.select(
        carts.c.subscription_id,
        carts.c.seats,
        subscriptions.c.seats.label("seats_before"),
        subscriptions.c.unit_minor,
    )
    .join(subscriptions, subscriptions.c.id == carts.c.subscription_id)
    .where(carts.c.account_id == bindparam("account_id"))
)
ORDER = (
    sa.insert(orders)
    .values(
        account_id=bindparam("account_id"),
        reference=bindparam("reference"),
        total_minor=bindparam("total_minor"),
    )
    .returning(orders.c.id)
)
PAYMENT = (
    sa.insert(payments).inline().values(order_id=bindparam("order_id"), amount_minor=bindparam("total_minor"))
)
NUMBER = (
    sa.update(series)
    .where(series.c.account_id == bindparam("of_account"))
    .values(taken=series.c.taken + sa.literal_column("1"))
    .returning(series.c.taken)
)
INVOICE = (
    sa.insert(invoices)
    .values(
        account_id=bindparam("account_id"),
        order_id=bindparam("order_id"),
        number=bindparam("number"),
        total_minor=bindparam("total_minor"),
    )
    .returning(invoices.c.id)
)
LINES = sa.insert(lines).values(
    [
        {"invoice_id": bindparam("invoice_id"), "words": sa.literal_column("'seats'"), "amount_minor": one}
        for one in map(_value, ("net_minor", "tax_minor"))
    ]
)
ENTRIES = sa.insert(entries).values(
    [
        {
            "account_id": _value("account_id"),
            "book": sa.literal_column(f"'{book}'"),
            "amount_minor": _value(one),
        }
        for book, one in (
            ("cash", "total_minor"),
            ("receivable", "owed_minor"),
            ("sales", "net_minor"),
            ("tax", "tax_minor"),
        )
    ]
)
CHANGE = (
    sa.update(subscriptions)
    .where(subscriptions.c.id == bindparam("subscription_id"))
    .values(seats=bindparam("new_seats"))
)
NOTE = (
    sa.insert(activity)
    .inline()
    .values(
        account_id=bindparam("account_id"),
        action=sa.literal_column("'order-placed'"),
        detail=bindparam("reference"),
    )
)
MAILS = sa.insert(outbox).values(
    [
        {
            "kind": sa.literal_column(f"'{kind}'"),
            "dedupe": bindparam(f"{kind}_key"),
            "state": sa.literal_column("'waiting'"),
        }
        for kind in ("receipt", "invoice")
    ]
)
EMPTY = (
    sa.update(carts).where(carts.c.account_id == bindparam("of_account")).values(seats=sa.literal_column("0"))
)

Send = Callable[[Any, Mapping[str, Any]], Any]  # sends a statement and gives its one row, or None


def place(send: Send, account_id: int, reference: str) -> None:
    """Place what is in the cart, in a transaction that the caller opened and will commit."""
    send(LOCK, {"account_id": account_id})
    subscription_id, new_seats, seats, unit = send(CART, {"account_id": account_id})
    net = (new_seats - seats) * unit
    tax = (net * 23 + 50) // 100
    figures = {"account_id": account_id, "reference": reference, "net_minor": net, "tax_minor": tax}
    figures |= {"total_minor": net + tax, "owed_minor": -net - tax}
    (order_id,) = send(ORDER, figures)
    figures["order_id"] = order_id
    send(PAYMENT, figures)
    (figures["number"],) = send(NUMBER, {"of_account": account_id})
    (figures["invoice_id"],) = send(INVOICE, figures)
    send(LINES, figures)
    send(ENTRIES, figures)
    send(CHANGE, {"subscription_id": subscription_id, "new_seats": new_seats})
    send(NOTE, {"account_id": account_id, "reference": reference})
    send(MAILS, {"receipt_key": f"r{reference}", "invoice_key": f"i{reference}"})
    send(EMPTY, {"of_account": account_id})


def make(connection: sa.Connection, count: int) -> None:
    """The tables, and so many accounts with their subscriptions and something in the cart."""
    metadata.create_all(connection)
    numbers = range(1, count + 1)
    connection.execute(sa.insert(accounts), [{"id": one, "name": f"Company {one}"} for one in numbers])
    connection.execute(sa.insert(series), [{"account_id": one, "taken": 0} for one in numbers])
    connection.execute(
        sa.insert(subscriptions),
        [
            {
                "id": first_subscription(one) + number,
                "account_id": one,
                "product": f"Product & {number}",
                "plan": "Standard, monthly",
                "seats": SEATS,
                "unit_minor": UNIT_MINOR,
                "period_end": "2026-03-31",
            }
            for one in numbers
            for number in range(SUBSCRIPTIONS)
        ],
    )
    connection.execute(
        sa.insert(carts),
        [
            {"account_id": one, "subscription_id": first_subscription(one), "seats": SEATS + 1}
            for one in numbers
        ],
    )


def first_subscription(account_id: int) -> int:
    """The first of the account's subscriptions; the others follow."""
    return (account_id - 1) * SUBSCRIPTIONS + 1
