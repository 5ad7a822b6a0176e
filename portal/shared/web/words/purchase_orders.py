"""The words for purchase orders: what is refused, where one stands, what it warns of, and the rule at the limit."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.purchase_orders import LimitRule, Shortfall, Warned
from portal.shared.services.purchase_orders.book import LONGEST_NUMBER, Refusal
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.web.display import format_percent, format_short_date, language, money

# The field of the form beside which a refusal stands.
FIELDS: dict[Refusal, str] = {
    Refusal.NUMBER_EMPTY: "number",
    Refusal.NUMBER_TOO_LONG: "number",
    Refusal.NUMBER_UNREADABLE: "number",
    Refusal.NUMBER_TAKEN: "number",
    Refusal.ENDS_BEFORE_IT_STARTS: "valid_to",
    Refusal.AMOUNT_NOT_POSITIVE: "authorised",
}

RULES: dict[LimitRule, tuple[LazyString, LazyString]] = {
    LimitRule.HOLD: (
        lazy_gettext("Hold it"),
        lazy_gettext("Nothing is ordered or billed until a purchase order covers it."),
    ),
    LimitRule.WARN: (
        lazy_gettext("Warn and bill"),
        lazy_gettext("It is billed on the purchase order all the same, and everybody is told."),
    ),
    LimitRule.BILL_WITHOUT: (
        lazy_gettext("Bill without it"),
        lazy_gettext("It is billed without a purchase order number."),
    ),
}

_WARNINGS: dict[Warned, tuple[LazyString, str]] = {
    Warned.ENDS_IN_30_DAYS: (lazy_gettext("Ends within 30 days"), "warn"),
    Warned.ENDS_IN_7_DAYS: (lazy_gettext("Ends within 7 days"), "warn"),
    Warned.PAST_ITS_DAY: (lazy_gettext("Past its last day"), "bad"),
    Warned.USED_100: (lazy_gettext("Used up"), "bad"),
}

_REFUSALS: dict[Refusal, LazyString] = {
    Refusal.NUMBER_EMPTY: lazy_gettext("Write the number of the purchase order."),
    Refusal.NUMBER_UNREADABLE: lazy_gettext(
        "This number holds characters that cannot be seen. Type it instead of pasting it."
    ),
    Refusal.NUMBER_TAKEN: lazy_gettext("There is a purchase order with this number already."),
    Refusal.ENDS_BEFORE_IT_STARTS: lazy_gettext("The last day is before the first day."),
    Refusal.AMOUNT_NOT_POSITIVE: lazy_gettext(
        "The authorised amount is more than nothing. Leave it empty when there is no limit."
    ),
}


SHORTFALLS: dict[Shortfall, LazyString] = {
    Shortfall.NOT_YET_VALID: lazy_gettext("It is not valid yet."),
    Shortfall.PAST_ITS_DAY: lazy_gettext("Its last day is over."),
    Shortfall.AMOUNT_EXCEEDED: lazy_gettext("Its authorised amount does not reach that far."),
}


def refused(refusal: Refusal) -> str:
    """Why a purchase order was not kept, in one sentence."""
    if refusal is Refusal.NUMBER_TOO_LONG:
        return str(gettext("A purchase order number has up to %(most)d characters.", most=LONGEST_NUMBER))
    return str(_REFUSALS[refusal])


def share(percent: int) -> str:
    """`80%`, as the reader writes it."""
    return format_percent(Fraction(percent, 100), language())


def warning(warned: Warned) -> tuple[str, str]:
    """What a purchase order warns of, and its tone."""
    if warned is Warned.USED_80:
        return str(gettext("At least %(share)s used", share=share(80))), "warn"
    word, tone = _WARNINGS[warned]
    return str(word), tone


def states(view: PurchaseOrderView) -> list[tuple[str, str]]:
    """Everything to be said about where a purchase order stands, each with its tone."""
    if view.closed:
        return [(str(gettext("Closed")), "neutral")]
    if not view.begun:
        return [(str(gettext("Not valid yet")), "info")]
    if view.warnings:
        return [warning(one) for one in view.warnings]
    return [(str(gettext("Valid")), "good")]


def days(valid_from: date, valid_to: date | None) -> str:
    """The days it is valid, both inside."""
    first = format_short_date(valid_from, language())
    if valid_to is None:
        return str(gettext("from %(first)s, without an end", first=first))
    return str(gettext("%(first)s to %(last)s", first=first, last=format_short_date(valid_to, language())))


def used(view: PurchaseOrderView) -> str:
    """What was billed on it, of how much."""
    if view.authorised is None or view.percent is None:
        return str(gettext("%(used)s billed, no limit", used=money(view.used)))
    return str(
        gettext(
            "%(used)s of %(authorised)s billed (%(share)s)",
            used=money(view.used),
            authorised=money(view.authorised),
            share=share(view.percent),
        )
    )
