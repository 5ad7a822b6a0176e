"""Tax that was charged because a registry had not answered: given back once it confirms the number (decision 0023)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.summary import OrderSummary, Standpoint
from portal.shared.domain.tax_corrections import GivenBack, Taxed, charged_without_tax
from portal.shared.domain.taxes import REVERSE_CHARGED, SellerTaxes, TaxKind, VatState, reverse_charged
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import (
    Invoice,
    InvoiceLine,
    LineOnTheBooks,
    charged_lines_of,
    unpaid_amounts,
)
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.unconfirmed_tax import credits_of, invoices_to_correct
from portal.shared.services import accounts, activity, ledger
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.orders.pricing import open_line
from portal.shared.services.payments import past_due


def correct(
    session: Session, account: Account, seller: SellerTaxes, now: datetime
) -> list[tuple[str, Invoice]]:
    """Charge again, without tax, what a number that is confirmed now would not have been taxed for.

    Gives the name of each invoice with the document that corrects it: in the account's favour, it lowers what is unpaid
    of the invoice, and the rest is kept as balance. Nothing happens while an order or a payment is on its way, which
    counts with what is open as it is now. The caller holds the account's lock; doing it again finds nothing.
    """
    if account.vat_state is not VatState.VALID or not reverse_charged(seller.country, account.country):
        return []
    if charge_on_its_way(session, account.id):
        return []
    done = []
    for wrong in invoices_to_correct(session, account):
        summary = _summary(session, account, wrong, accounts.today(account, now))
        note = invoicing.correct(session, account, summary, wrong, "", now, contacts_know=True)
        detail = {"name": note.name, "invoice": wrong.name, "total": -note.total_minor}
        activity.record(session, account.id, None, "tax-corrected", detail, now)
        done.append((wrong.name, note))
    past_due.clear(session, account, now)
    return done


def _summary(session: Session, account: Account, wrong: Invoice, today: date) -> OrderSummary:
    lines = [
        entry
        for entry in charged_lines_of(session, account.id, wrong.id)
        if entry.line.tax_kind is TaxKind.PENDING and entry.line.tax_minor > entry.tax_credited_minor
    ]
    credits = credits_of(session, account.id, [entry.line.id for entry in lines])
    unpaid = unpaid_amounts(session, account.id)
    standpoint = Standpoint(
        account_id=account.id,
        today=today,
        balance=ledger.balance(session, account.id, account.currency),
        tax=REVERSE_CHARGED,
        unpaid={key: Money(rest, account.currency) for key, rest in unpaid.items()},
    )
    taxed = [_taxed(account.currency, entry, credits.get(entry.line.id, [])) for entry in lines]
    return charged_without_tax(standpoint, taxed)


def _taxed(currency: str, entry: LineOnTheBooks, credits: Sequence[InvoiceLine]) -> Taxed:
    line = entry.line
    return Taxed(
        subscription_id=line.subscription_id,
        product=line.product,
        line=open_line(currency, entry),
        days=line.days,
        of_days=line.of_days,
        credits=tuple(
            GivenBack(
                id=one.id,
                service=Period(one.service_start, one.service_end),
                days=one.days,
                of_days=one.of_days,
                amount=Money(one.amount_minor, currency),
            )
            for one in credits
        ),
    )
