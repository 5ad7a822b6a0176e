"""Every cell of the table of tasks, said a second time: where a billing contact is led, and why.

`any` stands for wherever the subscription stands. The rest of the router is in test_routing.py.
"""

from __future__ import annotations

import pytest

from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import decide, may, may_read
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Membership, Role, SubscriptionFact, Visitor
from portal.shared.domain.subscriptions import Standing

GRID = """
subscriptions       online     any self_service.subscriptions         page-does-it
subscriptions       corporate  any corporate.home                     page-does-it
change-plan         corporate  any corporate.new_request              ask-representative-for-it
remove-seats        corporate  any corporate.new_request              ask-representative-for-it
change-frequency    corporate  any corporate.new_request              ask-representative-for-it
subscribe           corporate  any corporate.new_request              ask-representative-for-it
add-product         online     any self_service.new_subscription      page-does-it
add-product         corporate  any corporate.new_request              ask-representative-for-it
payment-method      online     any self_service.payment_method        page-does-it
payment-method      corporate  any corporate.payment_methods          page-does-it
vat-number          online     any self_service.new_request           vat-number-at-checkout
vat-number          corporate  any corporate.billing_details          page-does-it
invoices            online     any self_service.invoices              page-does-it
invoices            corporate  any corporate.invoices                 page-does-it
pay-invoice         online     any self_service.invoices              choose-invoice
pay-invoice         corporate  any corporate.invoices                 choose-invoice
quotes              online     any self_service.subscriptions         corporate-only
quotes              corporate  any corporate.quotes                   page-does-it
purchase-orders     online     any self_service.subscriptions         corporate-only
purchase-orders     corporate  any corporate.purchase_orders          page-does-it
invoice-recipients  online     any self_service.new_request           care-adds-recipients
invoice-recipients  corporate  any corporate.invoice_recipients       page-does-it
billing-details     online     any self_service.new_request           care-changes-details
billing-details     corporate  any corporate.billing_details          page-does-it
billing-contact     online     any self_service.people                page-does-it
billing-contact     corporate  any corporate.people                   page-does-it
approvals           online     any self_service.approvals             page-does-it
approvals           corporate  any corporate.approvals                page-does-it
contact             online     any self_service.requests              ask-care
contact             corporate  any corporate.new_request              ask-representative

edits online trial_running self_service.edit_subscription trial-running
edits online trial_ended self_service.edit_subscription trial-ended
edits online active self_service.edit_subscription page-does-it
edits online pending_cancellation self_service.edit_subscription pending-cancellation
edits online past_due self_service.edit_subscription payment-overdue
edits online expired self_service.edit_subscription renews-here

add-seats corporate trial_running corporate.new_request ask-representative-for-it
add-seats corporate trial_ended corporate.new_request ask-representative-for-it
add-seats corporate active corporate.add_seats page-does-it
add-seats corporate pending_cancellation corporate.add_seats page-does-it
add-seats corporate past_due corporate.add_seats page-does-it
add-seats corporate expired corporate.new_request ask-representative-for-it

subscribe online trial_running self_service.edit_subscription page-does-it
subscribe online trial_ended self_service.edit_subscription page-does-it
subscribe online active self_service.subscriptions already-subscribed
subscribe online pending_cancellation self_service.subscriptions take-cancellation-back
subscribe online past_due self_service.subscriptions already-subscribed
subscribe online expired self_service.edit_subscription renews-here

reactivate online trial_running self_service.edit_subscription trial-running
reactivate online trial_ended self_service.edit_subscription trial-ended
reactivate online active self_service.subscriptions nothing-to-reactivate
reactivate online pending_cancellation self_service.subscriptions take-cancellation-back
reactivate online past_due self_service.subscriptions nothing-to-reactivate
reactivate online expired self_service.edit_subscription renews-here

reactivate corporate trial_running corporate.new_request ask-representative-for-it
reactivate corporate trial_ended corporate.new_request ask-representative-for-it
reactivate corporate active corporate.home nothing-to-reactivate
reactivate corporate pending_cancellation corporate.auto_renew take-cancellation-back
reactivate corporate past_due corporate.home nothing-to-reactivate
reactivate corporate expired corporate.new_request ask-representative-for-it

cancel online trial_running self_service.subscriptions trial-needs-no-cancelling
cancel online trial_ended self_service.subscriptions trial-needs-no-cancelling
cancel online active self_service.cancel_subscription page-does-it
cancel online pending_cancellation self_service.subscriptions already-cancelled
cancel online past_due self_service.cancel_subscription page-does-it
cancel online expired self_service.subscriptions subscription-ended

cancel corporate trial_running corporate.home trial-needs-no-cancelling
cancel corporate trial_ended corporate.home trial-needs-no-cancelling
cancel corporate active corporate.auto_renew page-does-it
cancel corporate pending_cancellation corporate.home already-cancelled
cancel corporate past_due corporate.auto_renew page-does-it
cancel corporate expired corporate.new_request ask-representative-for-it

assign-seats online trial_running self_service.seats page-does-it
assign-seats online trial_ended front.choose_subscription no-seats-to-assign
assign-seats online active self_service.seats page-does-it
assign-seats online pending_cancellation self_service.seats page-does-it
assign-seats online past_due self_service.seats page-does-it
assign-seats online expired front.choose_subscription no-seats-to-assign

assign-seats corporate trial_running corporate.seats page-does-it
assign-seats corporate trial_ended front.choose_subscription no-seats-to-assign
assign-seats corporate active corporate.seats page-does-it
assign-seats corporate pending_cancellation corporate.seats page-does-it
assign-seats corporate past_due corporate.seats page-does-it
assign-seats corporate expired front.choose_subscription no-seats-to-assign
"""


def cells() -> list[tuple[Task, AccountType, Standing, str, Reason]]:
    """One for each task, type of account and standing."""
    found = []
    edits = "change-plan,add-seats,remove-seats,change-frequency"  # one page does them all online
    for line in filter(None, GRID.replace("edits", edits).splitlines()):
        tasks, kind, standing, endpoint, reason = line.split()
        where = list(Standing) if standing == "any" else [Standing(standing)]
        found += [
            (Task(task), AccountType(kind), one, endpoint, Reason(reason))
            for task in tasks.split(",")
            for one in where
        ]
    return found


def test_the_grid_shows_every_cell_once() -> None:
    shown = [cell[:3] for cell in cells()]
    assert len(shown) == len(set(shown)) == len(Task) * len(AccountType) * len(Standing)


@pytest.mark.parametrize("kind", AccountType)
@pytest.mark.parametrize("task", Task)
def test_every_cell_leads_where_the_grid_says(task: Task, kind: AccountType) -> None:
    for asked, of_type, standing, endpoint, reason in cells():
        if (asked, of_type) == (task, kind):
            held = (SubscriptionFact(7, "assist", standing),)
            contact = Visitor(True, (Membership(1, kind, frozenset({Role.BILLING_CONTACT}), held),))
            there = decide(contact, task)
            assert (there.endpoint, there.reason) == (endpoint, reason), standing


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("task", Task)
def test_who_does_a_task_and_who_only_reads_is_the_same_in_both_portals(task: Task, role: Role) -> None:
    does = {
        Role.BILLING_CONTACT: set(Task),
        Role.ACCOUNT_ADMIN: {Task.BILLING_CONTACT, Task.ASSIGN_SEATS},
        Role.APPROVER: {Task.APPROVALS},
    }
    reads = {one: {Task.SUBSCRIPTIONS, Task.INVOICES} for one in (Role.APPROVER, Role.VIEWER)}
    for kind in AccountType:
        held = Membership(1, kind, frozenset({role}))
        assert may(held, task) is (task in does.get(role, set()))
        assert may_read(held, task) is (task in reads.get(role, set()))
