"""`recompute` proves every document from the history, and finds what was tampered with."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.changes import Wanted
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.money import Money
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.services.corrections import credit_notes
from portal.shared.services.corrections.credit_notes import CreditWish, Plan
from portal.shared.services.desk import Staff
from portal.shared.services.invoices.recompute import UnknownInvoiceError, recompute
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.renewals.running import renew_due
from tests.support.factories import SELLER, TODAY, a_person
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import ANNUAL, MONTHLY, Shop


def _history(shop: Shop) -> list[str]:
    """Up, down and over to a year within a few weeks; gives the names of the documents."""
    who = shop.customer()
    assist = shop.monthly(who)
    plans = shop.catalogue
    for days, terms in (
        (0, WantedTerms(plans.plus, 7, MONTHLY)),
        (0, WantedTerms(plans.plus, 9, MONTHLY)),
        (11, WantedTerms(plans.plus, 3, MONTHLY)),
        (5, WantedTerms(plans.plus, 3, ANNUAL)),
        (20, WantedTerms(plans.plus, 1, MONTHLY)),
    ):
        shop.later(days=days)
        shop.order(who, Wanted(assist, terms))
    return [invoice.name for invoice in shop.rows(Invoice)]


def test_every_document_of_a_history_is_equal(shop: Shop) -> None:
    names = _history(shop)
    assert len(names) == 6
    with shop.database.read() as session:
        assert [difference for name in names for difference in recompute(session, name)] == []


@pytest.mark.parametrize("figure", ["amount_minor", "tax_minor"])
@pytest.mark.parametrize("kind", ["charge", "credit"])
def test_a_figure_that_was_tampered_with_is_found(shop: Shop, figure: str, kind: str) -> None:
    name = _history(shop)[2]
    with shop.database.write() as session:
        invoice = session.scalars(sa.select(Invoice).where(Invoice.name == name)).one()
        line = session.scalars(
            sa.select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id, InvoiceLine.kind == kind)
        ).one()
        # In memory only: the database itself refuses to change the books.
        with session.no_autoflush:
            setattr(line, figure, getattr(line, figure) - 1)
            found = {(one.line, one.figure) for one in recompute(session, name)}
        position = line.position
        session.expire(line)
    assert (position, figure.removesuffix("_minor")) in found
    assert any(line == 0 for line, _ in found)


def test_a_document_nobody_wrote_is_unknown(shop: Shop) -> None:
    with shop.database.read() as session, pytest.raises(UnknownInvoiceError):
        recompute(session, "T0-000000")


def _recomputed(shop: Shop) -> list[object]:
    """What is not equal among all documents there are."""
    with shop.database.read() as session:
        names = [invoice.name for invoice in shop.rows(Invoice)]
        assert names
        return [difference for name in names for difference in recompute(session, name)]


def test_a_renewal_is_equal(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who, began=TODAY - timedelta(days=20))
    for _ in range(3):
        shop.later(days=31)
        list(renew_due(shop.database, SELLER, shop.clock.now()))
    assert len(shop.rows(Invoice)) > 2
    assert _recomputed(shop) == []


@pytest.mark.parametrize("keeps_plan", [True, False], ids=["seats added", "another plan"])
def test_what_keeps_the_renewal_date_is_equal(shop: Shop, *, keeps_plan: bool) -> None:
    desk = QuoteDesk(shop)
    contract = desk.contract(began=TODAY - timedelta(days=100))
    plan = shop.catalogue.standard if keeps_plan else shop.catalogue.plus
    assert isinstance(desk.accept(desk.sent(item(contract, plan, 9))), Accepted)
    shop.later(days=40)
    assert isinstance(desk.accept(desk.sent(item(contract, shop.catalogue.plus, 4))), Accepted)
    assert len(shop.rows(Invoice)) == 3
    assert _recomputed(shop) == []


def test_an_allowance_beyond_its_line_is_found(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    (invoice,), (line,) = shop.rows(Invoice), shop.rows(InvoiceLine)
    limits = CreditLimits({"care": {"EUR": 10**6}})
    with shop.database.write() as session:
        person = a_person(session, staff_role="care")
        staff, now = Staff(person.id, person.name, "care"), shop.clock.now()
        wish = CreditWish(invoice.name, {line.id: Money(line.amount_minor, "EUR")}, "Double")
        planned = credit_notes.plan(session, staff, who.id, wish, limits, now)
        assert isinstance(planned, Plan)
        credit_notes.write(session, staff, who.id, wish, limits, planned.digest, now)
    assert _recomputed(shop) == []
    note = shop.rows(Invoice)[-1]
    with shop.database.write() as session:
        credit = session.scalars(sa.select(InvoiceLine).where(InvoiceLine.invoice_id == note.id)).one()
        with session.no_autoflush:
            credit.amount_minor += 1
            assert {(one.line, one.figure) for one in recompute(session, note.name)} >= {(1, "amount")}
        session.expire(credit)
