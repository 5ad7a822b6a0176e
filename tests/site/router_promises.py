"""What a page must hold for somebody whom the account router led to it: the task itself, or who does it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from tests.support.html import Element
from tests.support.visitor import Page

# Where a task is done for one subscription, or a subscription is picked for it.
_EDIT = r"form /billing/subscriptions/\d+/edit .*plan.*seats|link /billing/subscriptions/\d+/edit"
_ADD_PRODUCT = r"link /billing/subscriptions/new"

# The control that does a task, in either portal; an overview that is the task is named by its heading.
DONE_BY: Mapping[Task, str] = {
    Task.SUBSCRIPTIONS: "heading Subscriptions",
    Task.CHANGE_PLAN: _EDIT,
    Task.ADD_SEATS: rf"{_EDIT}|form /corp-billing/subscriptions/\d+/add-seats .*seats",
    Task.REMOVE_SEATS: _EDIT,
    Task.CHANGE_FREQUENCY: _EDIT,
    Task.SUBSCRIBE: _EDIT,
    Task.ADD_PRODUCT: r"link /billing/subscriptions/new/",
    Task.REACTIVATE: rf"{_EDIT}|form /billing/subscriptions/\d+/keep|form /corp-billing/.*/auto-renew/on",
    Task.CANCEL: r"form /billing/subscriptions/\d+/cancel|form /corp-billing/subscriptions/\d+/auto-renew/off",
    Task.PAYMENT_METHOD: r"form /billing/payment-method/card|form /corp-billing/payment-methods/card",
    Task.VAT_NUMBER: r"form /corp-billing/billing-details/vat-number",
    Task.INVOICES: "heading Invoices",
    Task.PAY_INVOICE: "heading Invoices",
    Task.QUOTES: "heading Quotes",
    Task.PURCHASE_ORDERS: r"link /corp-billing/purchase-orders/new",
    Task.INVOICE_RECIPIENTS: r"form /corp-billing/invoice-recipients",
    Task.BILLING_DETAILS: r"form /corp-billing/billing-details .*street",
    Task.BILLING_CONTACT: r"link /(corp-)?billing/people/invite",
    Task.ASSIGN_SEATS: (
        r"form /(corp-)?billing/subscriptions/\d+/seats .*people|link /(corp-)?billing/subscriptions/\d+/seats"
    ),
    Task.APPROVALS: "heading Approvals",
    Task.CONTACT: r"link /(corp-)?billing/requests/new",
}

_REACHED = r"mailto:|tel:|form /not-the-billing-contact/write|(form|link) /(corp-)?billing/requests/new"
# Who came for seats where there are none: on to buying, or to whoever may buy.
_ASK_FIRST = "link /go/subscribe"
_RENEWED = r"link /billing/subscriptions/\d+/edit|" + _REACHED

# Reasons that lead to somebody, or to another step, instead of the task; and what the page holds for it.
LEADS_TO: Mapping[Reason, str] = {
    Reason.NO_ACCOUNT: _REACHED,
    Reason.NOT_THE_CONTACT: _REACHED,
    Reason.ADMIN_HAS_NO_BILLING: _REACHED,
    Reason.CONTACT_RENEWS: _REACHED,
    Reason.ACCOUNT_EXPIRED: _RENEWED,
    Reason.CORPORATE_ACCOUNT_EXPIRED: "mailto:",
    Reason.NO_SUBSCRIPTION: rf"{_ADD_PRODUCT}|{_REACHED}|{_ASK_FIRST}",
    Reason.PRODUCT_NOT_HELD: rf"{_ADD_PRODUCT}|{_REACHED}",
    Reason.NO_SEATS_TO_ASSIGN: _ASK_FIRST,
    Reason.CARE_CHANGES_DETAILS: "form /billing/requests/new",
    Reason.CARE_ADDS_RECIPIENTS: "form /billing/requests/new",
    Reason.VAT_NUMBER_AT_CHECKOUT: "form /billing/requests/new",
    Reason.ASK_REPRESENTATIVE_FOR_IT: "form /corp-billing/requests/new",
    Reason.ASK_REPRESENTATIVE: "mailto:",
}

# The sentence is the whole answer: what was wanted is so already, or does not exist for this account.
SETTLED = frozenset(
    {
        Reason.ALREADY_SUBSCRIBED,
        Reason.ALREADY_CANCELLED,
        Reason.NOTHING_TO_REACTIVATE,
        Reason.TRIAL_NEEDS_NO_CANCELLING,
        Reason.SUBSCRIPTION_ENDED,
        Reason.CORPORATE_ONLY,
    }
)


def broken_promise(page: Page, task: Task, reason: Reason) -> str | None:
    """What the page lacks for somebody who came for a task and was led here for a reason; None: nothing."""
    if reason in SETTLED:
        return None
    wanted = LEADS_TO.get(reason, DONE_BY[task])
    held = list(_controls(page))
    return None if any(re.match(wanted, one) for one in held) else f"nothing like {wanted!r} among {held}"


def _controls(page: Page) -> Iterator[str]:
    for heading in page.root.all("h1", "h2"):
        yield f"heading {heading.text}"
    inside = {id(one) for part in page.root.all("main", "aside") for one in part.walk()}
    yield from _links(page.root, inside)
    for form in page.forms:
        if id(form.element) in inside:
            yield f"form {form.action or page.path} {' '.join(sorted(form.names))}"


def _links(root: Element, inside: set[int]) -> Iterator[str]:
    for one in root.all("a"):
        address = one.get("href")
        if id(one) in inside:
            yield address if address.startswith(("mailto:", "tel:")) else f"link {address}"
