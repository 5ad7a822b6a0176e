"""The mail about an account that was moved to the other portal, or came back from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from portal.shared.domain.money import Money
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.display import language, money
from portal.shared.web.mailing.material import MailContent, Material, long_day
from portal.shared.web.words import moving as words


def _account_moved(material: Material) -> MailContent:
    payload, account = material.payload, material.said("account")
    corporate = payload["account_type"] == "corporate"
    portal = words.portal(payload["account_type"])
    sentences = [words.arrived(payload["account_type"], account, undone=payload["undone"])]
    sentences += [words.who_looks_after(payload["account_type"], material.said("rep")), words.unchanged()]
    if payload["quotes"]:
        numbers = ", ".join(str(one) for one in payload["quotes"])
        sentences.append(
            ngettext(
                "Quote %(numbers)s can no longer be accepted.",
                "Quotes %(numbers)s can no longer be accepted.",
                len(payload["quotes"]),
                numbers=numbers,
            )
        )
    if payload["needs_method"]:
        sentences.append(
            gettext("There is no payment method on file. Please add one, so that your renewals go through.")
        )
    facts = [(gettext("Account"), account), (gettext("Your portal"), portal)]
    if corporate and material.said("rep"):
        facts.append(
            (gettext("Your representative"), f"{material.said('rep')}, {material.said('rep_email')}")
        )
        if material.said("rep_phone"):
            facts.append((gettext("Phone"), material.said("rep_phone")))
    if corporate:
        facts.append((gettext("Terms of payment"), words.terms(payload["terms_days"])))
    facts += [_renewal(material, one) for one in payload["renewals"]]
    action = material.to_task(gettext("Go to your account"), Task.SUBSCRIPTIONS)
    if payload["needs_method"]:
        action = material.to_task(gettext("Add a payment method"), Task.PAYMENT_METHOD)
    reply_to = (
        (material.said("rep"), material.said("rep_email")) if corporate and material.said("rep") else None
    )
    return MailContent(
        subject=gettext("%(account)s is now in the %(portal)s", account=account, portal=portal),
        heading=gettext("Your account is now in the %(portal)s", portal=portal),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=tuple(facts),
        action=action,
        reply_to=reply_to,
    )


def _renewal(material: Material, one: Mapping[str, Any]) -> tuple[str, str]:
    product = material.names.product(one["product"], language())
    return (
        gettext("%(product)s, next period", product=product),
        gettext(
            "%(amount)s with tax on %(day)s",
            amount=money(Money(one["amount"], one["currency"])),
            day=long_day(one["on"]),
        ),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {"account-moved": _account_moved}
