"""Where a billing contact is led who has several subscriptions of one standing, and whose account has expired.

The grid of single subscriptions is in test_routing_grid.py.
"""

from __future__ import annotations

import pytest

from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import decide
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.domain.routing.visitor import AccountType, Membership, Role, SubscriptionFact, Visitor
from portal.shared.domain.subscriptions import Standing

ONLINE, CORPORATE = AccountType.ONLINE, AccountType.CORPORATE


def contact(kind: AccountType, standing: Standing, *, expired: bool = False) -> Visitor:
    held = (SubscriptionFact(7, "assist", standing), SubscriptionFact(8, "meet", standing))
    role = frozenset({Role.BILLING_CONTACT})
    return Visitor(signed_in=True, memberships=(Membership(1, kind, role, held, expired),))


# Account type, task, where both subscriptions stand; then the page and the sentence.
GRID = """
online change-plan       active               self_service.subscriptions choose-subscription
online add-seats         past_due             self_service.subscriptions choose-subscription
online remove-seats      pending_cancellation self_service.subscriptions choose-subscription
online change-frequency  active               self_service.subscriptions choose-subscription
online subscribe         trial_running        self_service.subscriptions choose-subscription
online subscribe         active               self_service.subscriptions already-subscribed
online subscribe         pending_cancellation self_service.subscriptions take-cancellation-back
online reactivate        expired              self_service.subscriptions choose-subscription
online reactivate        trial_ended          self_service.subscriptions choose-subscription
online reactivate        pending_cancellation self_service.subscriptions take-cancellation-back
online reactivate        active               self_service.subscriptions nothing-to-reactivate
online cancel            active               self_service.subscriptions choose-subscription
online cancel            pending_cancellation self_service.subscriptions already-cancelled
online assign-seats      active               front.choose_subscription  choose-subscription
online assign-seats      expired              front.choose_subscription  no-seats-to-assign

corporate add-seats      active               corporate.home             choose-subscription
corporate reactivate     pending_cancellation corporate.home             choose-subscription
corporate reactivate     active               corporate.home             nothing-to-reactivate
corporate cancel         active               corporate.home             choose-subscription
corporate cancel         pending_cancellation corporate.home             already-cancelled
corporate assign-seats   active               front.choose_subscription  choose-subscription
corporate assign-seats   expired              front.choose_subscription  no-seats-to-assign
"""
ROWS = [line.split() for line in GRID.strip().splitlines() if line]


@pytest.mark.parametrize(
    ("kind", "task", "standing", "page", "reason"), ROWS, ids=["-".join(row[:3]) for row in ROWS]
)
def test_with_several_subscriptions_one_is_picked_first(
    kind: str, task: str, standing: str, page: str, reason: str
) -> None:
    found = decide(contact(AccountType(kind), Standing(standing)), Task(task))
    assert (found.endpoint, found.reason) == (page, Reason(reason))
    assert "subscription_id" not in found.parameters


# What an expired account can still begin, and where; everything else leads home and says why.
OPEN = {
    ONLINE: {
        Task.SUBSCRIBE: "self_service.subscriptions",
        Task.REACTIVATE: "self_service.subscriptions",
        Task.INVOICES: "self_service.invoices",
        Task.PAY_INVOICE: "self_service.invoices",
        Task.APPROVALS: "self_service.approvals",
    },
    CORPORATE: {
        Task.INVOICES: "corporate.invoices",
        Task.PAY_INVOICE: "corporate.invoices",
        Task.QUOTES: "corporate.quotes",
        Task.APPROVALS: "corporate.approvals",
    },
}
HOME = {
    ONLINE: ("self_service.subscriptions", Reason.ACCOUNT_EXPIRED),
    CORPORATE: ("corporate.home", Reason.CORPORATE_ACCOUNT_EXPIRED),
}


@pytest.mark.parametrize("kind", AccountType)
@pytest.mark.parametrize("task", Task)
def test_an_expired_account_begins_what_renews_or_pays_and_nothing_else(
    kind: AccountType, task: Task
) -> None:
    found = decide(contact(kind, Standing.EXPIRED, expired=True), task)
    if task in OPEN[kind]:
        assert found.endpoint == OPEN[kind][task]
        assert found.reason is not HOME[kind][1]
    else:
        assert (found.endpoint, found.reason) == HOME[kind]


def test_a_task_is_known_by_its_name_and_no_other_word_is_one() -> None:
    assert [task_named(task.value) for task in Task] == list(Task)
    assert task_named("") is task_named(None) is task_named("None") is task_named("everything") is None
