"""The floor: a bare Flask application with Core and no sign-in, no form tokens and no rules. Six requests an order."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask, jsonify, redirect, render_template, request
from jinja2 import DictLoader
from sqlalchemy import bindparam
from werkzeug.wrappers import Response

from benchmarks.journey import minimal
from benchmarks.journey.minimal import accounts, carts, invoices, orders, subscriptions

_PAGE = """<!doctype html>
<html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>{% block main %}{% endblock %}
</body></html>
"""
# Six values a row and about 300 bytes, escaped as in any page: 50 rows are 15 kB.
_OVERVIEW = """{% extends "page.html" %}{% block main %}<table>
{%- for row in rows %}
<tr class="row"><th scope="row"><a class="row-link" href="/subscriptions/{{ row.id }}">{{ row.product }}</a></th>
<td class="row-plan">{{ row.plan }}</td><td class="row-seats"><span class="number">{{ row.seats }}</span> seats</td>
<td class="row-price"><span class="amount">€{{ "%.2f" % (row.seats * row.unit_minor / 100) }}</span></td>
<td class="row-day"><time>{{ row.period_end }}</time></td></tr>
{%- endfor %}
</table>{% endblock %}
"""
_CHECKOUT = """{% extends "page.html" %}{% block main %}<p>{{ before }} seats, then {{ after }}.</p>
<dl><dt>Net</dt><dd>{{ net }}</dd><dt>Tax</dt><dd>{{ tax }}</dd><dt>Due now</dt><dd>{{ net + tax }}</dd></dl>
<form method="post" action="place"><button>Place order</button></form>{% endblock %}
"""
_ORDER = """{% extends "page.html" %}{% block main %}<p>Thank you, {{ row.name }}. Order {{ row.reference }},
invoice {{ row.number }}, {{ row.total_minor }} paid.</p>{% endblock %}
"""
_TEMPLATES = {
    "page.html": _PAGE,
    "overview.html": _OVERVIEW,
    "checkout.html": _CHECKOUT,
    "order.html": _ORDER,
}

_ROWS = sa.select(subscriptions).where(subscriptions.c.account_id == bindparam("account_id"))
_ONE = sa.select(subscriptions.c.seats, subscriptions.c.unit_minor).where(
    subscriptions.c.id == bindparam("subscription_id"),
    subscriptions.c.account_id == bindparam("account_id"),
)
_PUT = (
    sa.update(carts)
    .where(carts.c.account_id == bindparam("of_account"))
    .values(subscription_id=bindparam("subscription"), seats=bindparam("wanted"))
)
_PLACED = (
    sa.select(orders.c.reference, orders.c.total_minor, invoices.c.number, accounts.c.name)
    .join(invoices, invoices.c.order_id == orders.c.id)
    .join(accounts, accounts.c.id == orders.c.account_id)
    .where(orders.c.reference == bindparam("reference"), orders.c.account_id == bindparam("account_id"))
)


def floor_engine(url: str) -> sa.Engine:
    """An engine with the durability that the application asks for, and nothing else of it."""
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_size=10)
    engine = sa.create_engine(address, pool_size=20, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    readonly = connection.get_execution_options().get("readonly", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def floor_application(url: str) -> Flask:
    """The floor on a database that `minimal.make` filled."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader(_TEMPLATES)
    engine = floor_engine(url)
    readers = engine.execution_options(readonly=True)

    def overview(account_id: int) -> str:
        with readers.connect() as connection:
            rows = connection.execute(_ROWS, {"account_id": account_id}).all()
        return render_template("overview.html", title="Subscriptions", rows=rows)

    def summary(account_id: int, subscription_id: int) -> Response:
        wanted = int(request.args["seats"])
        with readers.connect() as connection:
            which = {"subscription_id": subscription_id, "account_id": account_id}
            seats, unit = connection.execute(_ONE, which).one()
        net = (wanted - seats) * unit
        return jsonify(net=net, tax=(net * 23 + 50) // 100)

    def put(account_id: int) -> Response:
        wish = {"of_account": account_id, "subscription": int(request.form["subscription"])}
        with engine.begin() as connection:
            connection.execute(minimal.LOCK, {"account_id": account_id})
            connection.execute(_PUT, wish | {"wanted": int(request.form["seats"])})
        return redirect(f"/{account_id}/checkout", 303)

    def checkout(account_id: int) -> str:
        with readers.connect() as connection:
            _, after, before, unit = connection.execute(minimal.CART, {"account_id": account_id}).one()
        net = (after - before) * unit
        tax = (net * 23 + 50) // 100
        return render_template(
            "checkout.html", title="Checkout", before=before, after=after, net=net, tax=tax
        )

    def place(account_id: int) -> Response:
        reference = secrets.token_hex(5)
        with engine.begin() as connection:

            def send(statement: Any, values: Mapping[str, Any]) -> Any:
                answer = connection.execute(statement, values)
                return answer.one() if answer.returns_rows else None

            minimal.place(send, account_id, reference)
        return redirect(f"/{account_id}/orders/{reference}", 303)

    def order(account_id: int, reference: str) -> str:
        with readers.connect() as connection:
            which = {"reference": reference, "account_id": account_id}
            row = connection.execute(_PLACED, which).one()
        return render_template("order.html", title="Order", row=row)

    app.add_url_rule("/health", "health", lambda: "here")
    app.add_url_rule("/<int:account_id>/", "overview", overview)
    app.add_url_rule("/<int:account_id>/subscriptions/<int:subscription_id>/summary", "summary", summary)
    app.add_url_rule("/<int:account_id>/cart", "put", put, methods=["POST"])
    app.add_url_rule("/<int:account_id>/checkout", "checkout", checkout)
    app.add_url_rule("/<int:account_id>/place", "place", place, methods=["POST"])
    app.add_url_rule("/<int:account_id>/orders/<reference>", "order", order)
    return app
