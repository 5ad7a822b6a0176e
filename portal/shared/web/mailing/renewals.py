"""Mails about what goes on by itself: renewals, charges that failed, trials and cards that end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext, ngettext

from portal.shared.domain.cancellations import data_deleted_on
from portal.shared.domain.money import Money
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.mailing.material import MailContent, Material, long_day
from portal.shared.web.words.collections import why_not


def _payment_failed(material: Material) -> MailContent:
    payload, invoice = material.payload, material.said("invoice")
    facts = [*_owed(material)]
    if payload["access_until"]:  # none where what is owed is for days gone by
        facts.append((gettext("Access until"), long_day(payload["access_until"])))
    sentences = [
        gettext("We could not charge what is due for %(products)s.", products=_products(material)),
        why_not(material.said("reason")),
    ]
    if payload["next_try_on"]:
        day = long_day(payload["next_try_on"])
        sentences.append(
            gettext("Your people keep access for now. We try again on %(day)s.", day=day)
            if payload["access_until"]
            else gettext("Your subscription goes on. We try again on %(day)s.", day=day)
        )
    sentences.append(
        gettext("A good card settles it at once: add one, or pay the invoice.")
        if payload["reason"] != "needs_confirmation"
        else gettext("Pay the invoice, and confirm the payment on your bank's page.")
    )
    return MailContent(
        subject=gettext("Invoice %(name)s could not be charged", name=invoice),
        heading=gettext("A payment did not go through"),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=tuple(facts),
        action=_pay(material),
    )


def _subscription_expired(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("%(products)s has ended: the payment is missing", products=_products(material)),
        heading=gettext("Your subscription has ended"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "We tried several times to charge what is due for %(products)s. The access has ended now.",
                products=_products(material),
            ),
            why_not(material.said("reason")),
            gettext(
                "Pay the invoice, and the subscription goes on for as long as its period runs. After that you can "
                "renew it."
            ),
        ),
        facts=_owed(material),
        action=_pay(material),
    )


def _subscription_ended(material: Material) -> MailContent:
    ended_on = date.fromisoformat(material.payload["ends_on"])
    deleted_on = format_long_date(data_deleted_on(ended_on), language())
    return MailContent(
        subject=gettext("%(product)s has ended", product=material.product),
        heading=gettext("Your subscription has ended"),
        greeting=material.greeting,
        sentences=(
            gettext("It was cancelled and ended as you asked. Nothing more is charged."),
            gettext(
                "The data of the product is kept until %(day)s and then deleted for good.", day=deleted_on
            ),
            gettext(
                "Until then you can renew it, with the same plan or with another one, and go on with it."
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Ended on"), format_long_date(ended_on, language())),
            (gettext("Data is deleted on"), deleted_on),
        ),
        action=_renew(material, gettext("Renew")),
    )


def _renewed_from_balance(material: Material) -> MailContent:
    payload = material.payload
    total = money(Money(payload["total"], str(payload["currency"])))
    return MailContent(
        subject=gettext("%(product)s is renewed, paid from your balance", product=material.product),
        heading=gettext("Your subscription is renewed"),
        greeting=material.greeting,
        sentences=(gettext("The balance of your account paid for it. Your card was not charged."),),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Invoice"), material.said("invoice")),
            (gettext("Total"), total),
            (gettext("Next renewal"), long_day(payload["ends_on"])),
        ),
        action=material.to_task(gettext("See the invoices"), Task.INVOICES),
    )


def _renewal_held(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("The renewal of %(product)s waits for a purchase order", product=material.product),
        heading=gettext("A renewal waits for you"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "The purchase order of this subscription does not cover its renewal, and your account wants it held "
                "then. Nothing was billed."
            ),
            gettext(
                "Raise the amount, move its last day, or name another purchase order: then it is billed."
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Renewal was due on"), long_day(material.payload["ends_on"])),
        ),
        action=material.to_task(gettext("See the purchase orders"), Task.PURCHASE_ORDERS),
    )


def _trial_ends_soon(material: Material) -> MailContent:
    day, left = long_day(material.payload["ends_on"]), int(material.payload["days_left"])
    return MailContent(
        subject=gettext("Your trial of %(product)s ends on %(day)s", product=material.product, day=day),
        heading=gettext("Your free trial ends soon"),
        greeting=material.greeting,
        sentences=(
            ngettext(
                "It runs for %(num)d more day and then ends by itself. Nothing is charged.",
                "It runs for %(num)d more days and then ends by itself. Nothing is charged.",
                left,
            ),
            gettext("If you subscribe, your people and everything you have set up stay as they are."),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Trial ends"), day),
        ),
        action=_subscribe(material),
    )


def _trial_ended(material: Material) -> MailContent:
    day = long_day(material.payload["ends_on"])
    return MailContent(
        subject=gettext("Your trial of %(product)s has ended", product=material.product),
        heading=gettext("Your free trial has ended"),
        greeting=material.greeting,
        sentences=(
            gettext("It ended on %(day)s by itself. Nothing was charged, and nothing will be.", day=day),
            gettext("To go on, subscribe: your people and everything you have set up are still there."),
        ),
        facts=((gettext("Account"), material.said("account")), (gettext("Product"), material.product)),
        action=_subscribe(material),
    )


def _card_expires(material: Material) -> MailContent:
    card, day = material.said("card"), long_day(material.payload["last_day"])
    return MailContent(
        subject=gettext("Your card %(card)s expires on %(day)s", card=card, day=day),
        heading=gettext("Your card expires soon"),
        greeting=material.greeting,
        sentences=(
            gettext("Renewals are charged to this card. After %(day)s they would not go through.", day=day),
            gettext("Add another one in time; it takes a minute."),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Card"), card),
            (gettext("Good until"), day),
        ),
        action=material.to_task(gettext("Add a card"), Task.PAYMENT_METHOD),
    )


def _owed(material: Material) -> tuple[tuple[str, str], ...]:
    payload = material.payload
    amount = Money(payload["amount"], str(payload["currency"]))
    return (
        (gettext("Account"), material.said("account")),
        (gettext("Invoice"), material.said("invoice")),
        (gettext("Open amount"), money(amount)),
    )


def _products(material: Material) -> str:
    return ", ".join(material.names.product(code, language()) for code in material.payload["products"])


def _pay(material: Material) -> tuple[str, str] | None:
    portal = "corporate" if material.payload.get("account_type") == "corporate" else "self_service"
    name = material.said("invoice")
    return material.action(gettext("Pay the invoice"), f"{portal}.pay_invoice", name=name)


def _subscribe(material: Material) -> tuple[str, str] | None:
    return material.to_task(gettext("Subscribe now"), Task.SUBSCRIBE, material.payload["product"])


def _renew(material: Material, label: str) -> tuple[str, str] | None:
    return material.to_task(label, Task.REACTIVATE, material.payload["product"])


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "payment-failed": _payment_failed,
    "subscription-expired": _subscription_expired,
    "subscription-ended": _subscription_ended,
    "renewed-from-balance": _renewed_from_balance,
    "renewal-held": _renewal_held,
    "trial-ends-soon": _trial_ends_soon,
    "trial-ended": _trial_ended,
    "card-expires": _card_expires,
}
