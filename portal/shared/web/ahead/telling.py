"""The time line in words: what happens on which day, what it means, and what stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.changes import Refusal
from portal.shared.domain.terms import Terms
from portal.shared.services.ahead import Pending, PendingKind
from portal.shared.services.ahead.next_invoice import NextInvoice
from portal.shared.services.catalog.reading import Names
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.orders.display import line_rows, plan_and_seats, tax_rows
from portal.shared.web.words import vocabulary as words

Told = dict[str, Any]
Action = Callable[[Pending], Told | None]

_TONES = {
    PendingKind.PRICE: "info",
    PendingKind.CHANGE: "info",
    PendingKind.RENEWAL: "good",
    PendingKind.END: "warn",
}

# Why a planned change falls away.
_WHY: Mapping[Refusal, LazyString] = {
    Refusal.NOT_SOLD: lazy_gettext("The planned plan is no longer sold this way."),
    Refusal.UNKNOWN_PLAN: lazy_gettext("The planned plan is no longer sold."),
    Refusal.SEATS_TOO_FEW: lazy_gettext("The planned plan needs more seats."),
    Refusal.SEATS_TOO_MANY: lazy_gettext("The planned plan does not have so many seats."),
    Refusal.NOTHING_CHANGES: lazy_gettext("These are the terms already."),
    Refusal.CHOOSE_SEATS: lazy_gettext(
        "All of the seats are held by people, and nobody loses one by itself."
    ),
}
_OTHERWISE = lazy_gettext("The planned change cannot be had any more.")


def time_line(pending: Iterable[Pending], names: Names, action: Action) -> list[Told]:
    """What is pending, day by day, each entry with what can be done about it here, if anything."""
    days: list[Told] = []
    for one in pending:
        if not days or days[-1]["day"] != one.on:
            days.append({"day": one.on, "entries": []})
        days[-1]["entries"].append(_entry(one, names, action(one)))
    return days


def why_dropped(reason: Refusal) -> str:
    """Why a planned change falls away, in one sentence."""
    return str(_WHY.get(reason, _OTHERWISE))


def terms(found: Terms, names: Names) -> str:
    """`Professional, 7 seats, R$ 100.00 per seat and month`."""
    price = f"{money(found.unit)} {words.per_seat(found.frequency)}"
    return f"{plan_and_seats(found.plan_id, found.seats, names)}, {price}"


def invoice_summary(found: NextInvoice, names: Names) -> Told:
    """The next invoice for `components/order_summary.html`."""
    summary = found.summary
    rows = [*line_rows(summary.lines, names), *tax_rows(summary.lines)]
    if summary.balance_used:
        rows.append(
            {
                "label": gettext("Account balance used"),
                "detail": gettext("of %(balance)s", balance=money(summary.balance_before)),
                "amount": money(-summary.balance_used),
                "tone": "balance",
            }
        )
    day = format_long_date(found.on, language())
    note = gettext(
        "It is written on %(day)s with everything on the time line, as the books stand now.", day=day
    )
    return {"rows": rows, "total": money(summary.total_due), "notes": [{"text": note}]}


def _entry(one: Pending, names: Names, action: Told | None) -> Told:
    product = names.product(one.product, language())
    text, details = _sentence(one, product, names)
    problem = _problem(one)
    return {
        "text": text,
        "details": details,
        "problem": problem,
        "tone": "warn" if problem else _TONES[one.kind],
        "action": action and {**action, "about": f"{action['label']}: {product}"},
    }


def _sentence(one: Pending, product: str, names: Names) -> tuple[str, list[str]]:
    match one.kind:
        case PendingKind.END:
            return gettext("%(product)s ends", product=product), [
                gettext("It is cancelled and is not charged again.")
            ]
        case PendingKind.PRICE:
            assert one.after is not None, "a price follows another one"
            detail = gettext(
                "from %(old)s to %(new)s %(per)s",
                old=money(one.before.unit),
                new=money(one.after.unit),
                per=words.per_seat(one.after.frequency),
            )
            return gettext("The price of %(product)s changes", product=product), [detail]
        case PendingKind.CHANGE:
            details = [gettext("until then: %(terms)s", terms=terms(one.before, names))]
            if one.after is not None:
                details.append(gettext("from then on: %(terms)s", terms=terms(one.after, names)))
            return gettext("A planned change of %(product)s", product=product), details
        case _:
            assert one.after is not None, "what renews has terms"
            return gettext("%(product)s renews", product=product), [terms(one.after, names)]


def _problem(one: Pending) -> str:
    if one.kind is not PendingKind.CHANGE:
        return ""
    if one.ends_first:
        return str(gettext("The subscription ends before: the change falls away with it."))
    if one.dropped is not None:
        return " ".join((gettext("It falls away as things stand."), why_dropped(one.dropped)))
    if one.seats_wanted is not None and one.after is not None:
        return str(
            ngettext(
                "%(num)d seat was planned, and more people hold one. Nobody loses a seat by itself: take seats away "
                "before that day, or as many stay as are held.",
                "%(num)d seats were planned, and more people hold one. Nobody loses a seat by itself: take seats away "
                "before that day, or as many stay as are held.",
                one.seats_wanted,
            )
        )
    return ""
