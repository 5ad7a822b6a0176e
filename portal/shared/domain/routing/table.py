"""The one table of tasks: which page does each of them, or who does, for each account type.

To open a task in a portal, change its cell. Pages, task links, guards and help all read this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Role
from portal.shared.domain.subscriptions import Standing

BILLING = frozenset({Role.BILLING_CONTACT})
BILLING_AND_ADMINS = frozenset({Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN})
# Who asks for an approval, and who gives it.
BILLING_AND_APPROVERS = frozenset({Role.BILLING_CONTACT, Role.APPROVER})
# They look at what the account has and what it costs, and change nothing.
READERS = frozenset({Role.VIEWER, Role.APPROVER})


@dataclass(frozen=True, slots=True)
class Step:
    """A page, and why it is the answer."""

    page: str
    reason: Reason = Reason.PAGE_DOES_IT


@dataclass(frozen=True, slots=True)
class Cell:
    """What one account type answers to one task, and to whom."""

    page: str
    reason: Reason = Reason.PAGE_DOES_IT
    audience: frozenset[Role] = BILLING
    # Who may only read it: the pages that are marked so, and nothing that changes something.
    readers: frozenset[Role] = frozenset()
    # A task about one subscription: the answer for each place it may stand at. `page` is where one is picked.
    by_standing: Mapping[Standing, Step] | None = None
    # The product a link names is not among the account's subscriptions.
    not_held: Reason = Reason.PRODUCT_NOT_HELD
    # Renewing stays open when the account has expired (A6), and so does paying what is open.
    open_when_expired: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The two answers to one task."""

    online: Cell
    corporate: Cell


_S = Standing

# The same page serves a change, "Subscribe now" and renewing what has ended: only the sentence differs.
_EDIT: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: Step(pages.EDIT, Reason.TRIAL_RUNNING),
    _S.TRIAL_ENDED: Step(pages.EDIT, Reason.TRIAL_ENDED),
    _S.ACTIVE: Step(pages.EDIT),
    _S.PENDING_CANCELLATION: Step(pages.EDIT, Reason.PENDING_CANCELLATION),
    _S.PAST_DUE: Step(pages.EDIT, Reason.PAYMENT_OVERDUE),
    _S.EXPIRED: Step(pages.EDIT, Reason.RENEWS_HERE),
}
_SUBSCRIBE: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: Step(pages.EDIT),
    _S.TRIAL_ENDED: Step(pages.EDIT),
    _S.ACTIVE: Step(pages.SUBSCRIPTIONS, Reason.ALREADY_SUBSCRIBED),
    _S.PENDING_CANCELLATION: Step(pages.SUBSCRIPTIONS, Reason.TAKE_CANCELLATION_BACK),
    _S.PAST_DUE: Step(pages.SUBSCRIPTIONS, Reason.ALREADY_SUBSCRIBED),
    _S.EXPIRED: Step(pages.EDIT, Reason.RENEWS_HERE),
}
_REACTIVATE: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: Step(pages.EDIT, Reason.TRIAL_RUNNING),
    _S.TRIAL_ENDED: Step(pages.EDIT, Reason.TRIAL_ENDED),
    _S.ACTIVE: Step(pages.SUBSCRIPTIONS, Reason.NOTHING_TO_REACTIVATE),
    _S.PENDING_CANCELLATION: Step(pages.SUBSCRIPTIONS, Reason.TAKE_CANCELLATION_BACK),
    _S.PAST_DUE: Step(pages.SUBSCRIPTIONS, Reason.NOTHING_TO_REACTIVATE),
    _S.EXPIRED: Step(pages.EDIT, Reason.RENEWS_HERE),
}
_CANCEL: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: Step(pages.SUBSCRIPTIONS, Reason.TRIAL_NEEDS_NO_CANCELLING),
    _S.TRIAL_ENDED: Step(pages.SUBSCRIPTIONS, Reason.TRIAL_NEEDS_NO_CANCELLING),
    _S.ACTIVE: Step(pages.CANCEL),
    _S.PENDING_CANCELLATION: Step(pages.SUBSCRIPTIONS, Reason.ALREADY_CANCELLED),
    _S.PAST_DUE: Step(pages.CANCEL),
    _S.EXPIRED: Step(pages.SUBSCRIPTIONS, Reason.SUBSCRIPTION_ENDED),
}
_HOME, _ASK = pages.CORPORATE_HOME, Step(pages.ASK_REPRESENTATIVE, Reason.ASK_REPRESENTATIVE_FOR_IT)
# A contract ends and goes on with its auto-renew; what was never bought, or has ended, is the representative's.
_RENEW_NO_MORE: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: Step(_HOME, Reason.TRIAL_NEEDS_NO_CANCELLING),
    _S.TRIAL_ENDED: Step(_HOME, Reason.TRIAL_NEEDS_NO_CANCELLING),
    _S.ACTIVE: Step(pages.AUTO_RENEW),
    _S.PENDING_CANCELLATION: Step(_HOME, Reason.ALREADY_CANCELLED),
    _S.PAST_DUE: Step(pages.AUTO_RENEW),
    _S.EXPIRED: _ASK,
}
_ADD_SEATS: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: _ASK,
    _S.TRIAL_ENDED: _ASK,
    _S.ACTIVE: Step(pages.ADD_SEATS),
    _S.PENDING_CANCELLATION: Step(pages.ADD_SEATS),
    _S.PAST_DUE: Step(pages.ADD_SEATS),
    _S.EXPIRED: _ASK,
}
_RENEW_AGAIN: Mapping[Standing, Step] = {
    _S.TRIAL_RUNNING: _ASK,
    _S.TRIAL_ENDED: _ASK,
    _S.ACTIVE: Step(_HOME, Reason.NOTHING_TO_REACTIVATE),
    _S.PENDING_CANCELLATION: Step(pages.AUTO_RENEW, Reason.TAKE_CANCELLATION_BACK),
    _S.PAST_DUE: Step(_HOME, Reason.NOTHING_TO_REACTIVATE),
    _S.EXPIRED: _ASK,
}


def _seats(page: str) -> Mapping[Standing, Step]:
    """Seats are assigned while the subscription gives access; what has ended has none."""
    none = Step(pages.CHOOSE_SUBSCRIPTION, Reason.NO_SEATS_TO_ASSIGN)
    return {one: Step(page) if one.has_access else none for one in Standing}


def _change(by_standing: Mapping[Standing, Step]) -> Cell:
    return Cell(pages.SUBSCRIPTIONS, by_standing=by_standing)


def _online(page: str, reason: Reason = Reason.PAGE_DOES_IT, *, open_when_expired: bool = False) -> Cell:
    return Cell(page, reason, open_when_expired=open_when_expired)


_ASK_REP = Cell(pages.ASK_REPRESENTATIVE, Reason.ASK_REPRESENTATIVE_FOR_IT)

TABLE: Mapping[Task, Row] = {
    Task.SUBSCRIPTIONS: Row(
        Cell(pages.SUBSCRIPTIONS, readers=READERS), Cell(pages.CORPORATE_HOME, readers=READERS)
    ),
    Task.CHANGE_PLAN: Row(_change(_EDIT), _ASK_REP),
    Task.ADD_SEATS: Row(_change(_EDIT), Cell(_HOME, by_standing=_ADD_SEATS)),
    Task.REMOVE_SEATS: Row(_change(_EDIT), _ASK_REP),
    Task.CHANGE_FREQUENCY: Row(_change(_EDIT), _ASK_REP),
    Task.SUBSCRIBE: Row(
        Cell(
            pages.SUBSCRIPTIONS,
            by_standing=_SUBSCRIBE,
            open_when_expired=True,
        ),
        _ASK_REP,
    ),
    Task.ADD_PRODUCT: Row(_online(pages.NEW), _ASK_REP),
    Task.REACTIVATE: Row(
        Cell(pages.SUBSCRIPTIONS, by_standing=_REACTIVATE, open_when_expired=True),
        Cell(_HOME, by_standing=_RENEW_AGAIN),
    ),
    Task.CANCEL: Row(_change(_CANCEL), Cell(_HOME, by_standing=_RENEW_NO_MORE)),
    Task.PAYMENT_METHOD: Row(_online(pages.PAYMENT_METHOD), Cell(pages.CORPORATE_PAYMENT_METHODS)),
    Task.VAT_NUMBER: Row(_online(pages.ASK_CARE, Reason.VAT_NUMBER_AT_CHECKOUT), Cell(pages.BILLING_DETAILS)),
    Task.INVOICES: Row(
        Cell(pages.INVOICES, readers=READERS, open_when_expired=True),
        Cell(pages.CORPORATE_INVOICES, readers=READERS, open_when_expired=True),
    ),
    Task.PAY_INVOICE: Row(
        _online(pages.INVOICES, Reason.CHOOSE_INVOICE, open_when_expired=True),
        Cell(pages.CORPORATE_INVOICES, Reason.CHOOSE_INVOICE, open_when_expired=True),
    ),
    Task.QUOTES: Row(
        _online(pages.SUBSCRIPTIONS, Reason.CORPORATE_ONLY),
        Cell(pages.QUOTES, open_when_expired=True),
    ),
    Task.PURCHASE_ORDERS: Row(
        _online(pages.SUBSCRIPTIONS, Reason.CORPORATE_ONLY), Cell(pages.PURCHASE_ORDERS)
    ),
    Task.INVOICE_RECIPIENTS: Row(
        _online(pages.ASK_CARE, Reason.CARE_ADDS_RECIPIENTS), Cell(pages.INVOICE_RECIPIENTS)
    ),
    Task.BILLING_DETAILS: Row(
        _online(pages.ASK_CARE, Reason.CARE_CHANGES_DETAILS), Cell(pages.BILLING_DETAILS)
    ),
    # Admins manage admins, viewers and seats there, ask for another billing contact (D4), and give no billing rights.
    Task.BILLING_CONTACT: Row(
        Cell(pages.PEOPLE, audience=BILLING_AND_ADMINS),
        Cell(pages.CORPORATE_PEOPLE, audience=BILLING_AND_ADMINS),
    ),
    Task.ASSIGN_SEATS: Row(
        # Admins give out seats without any billing right, so they pick one outside the overview of billing.
        Cell(pages.CHOOSE_SUBSCRIPTION, audience=BILLING_AND_ADMINS, by_standing=_seats(pages.SEATS)),
        Cell(
            pages.CHOOSE_SUBSCRIPTION, audience=BILLING_AND_ADMINS, by_standing=_seats(pages.CORPORATE_SEATS)
        ),
    ),
    Task.APPROVALS: Row(
        Cell(pages.APPROVALS, audience=BILLING_AND_APPROVERS, open_when_expired=True),
        Cell(pages.CORPORATE_APPROVALS, audience=BILLING_AND_APPROVERS, open_when_expired=True),
    ),
    Task.CONTACT: Row(
        _online(pages.REQUESTS, Reason.ASK_CARE), Cell(pages.ASK_REPRESENTATIVE, Reason.ASK_REPRESENTATIVE)
    ),
}

# What `/` offers, best first: an admin without billing rights comes for the seats.
FRONT_DOORS = (Task.SUBSCRIPTIONS, Task.ASSIGN_SEATS)


def cell(task: Task, account_type: AccountType) -> Cell:
    """What an account of this type answers to a task."""
    row = TABLE[task]
    return row.online if account_type is AccountType.ONLINE else row.corporate
