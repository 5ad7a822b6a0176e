"""Mails about an account: letters to its contacts, its representative, its documents and purchase orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule, Warned
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.web.display import money
from portal.shared.web.documents import invoice_display
from portal.shared.web.mailing.material import MailContent, Material, long_day
from portal.shared.web.words import purchase_orders as purchase_order_words
from portal.shared.web.words import router as router_words


def _letter_to_contact(material: Material) -> MailContent:
    writer, address = material.said("writer"), material.said("writer_email")
    task = task_named(material.payload["task"] or None)
    wanted = router_words.task_name(task) if task else ""
    facts = [(gettext("Account"), material.said("account")), (gettext("Asked by"), f"{writer} ({address})")]
    if wanted:
        facts.append((gettext("What is wanted"), wanted))
    if material.product:
        facts.append((gettext("Product"), material.product))
    return MailContent(
        subject=(
            gettext("%(writer)s asks you: %(task)s", writer=writer, task=wanted)
            if wanted
            else gettext("%(writer)s asks for your help", writer=writer)
        ),
        heading=gettext("Somebody needs you as the billing contact"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(writer)s uses what %(account)s has subscribed to, and asks you for something that only a "
                "billing contact can do.",
                writer=writer,
                account=material.said("account"),
            ),
            gettext("Reply to this mail to answer %(writer)s directly.", writer=writer),
        ),
        facts=tuple(facts),
        action=material.to_task(
            wanted or gettext("Go to the subscriptions"),
            task or Task.SUBSCRIPTIONS,
            material.payload["product"] or None,
        ),
        reply_to=(writer, address),
    )


def _representative_changed(material: Material) -> MailContent:
    rep, account = material.said("rep"), material.said("account")
    before = material.said("before")
    sentence = gettext("%(rep)s looks after %(account)s from now on.", rep=rep, account=account)
    if before:
        sentence = gettext(
            "%(rep)s looks after %(account)s from now on, in the place of %(before)s.",
            rep=rep,
            account=account,
            before=before,
        )
    facts = [(gettext("Your representative"), rep), (gettext("Email"), material.said("rep_email"))]
    if material.said("rep_phone"):
        facts.append((gettext("Phone"), material.said("rep_phone")))
    return MailContent(
        subject=gettext("Your representative is now %(rep)s", rep=rep),
        heading=gettext("You have a new representative"),
        greeting=material.greeting,
        sentences=(
            sentence,
            gettext(
                "Quotes, requests and contracts stay as they are. Reply to this mail to write to %(rep)s.",
                rep=rep,
            ),
        ),
        facts=tuple(facts),
        action=material.action(gettext("Go to the overview"), "corporate.home"),
        reply_to=(rep, material.said("rep_email")),
    )


def _invoice_issued(material: Material) -> MailContent:
    """A new document, attached. Who only receives invoices gets no link to a page that asks for a sign-in."""
    view = material.invoice()
    document = f"{invoice_display.heading(view.head)} {view.head.name}"
    facts = [(gettext("Account"), material.said("account"))]
    facts += [(fact["label"], fact["value"]) for fact in invoice_display.facts(view)]
    facts.append((gettext("Total"), money(view.head.total)))
    due = invoice_display.due_as_issued(view)
    if due:
        facts.append((gettext("Total due"), money(due)))
    sentences = [gettext("The document is attached to this mail as PDF.")]
    if not material.payload["may_sign_in"]:
        sentences.append(
            gettext(
                "You get this mail because you are an invoice recipient of this account. Its billing contacts can "
                "take you off the list."
            )
        )
    action = None
    if material.payload["may_sign_in"]:
        page = "corporate.invoice" if view.account_type == "corporate" else "self_service.invoice"
        action = material.action(gettext("See the document"), page, name=view.head.name)
    return MailContent(
        subject=gettext("%(document)s for %(account)s", document=document, account=material.said("account")),
        heading=document,
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=tuple(facts),
        action=action,
        attachments=(material.pdf(view),),
    )


def _purchase_order_warning(material: Material) -> MailContent:
    payload, number = material.payload, material.said("number")
    warned, rule = Warned(payload["warning"]), LimitRule(payload["rule"])
    told = {
        Warned.ENDS_IN_30_DAYS: gettext("Purchase order %(number)s ends soon", number=number),
        Warned.ENDS_IN_7_DAYS: gettext("Purchase order %(number)s ends within a week", number=number),
        Warned.USED_80: gettext(
            "Purchase order %(number)s is used to %(share)s",
            number=number,
            share=purchase_order_words.share(80),
        ),
        Warned.USED_100: gettext("Purchase order %(number)s is used up", number=number),
    }
    currency = str(payload["currency"])
    facts = [(gettext("Account"), material.said("account")), (gettext("Purchase order"), number)]
    if payload["valid_to"]:
        facts.append((gettext("Last day"), long_day(payload["valid_to"])))
    if payload["authorised_minor"]:
        facts.append((gettext("Authorised amount"), money(Money(payload["authorised_minor"], currency))))
    facts.append((gettext("Billed so far"), money(Money(payload["used_minor"], currency))))
    return MailContent(
        subject=told[warned],
        heading=told[warned],
        greeting=material.greeting,
        sentences=(
            gettext("Change this purchase order, or add the one that follows it, so that your orders go on."),
            gettext("If it does not cover a bill, this is what happens:"),
            str(purchase_order_words.RULES[rule][1]),
        ),
        facts=tuple(facts),
        action=material.action(
            gettext("See the purchase order"),
            "corporate.purchase_order",
            purchase_order_id=payload["purchase_order"],
        ),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "letter-to-contact": _letter_to_contact,
    "representative-changed": _representative_changed,
    "invoice-issued": _invoice_issued,
    "purchase-order-warning": _purchase_order_warning,
}
