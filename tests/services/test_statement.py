"""The statement equals the ledger on any date: random lives, every day looked at, pages put together again."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.domain.changes import Wanted
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.money import Money
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.ledger import LedgerEntry, LedgerMovement
from portal.shared.records.payments import Payment
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.corrections import credit_notes, refunds
from portal.shared.services.corrections.credit_notes import CreditWish, Plan
from portal.shared.services.corrections.refunds import RefundWish
from portal.shared.services.desk import Staff
from portal.shared.services.invoices.statement import Entry, Statement, statement
from tests.support.factories import TODAY, a_person
from tests.support.shop import MONTHLY, Customer, Shop, euros

LIMITS = CreditLimits({"care": {"EUR": 10**9}})
LISBON = ZoneInfo("Europe/Lisbon")


def told(shop: Shop, who: Customer, first: date, last: date, **page: int) -> Statement:
    with shop.database.read() as session:
        return statement(session, who.id, first, last, **page)


def stands(shop: Shop, who: Customer, day: date) -> int:
    """What the ledger itself says at the end of a day: what is open less what is kept."""
    until = datetime.combine(day + timedelta(days=1), time(), LISBON).astimezone(UTC)
    with shop.database.read() as session:
        question = (
            sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
            .join(LedgerMovement, LedgerMovement.id == LedgerEntry.movement_id)
            .where(
                LedgerEntry.account_id == who.id,
                LedgerEntry.book.in_(["receivable", "balance"]),
                LedgerMovement.at < until,
            )
        )
        return int(session.scalar(question) or 0)


def live(shop: Shop, steps: list[tuple[int, int, int]]) -> Customer:
    """Orders, credit notes and refunds, some days apart."""
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        person = a_person(session, staff_role="care")
        care = Staff(person.id, person.name, "care")
    for number, (days, what, size) in enumerate(steps):
        shop.later(days=days, hours=size % 24)
        if what == 0:
            change = Wanted(subscription, WantedTerms(shop.catalogue.plus, 1 + size % 9, MONTHLY))
            if shop.look(who, change, keep=False).summary is not None:  # the same again is no change
                shop.order(who, change)
        elif what == 1:
            line = shop.rows(InvoiceLine, account_id=who.id, kind="charge")[-1]
            invoice = next(one for one in shop.rows(Invoice, account_id=who.id) if one.id == line.invoice_id)
            wish = CreditWish(invoice.name, {line.id: euros(1 + size)}, "An outage")
            with shop.database.write() as session:
                now = shop.clock.now()
                planned = credit_notes.plan(session, care, who.id, wish, LIMITS, now)
                if isinstance(planned, Plan):
                    credit_notes.write(session, care, who.id, wish, LIMITS, planned.digest, now)
        else:
            payment = (shop.rows(Payment, account_id=who.id) or [None])[-1]
            wished = RefundWish(
                payment.id if payment else 0, euros(1 + size % 500), "Because", f"refund-{number}"
            )
            refunds.give_back(shop.database, shop.processor, shop.clock.now, care, who.id, wished, LIMITS)
    return who


def agrees(shop: Shop, who: Customer) -> None:
    last = shop.clock.now().date() + timedelta(days=1)
    first = TODAY - timedelta(days=40)
    whole = told(shop, who, first, last)
    assert whole.closing.minor == stands(shop, who, last)
    assert whole.opening + sum((one.effect for one in whole.entries), euros(0)) == whole.closing
    running = whole.closing
    for one in whole.entries:
        assert one.stands == running
        running -= one.effect
    for day in {one.day for one in whole.entries}:
        assert told(shop, who, first, day).closing.minor == stands(shop, who, day)
        assert told(shop, who, day, last).opening.minor == stands(shop, who, day - timedelta(days=1))
    pages: list[Entry] = []
    before: int | None = None
    while True:
        page = told(shop, who, first, last, limit=3, **({"before": before} if before else {}))
        pages += page.entries
        before = page.older
        if before is None:
            break
    assert tuple(pages) == whole.entries


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([], id="nothing but the beginning"),
        pytest.param([(0, 0, 5), (3, 1, 900), (1, 2, 100)], id="ordered, credited, given back"),
        pytest.param([(1, 1, 5000), (0, 0, 2), (9, 0, 7), (2, 1, 1), (0, 2, 499)], id="a busy week"),
    ],
)
def test_the_statement_of_a_life_is_the_ledger(shop: Shop, steps: list[tuple[int, int, int]]) -> None:
    agrees(shop, live(shop, steps))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 2), st.integers(0, 3000)), min_size=1, max_size=5
    )
)
def test_the_statement_of_any_life_is_the_ledger(shop: Shop, steps: list[tuple[int, int, int]]) -> None:
    agrees(shop, live(shop, steps))


def test_a_day_is_a_day_where_the_account_lives(shop: Shop) -> None:
    who = shop.customer(time_zone="Asia/Tokyo")
    shop.later(hours=6)  # 16:00 in London is past midnight in Tokyo
    subscription = shop.monthly(who, began=TODAY)
    shop.order(who, Wanted(subscription, WantedTerms(shop.catalogue.plus, 7, MONTHLY)))
    ordered = told(shop, who, TODAY, TODAY + timedelta(days=2)).entries[0]
    assert ordered.day == TODAY + timedelta(days=1)


def test_another_accounts_movements_are_not_there(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    shop.monthly(other)
    found = told(shop, who, TODAY - timedelta(days=365), TODAY)
    assert (found.entries, found.closing) == ((), Money(0, "EUR"))
    with shop.database.read() as session, pytest.raises(UnknownAccountError):
        statement(session, 10**6, TODAY, TODAY)
