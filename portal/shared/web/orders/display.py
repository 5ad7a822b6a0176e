"""The order summary as its one component shows it: rows that explain themselves, notes, and what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext

from portal.shared.domain.money import Money
from portal.shared.domain.summary import OrderSummary, SummaryLine
from portal.shared.services.catalog.reading import Names
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.orders.lines import Row, line_row, line_rows, plan_and_seats, seats_added, tax_rows
from portal.shared.web.orders.notes import Told, account_notes, item_notes

__all__ = [
    "Row",
    "changed_lines",
    "line_rows",
    "plan_and_seats",
    "present",
    "seats_added",
    "tax_rows",
    "total_label",
]


def present(
    summary: OrderSummary,
    names: Names,
    invoices: Mapping[int, str] | None = None,
    *,
    placed: bool = False,
    dated: bool = False,
    ending: Collection[int] = (),
    due_on: date | None = None,
) -> dict[str, Any]:
    """The summary for `components/order_summary.html`.

    `invoices` names the unpaid ones a credit lowers. An order that was placed is told by its dates, because the day
    it began is no longer today; so is a quote (`dated`), which may be read on any day. `ending` are the subscriptions
    that are not renewed, `due_on` is the day until which an invoice is to be paid.
    """
    rows: list[Row] = []
    lines: defaultdict[int, list[SummaryLine]] = defaultdict(list)
    for line in summary.lines:
        lines[line.subscription_id].append(line)
    for item in summary.items:
        if len(summary.items) > 1:
            rows.append({"label": names.product(item.product, language()), "tone": "heading"})
        rows.extend(line_row(line, names, item.effect) for line in lines[item.subscription_id])
    rows.extend(tax_rows(summary.lines))
    rows.extend(_relief_rows(summary, invoices or {}))
    if summary.balance_used:
        rows.append(
            {
                "label": gettext("Account balance used"),
                "detail": gettext("of %(balance)s", balance=money(summary.balance_before)),
                "amount": money(-summary.balance_used),
                "tone": "balance",
            }
        )
    told = Told(placed=placed, dated=dated, several=len(summary.items) > 1, ending=ending)
    return {
        "rows": rows,
        "total_label": total_label(summary.total_due, due_on),
        "total": money(summary.total_due),
        "notes": [*item_notes(summary, names, told), *account_notes(summary, invoices or {})],
    }


def total_label(total_due: Money, due_on: date | None) -> str:
    """What stands before the total: until when it is to be paid, where that is not at once."""
    if due_on is None or not total_due:
        return str(gettext("Total due"))
    return str(gettext("Due by %(day)s", day=format_long_date(due_on, language())))


def changed_lines(
    old: OrderSummary, new: OrderSummary, names: Names, *, promised: bool = False
) -> dict[str, Any]:
    """Old and new amounts, line by line, for the `changed_lines` component.

    `promised` where the next charges stood beside the button: those that have changed are told as well.
    """
    before, after = _amounts(old, names), _amounts(new, names)
    lines = []
    for key in dict.fromkeys([*before, *after]):
        first, second = before.get(key), after.get(key)
        told = second or first
        assert told is not None, "the key comes from one of the two"
        lines.append(
            {
                "label": told[0],
                "detail": told[1],
                "old": money(first[2]) if first else None,
                "new": money(second[2]) if second else None,
            }
        )
    if promised:
        lines += _next_charges(old, new, names)
    return {"lines": lines, "total": {"old": money(old.total_due), "new": money(new.total_due)}}


def _next_charges(old: OrderSummary, new: OrderSummary, names: Names) -> list[Row]:
    """What will be charged at the next renewals, where that was told otherwise."""
    told = {item.subscription_id: item.next_charge for item in old.items}
    return [
        {
            "label": gettext("Next charge"),
            "detail": names.product(item.product, language()),
            "old": money(told[item.subscription_id]),
            "new": money(item.next_charge),
        }
        for item in new.items
        if told.get(item.subscription_id, item.next_charge) != item.next_charge
    ]


def _relief_rows(summary: OrderSummary, invoices: Mapping[int, str]) -> list[Row]:
    return [
        {
            "label": gettext("Goes to your unpaid invoice"),
            "detail": invoices.get(relief.invoice_id, ""),
            "amount": money(relief.amount),
            "tone": "charge",
        }
        for relief in summary.reliefs
    ]


def _amounts(summary: OrderSummary, names: Names) -> dict[object, tuple[str, str, Money]]:
    """Every figure of a summary under a key that stays the same when only the figure changes."""
    amounts: dict[object, tuple[str, str, Money]] = {}
    effects = {item.subscription_id: item.effect for item in summary.items}
    for line in summary.lines:
        row = line_row(line, names, effects[line.subscription_id])
        amounts[line.subscription_id, line.kind, line.credits_line] = (
            row["label"],
            row["detail"],
            line.signed,
        )
    if summary.tax_total:
        amounts["tax"] = (gettext("Tax"), "", summary.tax_total)
    for relief in summary.reliefs:
        amounts["relief", relief.invoice_id] = (gettext("Goes to your unpaid invoice"), "", relief.amount)
    if summary.balance_used:
        amounts["balance"] = (gettext("Account balance used"), "", -summary.balance_used)
    return amounts
