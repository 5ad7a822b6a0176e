"""An account's facts and lines in the words of the desk."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.corporate.links import open_url
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.services.activity.reading import Line
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk.terms import LONGEST_TERMS
from portal.shared.services.overviews.whole_account import (
    Agreement,
    ContactLine,
    PaymentLine,
    QuoteLine,
    WholeAccount,
)
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.services.requests import RequestView
from portal.shared.web.countries import country_name
from portal.shared.web.display import format_short_date, labelled, language, money
from portal.shared.web.words import activity as activity_words
from portal.shared.web.words import moving as moving_words
from portal.shared.web.words import purchase_orders as purchase_order_words
from portal.shared.web.words import requests as request_words
from portal.shared.web.words import vocabulary as words
from portal.shared.web.words.quotes import QUOTE_STATES

_USUAL_TERMS = (0, 7, 14, 15, 30, 45, 60, 90)

_ROLES: dict[str, LazyString] = {
    "billing_contact": lazy_gettext("Billing contact"),
    "account_admin": lazy_gettext("Account admin"),
    "approver": lazy_gettext("Approver"),
    "viewer": lazy_gettext("Viewer"),
}

_PAYMENTS: dict[str, LazyString] = {
    "card": lazy_gettext("Card"),
    "direct_debit": lazy_gettext("Direct debit"),
    "transfer": lazy_gettext("Bank transfer"),
    "cheque": lazy_gettext("Cheque"),
}


def terms_typed(days: str, rule: str) -> tuple[int | None, LimitRule] | None:
    """What a form of terms says, or nothing when it says something that its lists do not offer."""
    if rule not in set(LimitRule):
        return None
    if not days:
        return None, LimitRule(rule)
    if not (days.isascii() and days.isdigit() and len(days) < 4 and int(days) <= LONGEST_TERMS):
        return None
    return int(days), LimitRule(rule)


def day_options(now: int | None) -> list[dict[str, str]]:
    """The usual terms of payment, and those that hold now."""
    days = sorted({*_USUAL_TERMS, *(() if now is None else (now,))})
    return [{"value": "", "label": moving_words.terms(None)}] + [
        {"value": str(one), "label": moving_words.terms(one)} for one in days
    ]


def rule_options() -> list[dict[str, str]]:
    """What may happen when a purchase order does not cover a bill."""
    return [
        {"value": str(rule), "label": str(label)} for rule, (label, _) in purchase_order_words.RULES.items()
    ]


def facts(whole: WholeAccount, locale: Locale) -> list[dict[str, str]]:
    """What is known of the account; what nobody told is left out."""
    view, agreed = whole.view, whole.agreed
    place = " ".join(filter(None, (agreed.postal_code, agreed.city)))
    address = ", ".join(filter(None, (agreed.street, place, agreed.region)))
    kind = gettext("Corporate") if view.type == "corporate" else gettext("Online")
    told = [
        (gettext("Account type"), kind),
        (gettext("Country"), country_name(view.country)),
        (gettext("Address"), address),
        (gettext("Phone"), agreed.phone),
        (gettext("VAT number"), view.vat_number),
        (gettext("Currency"), view.currency),
        (gettext("Language"), _language(view.language, locale)),
        (gettext("Balance"), money(view.balance)),
        (gettext("Customer since"), format_short_date(agreed.since, language(), view.time_zone)),
    ]
    if view.type == "corporate":
        told += [
            (gettext("Terms of payment"), moving_words.terms(agreed.terms_days)),
            (
                gettext("Beyond a purchase order"),
                str(purchase_order_words.RULES[agreed.purchase_order_rule][0]),
            ),
        ]
    return [{"label": label, "value": value} for label, value in told if value]


def _language(code: str, locale: Locale) -> str:
    return str(Locale.parse(code).get_display_name(locale) or code)


def contact(one: ContactLine) -> dict[str, Any]:
    """Somebody of the account."""
    roles = [str(_ROLES[role]) for role in one.roles if role in _ROLES] or [gettext("Invoice recipient")]
    if not one.enabled:
        roles.append(gettext("cannot sign in"))
    return {"id": one.person_id, "name": one.name, "email": one.email, "roles": ", ".join(roles)}


def agreement(one: Agreement, names: Names) -> dict[str, Any]:
    """A subscription: what was agreed, beside what the list says today."""
    card = one.card
    word, tone = words.STANDINGS[card.standing]
    price = listed = ""
    frequency = str(words.FREQUENCIES[card.terms.frequency]).lower() if card.terms else ""
    if card.terms is not None:
        price = money(card.terms.unit)
        if one.list_price is not None and one.list_price != card.terms.unit:
            listed = gettext("list %(price)s", price=money(one.list_price))
    return {
        "name": names.product(card.product, language()),
        "plan": ", ".join(filter(None, (names.plan(card.plan_id, language()), frequency))),
        "seats": gettext("%(used)d of %(bought)d", used=card.held, bought=card.seats),
        "price": price,
        "listed": listed,
        "per": words.per_seat(card.terms.frequency) if card.terms else "",
        "renewal": card.period.end if card.period else card.trial_end,
        "contract_end": one.contract_end,
        "word": word,
        "tone": tone,
    }


def quote(one: QuoteLine, account_id: int) -> dict[str, Any]:
    """A quote of the account."""
    word, tone = QUOTE_STATES[one.state]
    return {
        "number": one.number,
        "url": open_url("corporate.desk_quote", account_id=account_id, number=one.number),
        "by": gettext("by the customer") if one.by_customer else "",
        "word": word,
        "tone": tone,
        "valid_until": one.valid_until,
        "total": money(one.total) if one.total is not None else "–",
    }


def purchase_order(one: PurchaseOrderView) -> dict[str, Any]:
    """A purchase order and how far it reaches."""
    word, tone = purchase_order_words.states(one)[0]
    return {
        "number": one.number,
        "days": purchase_order_words.days(one.valid_from, one.valid_to),
        "used": purchase_order_words.used(one),
        "word": word,
        "tone": tone,
    }


def request_line(one: RequestView, names: Names) -> dict[str, Any]:
    """A request of the account."""
    word, tone = request_words.AT_THE_DESK[one.state]
    kind = str(request_words.KINDS[one.kind])
    return {
        "number": one.number,
        "url": open_url("corporate.desk_request", request_id=one.id),
        "kind": labelled(kind, names.product(one.product, language())) if one.product else kind,
        "asked_at": one.asked_at,
        "owner": one.owner,
        "word": word,
        "tone": tone,
    }


def payment(one: PaymentLine, time_zone: str) -> dict[str, Any]:
    """Money that came in."""
    return {
        "day": format_short_date(one.received_on or one.at, language(), time_zone),
        "kind": str(_PAYMENTS.get(one.kind, one.kind)),
        "reference": one.reference,
        "amount": money(one.amount),
    }


def activity_line(one: Line) -> dict[str, Any]:
    """What somebody did."""
    return {
        "text": activity_words.told(one),
        "by": activity_words.by(one),
        "at": one.entry.at,
    }
