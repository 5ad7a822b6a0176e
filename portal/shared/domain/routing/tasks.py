"""What somebody can want to do."""

from __future__ import annotations

from enum import StrEnum


class Task(StrEnum):
    """A task; its value is the word in task links (`/go/<task>`), so it never changes."""

    SUBSCRIPTIONS = "subscriptions"
    CHANGE_PLAN = "change-plan"
    ADD_SEATS = "add-seats"
    REMOVE_SEATS = "remove-seats"
    CHANGE_FREQUENCY = "change-frequency"
    SUBSCRIBE = "subscribe"
    ADD_PRODUCT = "add-product"
    REACTIVATE = "reactivate"
    CANCEL = "cancel"
    PAYMENT_METHOD = "payment-method"
    VAT_NUMBER = "vat-number"
    INVOICES = "invoices"
    PAY_INVOICE = "pay-invoice"
    QUOTES = "quotes"
    PURCHASE_ORDERS = "purchase-orders"
    INVOICE_RECIPIENTS = "invoice-recipients"
    BILLING_DETAILS = "billing-details"
    BILLING_CONTACT = "billing-contact"
    ASSIGN_SEATS = "assign-seats"
    APPROVALS = "approvals"
    CONTACT = "contact"


def task_named(text: str | None) -> Task | None:
    """The task a link names, if there is one of that name."""
    try:
        return Task(text or "")
    except ValueError:
        return None
