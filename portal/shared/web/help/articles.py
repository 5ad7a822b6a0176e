"""The pages of the help centre that answer one question each: its words; who does it and how comes from `ways`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing.tasks import Task


@dataclass(frozen=True, slots=True)
class Article:
    """One how-to page; `title_for` and `lead_for` name the product."""

    title: LazyString
    lead: LazyString
    title_for: LazyString | None = None
    lead_for: LazyString | None = None


ARTICLES: Mapping[Task, Article] = {
    Task.SUBSCRIPTIONS: Article(
        lazy_gettext("How do I sign in, and where do I arrive?"),
        lazy_gettext(
            "You sign in with your email address and password. The type of your account decides which portal "
            "opens: there is one sign-in for both."
        ),
    ),
    Task.CHANGE_PLAN: Article(
        lazy_gettext("How do I change my current plan?"),
        lazy_gettext(
            "The billing contact of an account can change what is subscribed at any time: take a plan with "
            "more features, have more or fewer %(seats_explained)s, or pay by the month or by the year."
        ),
        lazy_gettext("How do I change my current %(product)s plan?"),
        lazy_gettext(
            "The billing contact of an account can change its subscription to %(product)s at any time: take "
            "a plan with more features, have more or fewer %(seats_explained)s, or pay by the month or by "
            "the year."
        ),
    ),
    Task.ADD_SEATS: Article(
        lazy_gettext("How do I add seats?"),
        lazy_gettext(
            "A seat lets one person use the product. New seats can be assigned as soon as they are ordered."
        ),
        lazy_gettext("How do I add seats for %(product)s?"),
        lazy_gettext(
            "A seat lets one person use %(product)s. New seats can be assigned as soon as they are ordered."
        ),
    ),
    Task.REMOVE_SEATS: Article(
        lazy_gettext("How do I remove seats?"),
        lazy_gettext(
            "You need not keep seats that nobody uses. What is paid for them and not used is credited to you."
        ),
        lazy_gettext("How do I remove seats of %(product)s?"),
    ),
    Task.CHANGE_FREQUENCY: Article(
        lazy_gettext("How do I change how often I pay?"),
        lazy_gettext("You pay by the month or by the year. Whoever changes it begins a new billing period."),
        lazy_gettext("How do I change how often I pay for %(product)s?"),
    ),
    Task.SUBSCRIBE: Article(
        lazy_gettext("How do I subscribe at the end of my free trial?"),
        lazy_gettext(
            "A free trial ends by itself and costs nothing. You can subscribe while it runs or after it has "
            "ended; the seats that were assigned stay assigned."
        ),
        lazy_gettext("How do I subscribe to %(product)s at the end of my free trial?"),
    ),
    Task.ADD_PRODUCT: Article(
        lazy_gettext("How do I add a plan or a free trial of another product?"),
        lazy_gettext(
            "Every product is subscribed by itself: one does not replace another. To change over, add the "
            "new one and cancel the old one."
        ),
    ),
    Task.REACTIVATE: Article(
        lazy_gettext("How do I reactivate a subscription?"),
        lazy_gettext(
            "Before its last day a subscription goes on without interruption. After it you renew it, with "
            "the same plan or with another one."
        ),
        lazy_gettext("How do I reactivate my subscription to %(product)s?"),
    ),
    Task.CANCEL: Article(
        lazy_gettext("How do I cancel a subscription?"),
        lazy_gettext(
            "A subscription renews itself at the end of every billing period. To cancel means that this does "
            "not happen any more. A free trial needs no cancelling."
        ),
        lazy_gettext("How do I cancel my subscription to %(product)s?"),
    ),
    Task.PAYMENT_METHOD: Article(
        lazy_gettext("How do I change my payment method?"),
        lazy_gettext("You can change it at any time, also in the middle of a billing period."),
    ),
    Task.VAT_NUMBER: Article(
        lazy_gettext("Where do I enter my VAT number?"),
        lazy_gettext(
            "The VAT number of your company decides which tax stands on your invoices. It is compared with "
            "the tax registry."
        ),
    ),
    Task.INVOICES: Article(
        lazy_gettext("Where can I see my invoices?"),
        lazy_gettext("Every charge has an invoice. It can be read, printed, and kept as PDF."),
    ),
    Task.PAY_INVOICE: Article(
        lazy_gettext("How do I pay an invoice?"),
        lazy_gettext("An open invoice can be paid at any time, all of it or a part."),
    ),
    Task.QUOTES: Article(
        lazy_gettext("How do I accept or reject a quote?"),
        lazy_gettext(
            "A quote is what your representative proposes to you, with all its amounts. Nothing is ordered "
            "before you accept it."
        ),
    ),
    Task.PURCHASE_ORDERS: Article(
        lazy_gettext("How do I manage purchase orders?"),
        lazy_gettext(
            "A purchase order is your own order number. It stands on your invoices, and you see how much of "
            "it is used."
        ),
    ),
    Task.INVOICE_RECIPIENTS: Article(
        lazy_gettext("How do I choose who gets the invoices by email?"),
        lazy_gettext("Billing contacts always get the invoices. Others can get them as well."),
    ),
    Task.BILLING_DETAILS: Article(
        lazy_gettext("How do I change the billing details?"),
        lazy_gettext(
            "They stand on your next invoice. Invoices you have got keep the address they were written with."
        ),
    ),
    Task.BILLING_CONTACT: Article(
        lazy_gettext("How do I change the billing contact?"),
        lazy_gettext(
            "A billing contact manages what an account subscribes and pays. There can be several: each of them invites "
            "the next one by mail. Where none can sign in any more, somebody else of the organisation claims the role; "
            "that takes two weeks, in which everybody of the account can object."
        ),
    ),
    Task.ASSIGN_SEATS: Article(
        lazy_gettext("Manage product seats for users"),
        lazy_gettext(
            "A seat that was bought belongs to nobody yet. Only who holds a seat can sign in to the product; "
            "there are never more people with a seat than seats."
        ),
        lazy_gettext("Manage product seats for users of %(product)s"),
    ),
    Task.APPROVALS: Article(
        lazy_gettext("How do I have an order approved, or approve one?"),
        lazy_gettext(
            "A billing contact can have a limit. An order above it waits for an approver of the same organisation, who "
            "sees exactly what was shown and places it, or refuses it. Nobody approves their own."
        ),
    ),
    Task.CONTACT: Article(
        lazy_gettext("How do I reach you?"),
        lazy_gettext(
            "What cannot be done online is asked for online all the same: every request has a number, and "
            "somebody who answers it."
        ),
    ),
}


def address(task: Task) -> str:
    """The name of an article in addresses: the word of the task link."""
    return str(task)
