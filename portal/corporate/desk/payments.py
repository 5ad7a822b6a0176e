"""Money at the desk: what is overdue, and to whom a line of a bank statement belongs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.corporate.desk.staff import current_staff
from portal.shared.domain.money import Money
from portal.shared.services.invoice_payments import matching
from portal.shared.services.invoice_payments.matching import Due, Found
from portal.shared.web.house import house
from portal.shared.web.transactions import reading
from portal.shared.web.words.payments import days_overdue


def show() -> ResponseReturnValue:
    """The overdue invoices of one's own accounts, and what a reference names."""
    staff, now = current_staff(), house().clock.now()
    search = request.args.get("search", "").strip()
    found = matching.find_by_reference(reading(), staff, search, now) if search else []
    overdue = matching.overdue(reading(), staff, now)
    return render_template(
        "corporate/desk/payments.html",
        search=search,
        found=[_found(one, search) for one in found],
        dues=[_due(due) for due in overdue.dues],
        totals=_totals(overdue.dues),
        more=overdue.more,
    )


def _totals(dues: list[Due]) -> list[Money]:
    sums: Counter[str] = Counter()
    for due in dues:
        sums[due.open.currency] += due.open.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _due(due: Due) -> dict[str, Any]:
    return {
        "due": due,
        "late": days_overdue(due.days_overdue),
        "url": url_for("corporate.desk_record_payment", account_id=due.account_id, invoice=due.name),
    }


def _found(one: Found, search: str) -> dict[str, Any]:
    return {
        "account": one.account,
        "named": one.named,
        "due": one.due,
        "invoice_url": url_for("corporate.desk_invoice", account_id=one.account_id, name=one.due.name)
        if one.due
        else None,
        "url": url_for(
            "corporate.desk_record_payment",
            account_id=one.account_id,
            reference=search,
            invoice=one.due.name if one.due else None,
        ),
    }
