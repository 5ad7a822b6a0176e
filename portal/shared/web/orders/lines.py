"""The lines of an order summary as rows that explain themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, ngettext

from portal.shared.domain.effects import Effect
from portal.shared.domain.money import Money, zero
from portal.shared.domain.summary import LineKind, SummaryLine
from portal.shared.domain.taxes import MILLION, TaxRate
from portal.shared.services.catalog.reading import Names
from portal.shared.web.display import format_percent, format_short_date, language, money
from portal.shared.web.words import vocabulary as words

Row = dict[str, Any]


def line_rows(lines: Iterable[SummaryLine], names: Names) -> list[Row]:
    """Lines alone, each product's under its name: what documents are made of."""
    rows: list[Row] = []
    subscription = None
    for line in lines:
        if line.subscription_id != subscription:
            rows.append({"label": names.product(line.product, language()), "tone": "heading"})
            subscription = line.subscription_id
        rows.append(line_row(line, names))
    return rows


def plan_and_seats(plan_id: int, seats: int, names: Names) -> str:
    """`Professional, 7 seats`."""
    return f"{names.plan(plan_id, language())}, {words.seat_count(seats)}"


def seats_added(seats: int) -> str:
    """`10 seats added`."""
    return str(ngettext("%(num)d seat added", "%(num)d seats added", seats))


def line_row(line: SummaryLine, names: Names, effect: Effect = Effect.REANCHOR) -> Row:
    """One line; of seats that are added to a contract it says so."""
    if line.kind is LineKind.CHARGE:
        label = plan_and_seats(line.plan_id, line.seats, names)
        if effect is Effect.COTERM:
            label = f"{names.plan(line.plan_id, language())}, {seats_added(line.seats)}"
        return {
            "label": label,
            "detail": _charge_formula(line),
            "amount": money(line.amount),
            "tone": "charge",
        }
    if not line.days:
        return {
            "label": gettext("Credit"),
            "detail": gettext(
                "of %(charged)s for %(plan)s",
                charged=money(line.base),
                plan=plan_and_seats(line.plan_id, line.seats, names),
            ),
            "amount": money(-line.amount),
            "tone": "credit",
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
