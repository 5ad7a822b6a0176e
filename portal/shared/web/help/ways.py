"""Which steps do a task at which door: the routing table names the page, and the page has its steps.

Whoever gives a task another page in the table writes the steps of that page here; a test asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel.speaklater import LazyString

from portal.shared.domain.online_policy import OnlinePolicy
from portal.shared.domain.requests import RequestKind
from portal.shared.domain.routing import pages, table
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.subscriptions import Standing
from portal.shared.web.help import steps_corporate, steps_online, steps_ordering, steps_people
from portal.shared.web.help.telling import Step
from portal.shared.web.requests.forms import KIND_OF_TASK
from portal.shared.web.words import requests as request_words

Steps = tuple[Step, ...]
Told = Callable[[Task, OnlinePolicy, bool], Steps]


class Who(StrEnum):
    """Who does a task for an account of one type."""

    CONTACT = "contact"
    CARE = "care"
    REPRESENTATIVE = "representative"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Way:
    """How a task is done at one door. `kind` is what a request about it is called."""

    who: Who
    steps: Steps
    kind: LazyString


# Where a subscription stands when somebody wants this; the other tasks are about one that runs.
_MEANT: Mapping[Task, Standing] = {
    Task.SUBSCRIBE: Standing.TRIAL_ENDED,
    Task.REACTIVATE: Standing.PENDING_CANCELLATION,
}

_BY_CARE = frozenset({Reason.CARE_CHANGES_DETAILS, Reason.CARE_ADDS_RECIPIENTS})
_BY_REPRESENTATIVE = frozenset({Reason.ASK_REPRESENTATIVE_FOR_IT})


def _always(steps: Steps) -> Told:
    return lambda _task, _policy, _for_product: steps


def _change(task: Task, policy: OnlinePolicy, for_product: bool) -> Steps:  # noqa: FBT001  # a Told
    if task is Task.REMOVE_SEATS and not policy.fewer_seats:
        return steps_online.ASK_CARE
    return steps_ordering.change(task, policy, for_product=for_product)


_ONLINE: Mapping[tuple[Task, str], Told] = {
    (Task.SUBSCRIPTIONS, pages.SUBSCRIPTIONS): _always(steps_online.OVERVIEW),
    (Task.CHANGE_PLAN, pages.EDIT): _change,
    (Task.ADD_SEATS, pages.EDIT): _change,
    (Task.REMOVE_SEATS, pages.EDIT): _change,
    (Task.CHANGE_FREQUENCY, pages.EDIT): _change,
    (Task.SUBSCRIBE, pages.EDIT): lambda _task, policy, _for_product: steps_ordering.subscribe(policy),
    (Task.ADD_PRODUCT, pages.NEW): lambda _task, policy, _for_product: steps_ordering.add_product(policy),
    (Task.REACTIVATE, pages.SUBSCRIPTIONS): _always(steps_online.REACTIVATE),
    (Task.CANCEL, pages.CANCEL): _always(steps_online.CANCEL),
    (Task.PAYMENT_METHOD, pages.PAYMENT_METHOD): _always(steps_online.PAYMENT_METHOD),
    (Task.VAT_NUMBER, pages.ASK_CARE): _always(steps_online.VAT_NUMBER),
    (Task.INVOICES, pages.INVOICES): _always(steps_online.INVOICES),
    (Task.PAY_INVOICE, pages.INVOICES): _always(steps_online.PAY_INVOICE),
    (Task.QUOTES, pages.SUBSCRIPTIONS): _always(()),
    (Task.PURCHASE_ORDERS, pages.SUBSCRIPTIONS): _always(()),
    (Task.INVOICE_RECIPIENTS, pages.ASK_CARE): _always(steps_online.ASK_CARE),
    (Task.BILLING_DETAILS, pages.ASK_CARE): _always(steps_online.ASK_CARE),
    (Task.BILLING_CONTACT, pages.PEOPLE): _always(steps_people.ONLINE),
    (Task.ASSIGN_SEATS, pages.SEATS): _always(steps_online.ASSIGN_SEATS),
    (Task.APPROVALS, pages.APPROVALS): _always(steps_people.APPROVALS_ONLINE),
    (Task.CONTACT, pages.REQUESTS): _always(steps_online.ASK_CARE),
}

_CORPORATE: Mapping[tuple[Task, str], Told] = {
    (Task.SUBSCRIPTIONS, pages.CORPORATE_HOME): _always(steps_corporate.OVERVIEW),
    (Task.ADD_SEATS, pages.ADD_SEATS): _always(steps_corporate.ADD_SEATS),
    (Task.REACTIVATE, pages.AUTO_RENEW): _always(steps_corporate.AUTO_RENEW_ON),
    (Task.CANCEL, pages.AUTO_RENEW): _always(steps_corporate.AUTO_RENEW_OFF),
    (Task.PAYMENT_METHOD, pages.CORPORATE_PAYMENT_METHODS): _always(steps_corporate.PAYMENT_METHODS),
    (Task.VAT_NUMBER, pages.BILLING_DETAILS): _always(steps_corporate.VAT_NUMBER),
    (Task.INVOICES, pages.CORPORATE_INVOICES): _always(steps_corporate.INVOICES),
    (Task.PAY_INVOICE, pages.CORPORATE_INVOICES): _always(steps_corporate.PAY_INVOICE),
    (Task.QUOTES, pages.QUOTES): _always(steps_corporate.QUOTES),
    (Task.PURCHASE_ORDERS, pages.PURCHASE_ORDERS): _always(steps_corporate.PURCHASE_ORDERS),
    (Task.INVOICE_RECIPIENTS, pages.INVOICE_RECIPIENTS): _always(steps_corporate.INVOICE_RECIPIENTS),
    (Task.BILLING_DETAILS, pages.BILLING_DETAILS): _always(steps_corporate.BILLING_DETAILS),
    (Task.BILLING_CONTACT, pages.CORPORATE_PEOPLE): _always(steps_people.CORPORATE),
    (Task.APPROVALS, pages.CORPORATE_APPROVALS): _always(steps_people.APPROVALS_CORPORATE),
    (Task.ASSIGN_SEATS, pages.CORPORATE_SEATS): _always(steps_corporate.ASSIGN_SEATS),
}


def way(task: Task, account_type: AccountType, policy: OnlinePolicy, *, for_product: bool = False) -> Way:
    """How a task is done for accounts of a type.

    Raises:
        KeyError: the table leads to a page whose steps nobody has written.
    """
    page, reason = _leads_to(task, account_type)
    kind = request_words.KINDS[KIND_OF_TASK.get(task, RequestKind.OTHER)]
    if account_type is AccountType.ONLINE:
        steps = _ONLINE[task, page](task, policy, for_product)
        by_care = reason in _BY_CARE or (steps is steps_online.ASK_CARE and task is not Task.CONTACT)
        who = Who.NOBODY if reason is Reason.CORPORATE_ONLY else Who.CARE if by_care else Who.CONTACT
        return Way(who, steps, kind)
    if page == pages.ASK_REPRESENTATIVE:
        who = Who.CONTACT if task is Task.CONTACT else Who.REPRESENTATIVE
        return Way(who, steps_corporate.ASK_REPRESENTATIVE, kind)
    steps = _CORPORATE[task, page](task, policy, for_product)
    return Way(Who.REPRESENTATIVE if reason in _BY_REPRESENTATIVE else Who.CONTACT, steps, kind)


def _leads_to(task: Task, account_type: AccountType) -> tuple[str, Reason]:
    """The page of the routing table for whoever may do it, and the reason that goes with it."""
    cell = table.cell(task, account_type)
    if cell.by_standing is None:
        return cell.page, cell.reason
    step = cell.by_standing[_MEANT.get(task, Standing.ACTIVE)]
    return step.page, step.reason
