"""What each kind of mail says. The text and the HTML version are both written from the same content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext

from portal.shared.domain.cancellations import data_deleted_on
from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule, Warned
from portal.shared.domain.routing.tasks import task_named
from portal.shared.domain.summary import from_plain
from portal.shared.web import (
    invoice_display,
    order_display,
    payment_mails,
    purchase_order_words,
    quote_mails,
    renewal_mails,
    request_mails,
    router_words,
    tax_mails,
)
from portal.shared.web.display import format_long_date
from portal.shared.web.mail_material import MailContent, Material
from portal.shared.web.order_display import language


def _order_placed(material: Material) -> MailContent:
    summary = from_plain(material.payload["summary"])
    reference = material.said("reference")
    products = [material.names.product(item.product, language()) for item in summary.items]
    due_on = material.payload.get("due_on")
    return MailContent(
        subject=gettext("Your order %(reference)s is placed", reference=reference),
        heading=gettext("Your order is placed"),
        greeting=material.greeting,
        sentences=(gettext("The change is in effect now. This is what was ordered."),),
        facts=(
            (gettext("Order"), reference),
            (gettext("Account"), material.said("account")),
            (gettext("Product"), ", ".join(dict.fromkeys(products))),
            (gettext("Order date"), _long(material.payload.get("ordered_on") or summary.today.isoformat())),
        ),
        summary=order_display.present(
            summary,
            material.names,
            material.invoice_names(summary),
            placed=True,
            due_on=date.fromisoformat(due_on) if due_on else None,
        ),
        action=_to_order(material),
    )


def _seat_assigned(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("You have a seat of %(product)s", product=material.product),
        heading=gettext("A seat was assigned to you"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(account)s has assigned you a seat of %(product)s. You can use it from now on.",
                account=material.said("account"),
                product=material.product,
            ),
            gettext("Questions about it are best put to whoever looks after this account."),
        ),
    )


def _seat_released(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("Your seat of %(product)s was taken away", product=material.product),
        heading=gettext("Your seat was taken away"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(account)s has given your seat of %(product)s back. You can no longer use it.",
                account=material.said("account"),
                product=material.product,
            ),
            gettext("Questions about it are best put to whoever looks after this account."),
        ),
    )


def _trial_started(material: Material) -> MailContent:
    day = _long(material.payload["ends_on"])
    return MailContent(
        subject=gettext("Welcome to %(product)s", product=material.product),
        heading=gettext("Your free trial has begun"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "You can use %(product)s free of charge until %(day)s.", product=material.product, day=day
            ),
            gettext("Then it ends by itself. Nothing is charged unless you subscribe."),
            gettext("Give the seats to your people, so that they can sign in to the product."),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Trial ends"), day),
        ),
        action=material.action(
            gettext("Give seats to people"),
            "front.go_to_task",
            task="assign-seats",
            product=material.payload["product"],
        ),
    )


def _order_not_placed(material: Material) -> MailContent:
    reference = material.said("reference")
    as_before = gettext("Nothing was charged and nothing has changed. Your cart is as it was.")
    if _is_corporate(material):
        as_before = gettext("Nothing was charged and nothing has changed. The quote is as it was.")
    return MailContent(
        subject=gettext("Your order %(reference)s was not placed", reference=reference),
        heading=gettext("The order was not placed"),
        greeting=material.greeting,
        sentences=(
            gettext("Your bank has answered: the payment did not take place."),
            as_before,
        ),
        facts=((gettext("Order"), reference), (gettext("Account"), material.said("account"))),
        action=_to_order(material),
    )


def _to_order(material: Material) -> tuple[str, str] | None:
    """The page of an order in the portal of its account."""
    portal = "corporate" if _is_corporate(material) else "self_service"
    return material.action(gettext("See the order"), f"{portal}.order", reference=material.said("reference"))


def _is_corporate(material: Material) -> bool:
    return material.payload.get("account_type") == "corporate"


def _subscription_cancelled(material: Material) -> MailContent:
    day = _long(material.payload["ends_on"])
    return MailContent(
        subject=gettext(
            "Cancelled: %(product)s ends on %(day)s",
            product=material.product,
            day=day,
        ),
        heading=gettext("Your subscription is cancelled"),
        greeting=material.greeting,
        sentences=(
            gettext("The subscription ends on %(day)s and is not charged again.", day=day),
            gettext("Until then everything works as before. Nothing is refunded."),
            gettext("You can take the cancellation back until that day."),
            gettext(
                "90 days after the end, on %(day)s, the data of the product is deleted for good. Until then you can "
                "renew and go on with it.",
                day=format_long_date(
                    data_deleted_on(date.fromisoformat(material.payload["ends_on"])), language()
                ),
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Ends on"), day),
        ),
        action=material.action(
            gettext("See the subscription"),
            "front.go_to_task",
            task="subscriptions",
            product=material.payload["product"],
        ),
    )


def _subscription_kept(material: Material) -> MailContent:
    day = _long(material.payload["ends_on"])
    return MailContent(
        subject=gettext("%(product)s goes on", product=material.product),
        heading=gettext("Your subscription goes on"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "The cancellation is taken back. The subscription goes on and renews on %(day)s.", day=day
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Next renewal"), day),
        ),
        action=material.action(
            gettext("See the subscription"),
            "front.go_to_task",
            task="subscriptions",
            product=material.payload["product"],
        ),
    )


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
        action=material.action(
            wanted or gettext("Go to the subscriptions"),
            "front.go_to_task",
            task=str(task or "subscriptions"),
            product=material.payload["product"] or None,
        ),
        reply_to=(writer, address),
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
        facts.append((gettext("Last day"), _long(payload["valid_to"])))
    if payload["authorised_minor"]:
        facts.append(
            (gettext("Authorised amount"), order_display.money(Money(payload["authorised_minor"], currency)))
        )
    facts.append((gettext("Billed so far"), order_display.money(Money(payload["used_minor"], currency))))
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


def _invoice_issued(material: Material) -> MailContent:
    """A new document, attached. Who only receives invoices gets no link to a page that asks for a sign-in."""
    view = material.invoice()
    document = f"{invoice_display.heading(view.head)} {view.head.name}"
    facts = [(gettext("Account"), material.said("account"))]
    facts += [(fact["label"], fact["value"]) for fact in invoice_display.facts(view)]
    facts.append((gettext("Total"), order_display.money(view.head.total)))
    due = invoice_display.due_as_issued(view)
    if due:
        facts.append((gettext("Total due"), order_display.money(due)))
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


def _long(day: str) -> str:
    return format_long_date(date.fromisoformat(day), language())


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "order-placed": _order_placed,
    "order-not-placed": _order_not_placed,
    **payment_mails.KINDS,
    "trial-started": _trial_started,
    **request_mails.KINDS,
    **quote_mails.KINDS,
    **renewal_mails.KINDS,
    **tax_mails.KINDS,
    "seat-assigned": _seat_assigned,
    "seat-released": _seat_released,
    "subscription-cancelled": _subscription_cancelled,
    "subscription-kept": _subscription_kept,
    "letter-to-contact": _letter_to_contact,
    "representative-changed": _representative_changed,
    "purchase-order-warning": _purchase_order_warning,
    "invoice-issued": _invoice_issued,
}
