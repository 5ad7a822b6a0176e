"""`recompute` proves every document from the history, and finds what was tampered with."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.shared.domain.changes import Wanted
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.services.recompute import UnknownInvoiceError, recompute
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
