"""The order summary as its one component shows it: rows that explain themselves, notes, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import get_locale, gettext
from markupsafe import Markup

from portal.shared.domain.money import Money, zero
from portal.shared.domain.summary import LineKind, OrderSummary, SummaryItem, SummaryLine
from portal.shared.domain.taxes import MILLION, TaxKind, TaxRate
from portal.shared.services.catalog import Names
from portal.shared.web import vocabulary as words
from portal.shared.web.display import format_long_date, format_money, format_percent, format_short_date

Row = dict[str, Any]


def language() -> str:
    """The reader's language, as the catalogue writes it."""
    return str(get_locale() or "pt_BR")


def money(amount: Money) -> str:
    """An amount as the reader writes it."""
    return format_money(amount, language())


def present(
    summary: OrderSummary, names: Names, invoices: Mapping[int, str] | None = None, *, placed: bool = False
) -> dict[str, Any]:
    """The summary for `components/order_summary.html`.

    `invoices` names the unpaid ones a credit lowers. An order that was placed is told by its dates, because the day
    it began is no longer today.
    """
    rows: list[Row] = []
    for item in summary.items:
        if len(summary.items) > 1:
            rows.append({"label": names.product(item.product, language()), "tone": "heading"})
        own = [line for line in summary.lines if line.subscription_id == item.subscription_id]
        rows.extend(_line_row(line, names) for line in own)
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
    return {
        "rows": rows,
        "total": money(summary.total_due),
        "notes": [*_item_notes(summary, names, placed=placed), *_account_notes(summary)],
    }


def line_rows(lines: Iterable[SummaryLine], names: Names) -> list[Row]:
    """Lines alone, each product's under its name: what documents are made of."""
    rows: list[Row] = []
    subscription = None
    for line in lines:
        if line.subscription_id != subscription:
            rows.append({"label": names.product(line.product, language()), "tone": "heading"})
            subscription = line.subscription_id
        rows.append(_line_row(line, names))
    return rows


def changed_lines(old: OrderSummary, new: OrderSummary, names: Names) -> dict[str, Any]:
    """Old and new amounts, line by line, for the `changed_lines` component."""
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
    return {"lines": lines, "total": {"old": money(old.total_due), "new": money(new.total_due)}}


def plan_and_seats(plan_id: int, seats: int, names: Names) -> str:
    """`Professional, 7 seats`."""
    return f"{names.plan(plan_id, language())}, {words.seat_count(seats)}"


def _line_row(line: SummaryLine, names: Names) -> Row:
    if line.kind is LineKind.CHARGE:
        return {
            "label": plan_and_seats(line.plan_id, line.seats, names),
            "detail": _charge_formula(line),
            "amount": money(line.amount),
            "tone": "charge",
        }
    return {
        "label": gettext("Credit for unused time"),
        "detail": _credit_formula(line),
        "amount": money(-line.amount),
        "tone": "credit",
    }


def _charge_formula(line: SummaryLine) -> str:
    span = gettext(
        "%(first)s to %(last)s",
        first=format_short_date(line.service.start, language()),
        last=format_short_date(line.service.last_day, language()),
    )
    product = f"{line.seats} × {money(line.unit)}"
    if line.days != line.of_days:
        product = gettext(
            "%(product)s × %(days)d of %(all)d days", product=product, days=line.days, all=line.of_days
        )
    return f"{product} · {span}"


def _credit_formula(line: SummaryLine) -> str:
    whole = line.unit * line.seats == line.base
    product = f"{line.seats} × {money(line.unit)}" if whole else money(line.base)
    return str(
        gettext("%(product)s × %(days)d of %(all)d days", product=product, days=line.days, all=line.of_days)
    )


def tax_rows(lines: Iterable[SummaryLine]) -> list[Row]:
    """One row a rate. Where rounding line by line gives another sum than the rate on all of it, a row a line."""
    taxed: dict[TaxRate, list[SummaryLine]] = {}
    for line in lines:
        if line.tax_rate.millionths:
            taxed.setdefault(line.tax_rate, []).append(line)
    rows = []
    for rate, own in taxed.items():
        nothing = zero(own[0].amount.currency)
        net = sum((line.signed for line in own), nothing)
        tax = sum((line.signed_tax for line in own), nothing)
        if net.share(rate.millionths, MILLION) == tax:
            rows.append(_tax_row(rate, net, tax))
        else:
            rows += [_tax_row(rate, line.signed, line.signed_tax) for line in own]
    return rows


def _tax_row(rate: TaxRate, net: Money, tax: Money) -> Row:
    return {
        "label": gettext("Tax"),
        "detail": gettext(
            "%(name)s %(rate)s on %(net)s",
            name=rate.name,
            rate=format_percent(rate.millionths, language()),
            net=money(net),
        ),
        "amount": money(tax),
        "tone": "tax",
    }


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


def _item_notes(summary: OrderSummary, names: Names, *, placed: bool) -> list[Row]:
    notes: list[Row] = []
    for item in summary.items:
        notes.append({"text": _period_note(item, names, several=len(summary.items) > 1, placed=placed)})
        if item.takes_back_cancellation and not placed:
            notes.append(
                {"text": gettext("Placing this order takes the pending cancellation back."), "tone": "warn"}
            )
    return notes


def _period_note(item: SummaryItem, names: Names, *, several: bool, placed: bool) -> Markup:
    sentence = gettext(
        "The billing period begins <b>today</b>. Next charge: <b>%(amount)s</b> on <b>%(day)s</b>."
    )
    if placed:
        sentence = gettext(
            "The billing period began on %(first)s. Next charge: <b>%(amount)s</b> on <b>%(day)s</b>."
        )
    text = _bold(
        sentence,
        first=format_long_date(item.period.start, language()),
        amount=money(item.next_charge),
        day=format_long_date(item.next_charge_on, language()),
    )
    return Markup("{}: {}").format(names.product(item.product, language()), text) if several else text


def _bold(sentence: str, **values: str) -> Markup:
    """Our own translated sentence with its `<b>`; the values are escaped."""
    return Markup(sentence) % values  # noqa: S704 - the sentence is a msgid of ours, never what somebody typed


def _account_notes(summary: OrderSummary) -> list[Row]:
    notes: list[Row] = []
    if summary.balance_after > summary.balance_before:
        kept = summary.balance_after - summary.balance_before
        notes.append(
            {
                "text": _bold(
                    gettext("<b>%(kept)s</b> stays as account balance and pays your next charges."),
                    kept=money(kept),
                ),
                "tone": "good",
                "icon": "done",
            }
        )
    if summary.tax.kind is TaxKind.REVERSE_CHARGE:
        notes.append({"text": gettext("Reverse charge: you account for the VAT yourself."), "icon": "info"})
    return notes


def _amounts(summary: OrderSummary, names: Names) -> dict[object, tuple[str, str, Money]]:
    """Every figure of a summary under a key that stays the same when only the figure changes."""
    amounts: dict[object, tuple[str, str, Money]] = {}
    for line in summary.lines:
        row = _line_row(line, names)
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
