"""One account that has very much, against one that has little: the same pages in turns, in one database.

A list of the little one is shorter than a page, so a third account is asked beside them whose lists just fill one: what
it costs less than the hot one is growth, what it costs more than the little one are rows that are shown.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.grounds import Ground
from benchmarks.growth.requests import Page, Town, signed_in, take_turns
from benchmarks.measuring import Noise, cpu_ratio, no_server
from benchmarks.report import Report
from benchmarks.shop import Shop, shop_on
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Wanted
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.base import all_tables
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.ledger import LedgerMovement
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import carts, ledger
from portal.shared.services.sign_in.signing_in import open_session
from tests.support import factories
from tests.support.factories import NOW, TODAY

SMALL, FULL, HOT = range(3)
SUBSCRIPTIONS, SEATS = (10, 25, 500), (50, 500, 10_000)
INVOICES, IN_CART = (10, 60, 5_000), (2, 2, 200)
PAGES = (
    Page("overview", "/billing/"),
    Page("live summary", "/billing/subscriptions/{subscription}/summary?seats=490&frequency=monthly"),
    Page("checkout with the cart", "/billing/checkout"),
    Page("invoices", "/billing/invoices"),
    Page("activity", "/billing/activity"),
    Page("seats of a subscription", "/billing/subscriptions/{subscription}/seats"),
    Page("people with seats", "/billing/seats"),
)


def measure(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Take turns between the two accounts."""
    url = ground.fresh()
    with shop_on(url, folder) as shop:
        with shop.database.write() as session:
            catalogue = factories.a_catalogue(session)
        towns = [_account(shop, catalogue.standard, which) for which in (SMALL, FULL, HOT)]
        with shop.database.read() as session:
            assert ledger.verify(session) == []
        for town in towns:
            town.server = ground.cpu_of(url)
        for page in PAGES:
            counts, series = take_turns(page, towns, rounds, 6, noise)
            report.heading(f"{page.name[0].upper()}{page.name[1:]}, {ground.name} ({ground.settings})")
            report.count("statements", *sorted(set(counts)))
            for name, one in zip(
                ("a small account", "one with full pages", "a hot one"), series, strict=True
            ):
                report.line(name, "CPU ms", one.milliseconds())
            report.ratio("hot ÷ small", "CPU", cpu_ratio(series[HOT], series[SMALL]))
            report.ratio("hot ÷ full pages", "CPU", cpu_ratio(series[HOT], series[FULL]))


def _account(shop: Shop, plan: int, which: int) -> Town:
    with shop.database.write() as session:
        account = factories.an_online_account(session)
        contact = factories.a_contact(session, account)
        first = factories.a_monthly_subscription(session, account, plan, seats=480)
        rows = _subscriptions(session, first, SUBSCRIPTIONS[which])
        _seats(session, account, rows, SEATS[which])
        _invoices(session, account, rows, INVOICES[which] - 1)
        for row in rows[: IN_CART[which]]:
            wanted = Wanted(row, WantedTerms(plan, 490, Frequency.MONTHLY))
            carts.put(session, account.id, wanted, contact.id, NOW)
        token = open_session(session, contact.id, NOW)
    visitors = {"contact": [signed_in(shop, token)]}
    return Town(1, shop, no_server, visitors, [rows[0]])


def _seats(session: Session, account: Account, subscriptions: list[int], count: int) -> None:
    """People with an address, what they are for the account, and a seat each, evenly."""
    tables = all_tables().tables
    people = [
        {"name": f"Holder {account.id} {one:06}", "email": f"holder-{account.id}-{one:06}@example.org"}
        for one in range(count)
    ]
    session.execute(sa.insert(tables["people"]), people)
    own = sa.select(tables["people"].c.id).where(tables["people"].c.email.like(f"holder-{account.id}-%"))
    seats = [
        {
            "account_id": account.id,
            "subscription_id": subscriptions[number % len(subscriptions)],
            "person_id": person,
        }
        for number, person in enumerate(session.scalars(own.order_by(tables["people"].c.id)))
    ]
    member = {"account_id": account.id, "role": "seat_holder", "since": NOW}
    session.execute(
        sa.insert(tables["memberships"]), [{**member, "person_id": one["person_id"]} for one in seats]
    )
    session.execute(sa.insert(tables["seats"]), [{**one, "assigned_at": NOW} for one in seats])
    spell = {"given_at": NOW, "given_how": "assigned"}
    session.execute(sa.insert(tables["seat_spells"]), [{**one, **spell} for one in seats])


def _subscriptions(session: Session, first: SubscriptionRow, count: int) -> list[int]:
    """The first one and others like it."""
    plain = _plain(first)
    session.execute(sa.insert(SubscriptionRow), [plain] * (count - 1))
    own = sa.select(SubscriptionRow.id).where(SubscriptionRow.account_id == first.account_id)
    return list(session.scalars(own.order_by(SubscriptionRow.id)))


def _invoices(session: Session, account: Account, subscriptions: list[int], count: int) -> None:
    """Documents like the first one, of each subscription in turn, paid from credits that were granted for them."""
    first = session.scalars(sa.select(Invoice).where(Invoice.account_id == account.id)).one()
    line = session.scalars(sa.select(InvoiceLine).where(InvoiceLine.invoice_id == first.id)).one()
    next_invoice, next_movement = (
        (session.scalar(sa.select(sa.func.max(one.id))) or 0) + 1 for one in (Invoice, LedgerMovement)
    )
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number in range(count):
        invoice, granted = next_invoice + number, next_movement + 3 * number
        billed, settled = granted + 1, granted + 2
        named = account.last_invoice_number + 1 + number
        day = TODAY - timedelta(days=number % 2_000)
        rows["invoices"].append(
            {
                **_plain(first),
                "id": invoice,
                "number": named,
                "name": f"{account.invoice_series}-{named:06d}",
                "order_id": None,
                "issued_on": day,
                "due_on": day,
            }
        )
        subscription = subscriptions[number % len(subscriptions)]
        rows["invoice_lines"].append({**_plain(line), "invoice_id": invoice, "subscription_id": subscription})
        net, tax, total = first.subtotal_minor, first.tax_minor, first.total_minor
        for movement, kind, entries in (
            (granted, "credit-granted", {"balance": -total, "sales": total}),
            (billed, "period-billed", {"receivable": total, "sales": -net, "tax": -tax}),
            (settled, "balance-used", {"receivable": -total, "balance": total}),
        ):
            own = {"account_id": account.id}
            about = {"invoice_id": None if movement == granted else invoice, "order_id": None}
            rows["ledger_movements"].append({**own, **about, "id": movement, "kind": kind, "at": NOW})
            rows["ledger_entries"] += [
                {
                    **own,
                    "movement_id": movement,
                    "book": book,
                    "currency": first.currency,
                    "amount_minor": amount,
                }
                for book, amount in entries.items()
            ]
        paid = {"account_id": account.id, "invoice_id": invoice, "movement_id": settled}
        rows["settlements"].append({**paid, "source": "balance", "amount_minor": total, "at": NOW})
    for name, some in rows.items():
        session.execute(sa.insert(all_tables().tables[name]), some)
        if session.get_bind().dialect.name == "postgresql" and name in ("invoices", "ledger_movements"):
            session.execute(sa.text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))  # noqa: S608
    account.last_invoice_number += count
    session.flush()


def _plain(row: Any) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in row.__table__.columns if one.name != "id"}
