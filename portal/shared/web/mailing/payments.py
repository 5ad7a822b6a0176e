"""Mails about payments: money that came in, and a card payment that the bank refused late."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.money import Money
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.display import money
from portal.shared.web.mailing.material import MailContent, Material
from portal.shared.web.words import payments as payment_words


def _payment_received(material: Material) -> MailContent:
    payload = material.payload
    currency = str(payload["currency"])

    def shown(minor: int) -> str:
        return money(Money(minor, currency))

    amount = shown(payload["amount"])
    facts = [
        (gettext("Account"), material.said("account")),
        (gettext("Amount"), amount),
        (gettext("Payment method"), str(payment_words.KINDS[payload["kind"]])),
        (gettext("Reference"), material.said("reference")),
    ]
    for invoice in payload["invoices"]:
        state = gettext("paid")
        if invoice["rest"]:
            state = gettext("%(rest)s stays open", rest=shown(invoice["rest"]))
        name = gettext("Invoice %(name)s", name=invoice["name"])
        facts.append((name, f"{shown(invoice['amount'])} · {state}"))
    if payload["kept"]:
        facts.append((gettext("Kept as account balance"), shown(payload["kept"])))
    return MailContent(
        subject=gettext("We have received your payment of %(amount)s", amount=amount),
        heading=gettext("Thank you for your payment"),
        greeting=material.greeting,
        sentences=(gettext("This is what it pays."),),
        facts=tuple(facts),
        action=material.to_task(gettext("See the invoices"), Task.INVOICES),
    )


def _payment_not_made(material: Material) -> MailContent:
    reference = material.said("reference")
    portal = "self_service" if material.payload.get("account_type") == "online" else "corporate"
    return MailContent(
        subject=gettext("Your payment %(reference)s was not made", reference=reference),
        heading=gettext("The payment was not made"),
        greeting=material.greeting,
        sentences=(
            gettext("Your bank has answered: the payment did not take place."),
            gettext("Nothing was charged and nothing has changed."),
        ),
        facts=((gettext("Payment"), reference), (gettext("Account"), material.said("account"))),
        action=material.action(gettext("See the payment"), f"{portal}.payment", reference=reference),
    )


def _refunded(material: Material) -> MailContent:
    amount = money(Money(material.payload["amount"], str(material.payload["currency"])))
    return MailContent(
        subject=gettext("We give %(amount)s back to you", amount=amount),
        heading=gettext("Money is on its way back to you"),
        greeting=material.greeting,
        sentences=(
            gettext("It comes from your account balance. Your bank may take some days to show it."),
            gettext("Reason: %(reason)s", reason=material.said("reason")),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Amount"), amount),
            (gettext("Card"), material.said("card")),
        ),
        action=material.to_task(gettext("See the invoices"), Task.INVOICES),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "payment-received": _payment_received,
    "payment-not-made": _payment_not_made,
    "refunded": _refunded,
}
