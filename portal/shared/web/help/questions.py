"""Which questions stand where: the groups of the two indexes."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType

# Pages that are no how-to, by their name in addresses.
WHY_NOT, ACCOUNT_TYPES = "why-not-online", "account-types"

BILLING_CENTER_FAQS = lazy_gettext("Billing Center FAQs")
CORPORATE_FAQS = lazy_gettext("Corporate Billing Portal FAQs")


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together: tasks, and names of the pages that are none."""

    name: str
    title: LazyString
    asks: tuple[Task | str, ...]


ONLINE_GROUPS = (
    Group("access", lazy_gettext("Access the Billing Center"), (Task.SUBSCRIPTIONS, Task.CONTACT)),
    Group("accounts", lazy_gettext("About accounts"), (ACCOUNT_TYPES, WHY_NOT)),
    Group("contacts", lazy_gettext("About billing contacts"), (Task.BILLING_CONTACT, Task.BILLING_DETAILS)),
    Group(
        "subscriptions",
        lazy_gettext("Managing your product subscriptions"),
        (
            Task.CHANGE_PLAN,
            Task.ADD_SEATS,
            Task.REMOVE_SEATS,
            Task.CHANGE_FREQUENCY,
            Task.SUBSCRIBE,
            Task.ADD_PRODUCT,
            Task.REACTIVATE,
            Task.CANCEL,
            Task.PAYMENT_METHOD,
            Task.VAT_NUMBER,
            Task.INVOICES,
            Task.PAY_INVOICE,
            Task.INVOICE_RECIPIENTS,
            Task.ASSIGN_SEATS,
            Task.APPROVALS,
        ),
    ),
)

CORPORATE_GROUPS = (
    Group(
        "access",
        lazy_gettext("Access the Corporate Billing Portal"),
        (Task.SUBSCRIPTIONS, ACCOUNT_TYPES, Task.CONTACT),
    ),
    Group(
        "contract",
        lazy_gettext("Your contract"),
        (
            Task.QUOTES,
            Task.APPROVALS,
            Task.ADD_SEATS,
            Task.ASSIGN_SEATS,
            Task.CANCEL,
            Task.REACTIVATE,
            Task.CHANGE_PLAN,
            Task.REMOVE_SEATS,
            Task.CHANGE_FREQUENCY,
            Task.SUBSCRIBE,
            Task.ADD_PRODUCT,
        ),
    ),
    Group(
        "paying",
        lazy_gettext("Invoices and payments"),
        (
            Task.INVOICES,
            Task.PAY_INVOICE,
            Task.PAYMENT_METHOD,
            Task.PURCHASE_ORDERS,
            Task.INVOICE_RECIPIENTS,
        ),
    ),
    Group(
        "details",
        lazy_gettext("Your organisation"),
        (Task.BILLING_DETAILS, Task.VAT_NUMBER, Task.BILLING_CONTACT),
    ),
)

GROUPS: dict[AccountType, tuple[Group, ...]] = {
    AccountType.ONLINE: ONLINE_GROUPS,
    AccountType.CORPORATE: CORPORATE_GROUPS,
}
