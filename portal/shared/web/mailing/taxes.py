"""Mails about VAT numbers: what the tax registry said in the end, and what that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.money import Money
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.display import money
from portal.shared.web.mailing.material import MailContent, Material, long_day


def _confirmed(material: Material) -> MailContent:
    payload, number = material.payload, material.said("number")
    corrections, currency = payload["corrections"], str(payload["currency"])
    facts = [(gettext("Account"), material.said("account")), (gettext("VAT number"), number)]
    for one in corrections:
        amount = money(Money(one["amount"], currency))
        label = gettext("Invoice %(name)s", name=one["invoice"])
        facts.append(
            (label, gettext("%(amount)s given back by %(document)s", amount=amount, document=one["document"]))
        )
    sentences = [gettext("The tax registry has confirmed your VAT number.")]
    if payload["reverse_charge"]:
        sentences.append(gettext("From now on no VAT is charged to you: you account for it yourself."))
    if corrections:
        sentences.append(
            gettext(
                "The VAT that was charged before is given back: it first lowers what is unpaid of its invoice, and the "
                "rest stays as account balance. The documents are attached to this mail as PDF."
            )
        )
    return MailContent(
        subject=gettext("Your VAT number %(number)s is confirmed", number=number),
        heading=gettext("Your VAT number is confirmed"),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=tuple(facts),
        action=material.to_task(gettext("See the invoices"), Task.INVOICES),
        attachments=tuple(material.pdf(material.document(one["document"])) for one in corrections),
    )


def _refused(material: Material) -> MailContent:
    number = material.said("number")
    return MailContent(
        subject=gettext("Please check your VAT number %(number)s", number=number),
        heading=gettext("The tax registry does not know your VAT number"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "It did not answer when the number was entered. Now it says that there is no such number, so VAT goes "
                "on being charged."
            ),
            gettext("Please check the number and enter it again. What was charged until now stays as it is."),
        ),
        facts=((gettext("Account"), material.said("account")), (gettext("VAT number"), number)),
        action=material.to_task(gettext("Check the VAT number"), Task.VAT_NUMBER),
    )


def _exemption_ends(material: Material) -> MailContent:
    day = long_day(material.payload["last_day"])
    return MailContent(
        subject=gettext("Your tax exemption ends on %(day)s", day=day),
        heading=gettext("Your tax exemption ends soon"),
        greeting=material.greeting,
        sentences=(
            gettext("Invoices after %(day)s carry tax.", day=day),
            gettext("If you have a new certificate, send it to us before that day."),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Document"), material.said("document")),
            (gettext("Last day"), day),
        ),
        action=material.to_task(gettext("Write to us"), Task.CONTACT),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "exemption-ends": _exemption_ends,
    "vat-number-confirmed": _confirmed,
    "vat-number-refused": _refused,
}
