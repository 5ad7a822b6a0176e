"""Stories of the router: one sentence each, with the page and the reason it must give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.guard import account_on_page, open_to, redirect_for
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import choices, decide, front_door, lost, page_for
from portal.shared.domain.routing.table import TABLE
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.domain.routing.visitor import (
    STRANGER,
    AccountType,
    Membership,
    Role,
    StaffRole,
    SubscriptionFact,
    Visitor,
)
from portal.shared.domain.subscriptions import Standing

REMOTE = "remote-support"
RESCUE = "rescue"


def a_subscription(
    number: int = 7, product: str = REMOTE, standing: Standing = Standing.ACTIVE
) -> SubscriptionFact:
    return SubscriptionFact(number, product, standing)


def online(account: int = 1, *roles: Role, subscriptions: tuple[SubscriptionFact, ...] = ()) -> Membership:
    return Membership(
        account,
        AccountType.ONLINE,
        frozenset(roles or {Role.BILLING_CONTACT}),
        subscriptions or (a_subscription(),),
    )


def corporate(account: int = 2, *roles: Role) -> Membership:
    return Membership(
        account,
        AccountType.CORPORATE,
        frozenset(roles or {Role.BILLING_CONTACT}),
        (a_subscription(20),),
    )


def visitor(*memberships: Membership, chosen: int | None = None) -> Visitor:
    return Visitor(True, memberships, chosen)


def test_every_task_has_a_row_and_every_row_answers_every_standing() -> None:
    assert set(TABLE) == set(Task)
    for row in TABLE.values():
        for cell in (row.online, row.corporate):
            assert cell.by_standing is None or set(cell.by_standing) == set(Standing)


def test_a_stranger_signs_in_first_and_the_task_survives() -> None:
    there = decide(STRANGER, Task.CHANGE_PLAN, "remote support&v=5")
    assert there.endpoint == pages.SIGN_IN
    assert there.parameters == {"next": "/go/change-plan?product=remote+support%26v%3D5"}


def test_a_billing_contact_reaches_the_edit_page_of_the_product_named() -> None:
    contact = visitor(online(1, subscriptions=(a_subscription(7), a_subscription(8, RESCUE))))
    there = decide(contact, Task.CHANGE_PLAN, RESCUE)
    assert (there.endpoint, there.parameters) == (pages.EDIT, {"subscription_id": 8})
    assert there.reason is Reason.PAGE_DOES_IT


def test_without_a_product_the_only_subscription_is_meant() -> None:
    assert decide(visitor(online()), Task.ADD_SEATS).parameters == {"subscription_id": 7}


def test_with_several_subscriptions_the_overview_asks_which() -> None:
    contact = visitor(online(1, subscriptions=(a_subscription(7), a_subscription(8))))
    there = decide(contact, Task.REMOVE_SEATS, REMOTE)
    assert (there.endpoint, there.reason) == (pages.SUBSCRIPTIONS, Reason.CHOOSE_SUBSCRIPTION)


def test_an_ended_subscription_does_not_hide_the_running_one() -> None:
    ended = a_subscription(6, standing=Standing.EXPIRED)
    contact = visitor(online(1, subscriptions=(ended, a_subscription(7))))
    assert decide(contact, Task.CANCEL, REMOTE).parameters == {"subscription_id": 7}
    assert decide(contact, Task.CHANGE_PLAN, REMOTE).parameters == {"subscription_id": 7}


def test_a_product_the_account_does_not_have_leads_to_the_overview_with_a_sentence() -> None:
    contact = visitor(online())
    there = decide(contact, Task.CHANGE_FREQUENCY, RESCUE)
    assert (there.endpoint, there.reason) == (pages.SUBSCRIPTIONS, Reason.PRODUCT_NOT_HELD)
    assert decide(contact, Task.SUBSCRIBE, RESCUE).reason is Reason.PRODUCT_NOT_HELD


def test_an_account_without_subscriptions_says_so() -> None:
    nobody = visitor(Membership(1, AccountType.ONLINE, frozenset({Role.BILLING_CONTACT})))
    assert decide(nobody, Task.CHANGE_PLAN).reason is Reason.NO_SUBSCRIPTION


@pytest.mark.parametrize(
    ("task", "standing", "page", "reason"),
    [
        (Task.CHANGE_PLAN, Standing.TRIAL_RUNNING, pages.EDIT, Reason.TRIAL_RUNNING),
        (Task.CHANGE_PLAN, Standing.TRIAL_ENDED, pages.EDIT, Reason.TRIAL_ENDED),
        (Task.CHANGE_PLAN, Standing.PENDING_CANCELLATION, pages.EDIT, Reason.PENDING_CANCELLATION),
        (Task.CHANGE_PLAN, Standing.PAST_DUE, pages.EDIT, Reason.PAYMENT_OVERDUE),
        (Task.CHANGE_PLAN, Standing.EXPIRED, pages.EDIT, Reason.RENEWS_HERE),
        (Task.SUBSCRIBE, Standing.EXPIRED, pages.EDIT, Reason.RENEWS_HERE),
        (Task.REACTIVATE, Standing.EXPIRED, pages.EDIT, Reason.RENEWS_HERE),
        (Task.SUBSCRIBE, Standing.TRIAL_ENDED, pages.EDIT, Reason.PAGE_DOES_IT),
        (Task.SUBSCRIBE, Standing.ACTIVE, pages.SUBSCRIPTIONS, Reason.ALREADY_SUBSCRIBED),
        (Task.CANCEL, Standing.ACTIVE, pages.CANCEL, Reason.PAGE_DOES_IT),
        (Task.CANCEL, Standing.TRIAL_RUNNING, pages.SUBSCRIPTIONS, Reason.TRIAL_NEEDS_NO_CANCELLING),
        (Task.CANCEL, Standing.PENDING_CANCELLATION, pages.SUBSCRIPTIONS, Reason.ALREADY_CANCELLED),
        (Task.REACTIVATE, Standing.ACTIVE, pages.SUBSCRIPTIONS, Reason.NOTHING_TO_REACTIVATE),
        (Task.REACTIVATE, Standing.PENDING_CANCELLATION, pages.SUBSCRIPTIONS, Reason.TAKE_CANCELLATION_BACK),
        (Task.ASSIGN_SEATS, Standing.TRIAL_RUNNING, pages.SEATS, Reason.PAGE_DOES_IT),
        (Task.ASSIGN_SEATS, Standing.EXPIRED, pages.CHOOSE_SUBSCRIPTION, Reason.NO_SEATS_TO_ASSIGN),
    ],
)
def test_where_a_subscription_stands_decides_page_and_sentence(
    task: Task, standing: Standing, page: str, reason: Reason
) -> None:
    contact = visitor(online(1, subscriptions=(a_subscription(standing=standing),)))
    there = decide(contact, task, REMOTE)
    assert (there.endpoint, there.reason) == (page, reason)


def test_several_ended_subscriptions_share_one_sentence() -> None:
    ended = tuple(a_subscription(number, standing=Standing.EXPIRED) for number in (1, 2))
    contact = visitor(online(1, subscriptions=ended))
    assert decide(contact, Task.CANCEL).reason is Reason.SUBSCRIPTION_ENDED


@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER, Role.SEAT_HOLDER])
def test_who_is_no_contact_is_told_who_can_do_it(role: Role) -> None:
    there = decide(visitor(online(1, role)), Task.CHANGE_PLAN, REMOTE)
    assert (there.endpoint, there.reason) == (pages.NOT_THE_CONTACT, Reason.NOT_THE_CONTACT)
    assert there.parameters == {"task": "change-plan", "product": REMOTE}
    assert there.account_id == 1


def test_an_admin_assigns_seats_but_does_no_billing() -> None:
    admin = visitor(online(1, Role.ACCOUNT_ADMIN))
    assert decide(admin, Task.ASSIGN_SEATS).endpoint == pages.SEATS
    assert decide(admin, Task.CHANGE_PLAN).reason is Reason.ADMIN_HAS_NO_BILLING
    assert front_door(admin).endpoint == pages.SEATS


def test_an_admin_with_several_products_picks_one_outside_billing() -> None:
    ended = a_subscription(9, standing=Standing.TRIAL_ENDED)
    membership = online(1, Role.ACCOUNT_ADMIN, subscriptions=(a_subscription(7), a_subscription(8), ended))
    assert decide(visitor(membership), Task.ASSIGN_SEATS).endpoint == pages.CHOOSE_SUBSCRIPTION
    offered = choices(membership, Task.ASSIGN_SEATS)
    assert [one.id for one in offered] == [7, 8]
    assert {page_for(membership, Task.ASSIGN_SEATS, one) for one in offered} == {pages.SEATS}
    with pytest.raises(ValueError, match="invoices"):
        page_for(membership, Task.INVOICES, offered[0])
    assert choices(membership, Task.INVOICES) == ()


def test_a_contact_who_is_an_admin_too_has_both() -> None:
    both = visitor(online(1, Role.ACCOUNT_ADMIN, Role.BILLING_CONTACT))
    assert decide(both, Task.CHANGE_PLAN).endpoint == pages.EDIT
    assert front_door(both).endpoint == pages.SUBSCRIPTIONS


@pytest.mark.parametrize(
    "task",
    [
        Task.CHANGE_PLAN,
        Task.CHANGE_FREQUENCY,
        Task.REMOVE_SEATS,
        Task.SUBSCRIBE,
        Task.ADD_PRODUCT,
    ],
)
def test_a_corporate_contact_asks_the_representative_for_it_and_the_task_survives(task: Task) -> None:
    there = decide(visitor(corporate()), task, REMOTE)
    assert (there.endpoint, there.reason) == (pages.ASK_REPRESENTATIVE, Reason.ASK_REPRESENTATIVE_FOR_IT)
    assert there.parameters == {"task": str(task), "product": REMOTE}


@pytest.mark.parametrize(
    ("membership", "endpoint"),
    [
        pytest.param(online(), pages.PEOPLE, id="online"),
        pytest.param(corporate(), pages.CORPORATE_PEOPLE, id="corporate"),
    ],
)
def test_a_contact_invites_another_contact_where_the_people_are(
    membership: Membership, endpoint: str
) -> None:
    there = decide(visitor(membership), Task.BILLING_CONTACT)
    assert (there.endpoint, there.reason) == (endpoint, Reason.PAGE_DOES_IT)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
@pytest.mark.parametrize(("kind", "portal"), [(online, "self_service"), (corporate, "corporate")])
def test_who_only_reads_sees_subscriptions_and_documents_and_changes_nothing(
    kind: Callable[..., Membership], portal: str, role: Role
) -> None:
    reader = visitor(kind(1, role))
    assert decide(reader, Task.SUBSCRIPTIONS).endpoint in {pages.SUBSCRIPTIONS, pages.CORPORATE_HOME}
    assert front_door(reader).endpoint in {pages.SUBSCRIPTIONS, pages.CORPORATE_HOME}
    mine = {page for page in pages.PAGES if pages.portal_of_page(page) == portal}
    let_in = {page for page in mine if redirect_for(reader, page) is None}
    answered = {page for page in mine if pages.PAGES[page].task is Task.APPROVALS}
    assert let_in & answered == (answered if role is Role.APPROVER else set())
    let_in -= answered  # what an approver answers is the one thing they do
    assert let_in == {page for page in mine if pages.PAGES[page].readable}
    assert {page.partition(".")[2] for page in let_in} == {
        "home" if portal == "corporate" else "subscriptions",
        "ahead",
        *("invoices", "invoice", "invoice_pdf", "invoice_xml", "statement", "statement_csv", "statement_pdf"),
    }
    led = redirect_for(reader, f"{portal}.order")
    assert led is not None
    assert led.reason is Reason.NOT_THE_CONTACT


def test_a_contact_of_one_account_who_reads_another_is_led_to_their_own() -> None:
    both = visitor(online(1), corporate(2, Role.VIEWER))
    assert decide(both, Task.SUBSCRIPTIONS).account_id == 1
    assert decide(replace(both, chosen=2), Task.SUBSCRIPTIONS).endpoint == pages.CORPORATE_HOME


def test_a_reader_of_an_expired_account_keeps_its_documents_and_nothing_else() -> None:
    reader = visitor(replace(online(1, Role.VIEWER), expired=True))
    assert redirect_for(reader, pages.INVOICES) is None
    led = redirect_for(reader, pages.SUBSCRIPTIONS)
    assert led is not None
    assert led.reason is Reason.CONTACT_RENEWS


@pytest.mark.parametrize("role", StaffRole)
def test_staff_reach_the_desk_even_when_they_serve_an_account_too(role: StaffRole) -> None:
    rep = replace(visitor(online()), staff_role=role)
    assert decide(rep, Task.CHANGE_PLAN).endpoint == pages.DESK
    assert front_door(rep).endpoint == pages.DESK
    assert redirect_for(rep, pages.DESK) is None
    led = redirect_for(rep, pages.SUBSCRIPTIONS)
    assert led is not None
    assert led.endpoint == pages.DESK


def test_the_chosen_account_decides() -> None:
    person = visitor(online(1), corporate(2))
    assert decide(replace(person, chosen=1), Task.INVOICES).endpoint == pages.INVOICES
    assert decide(replace(person, chosen=2), Task.INVOICES).endpoint == pages.CORPORATE_INVOICES


def test_somebody_elses_account_cannot_be_chosen() -> None:
    there = decide(visitor(online(1), chosen=99), Task.INVOICES)
    assert there.account_id == 1


def test_with_several_accounts_the_person_is_asked_and_the_task_kept() -> None:
    there = decide(visitor(online(1), corporate(2)), Task.CHANGE_PLAN, REMOTE)
    assert (there.endpoint, there.reason) == (pages.CHOOSE_ACCOUNT, Reason.CHOOSE_ACCOUNT)
    assert there.parameters == {"next": "/go/change-plan?product=remote-support"}


def test_nobody_is_asked_when_only_one_account_allows_the_task() -> None:
    person = visitor(online(1, Role.SEAT_HOLDER), online(3), corporate(2, Role.VIEWER))
    assert decide(person, Task.INVOICES).account_id == 3


def test_at_the_front_door_no_task_is_kept() -> None:
    assert front_door(visitor(online(1), corporate(2))).parameters == {}
    assert front_door(visitor(online(1, Role.VIEWER))).parameters == {}


def test_who_has_no_account_is_told_so() -> None:
    assert decide(visitor(), Task.INVOICES).reason is Reason.NO_ACCOUNT
    assert front_door(visitor()).endpoint == pages.NOT_THE_CONTACT


def test_an_expired_account_is_closed_for_all_but_renewing() -> None:
    trial = a_subscription(standing=Standing.TRIAL_ENDED)
    contact = visitor(replace(online(1, subscriptions=(trial,)), expired=True))
    assert decide(contact, Task.PAYMENT_METHOD).reason is Reason.ACCOUNT_EXPIRED
    assert decide(contact, Task.CHANGE_PLAN).endpoint == pages.SUBSCRIPTIONS
    assert decide(contact, Task.SUBSCRIBE).endpoint == pages.EDIT
    assert redirect_for(contact, pages.EDIT) is None
    led = redirect_for(contact, pages.PAYMENT_METHOD)
    assert led is not None
    assert (led.endpoint, led.reason) == (pages.SUBSCRIPTIONS, Reason.ACCOUNT_EXPIRED)


@pytest.mark.parametrize("membership", [online(1), corporate(1)], ids=["online", "corporate"])
def test_an_expired_account_reads_and_pays_its_invoices(membership: Membership) -> None:
    contact = visitor(replace(membership, expired=True))
    page = pages.INVOICES if membership.account_type is AccountType.ONLINE else pages.CORPORATE_INVOICES
    for task in (Task.INVOICES, Task.PAY_INVOICE):
        assert decide(contact, task).endpoint == page
    assert redirect_for(contact, page) is None
    if membership.account_type is AccountType.CORPORATE:
        for one in ("invoice", "invoice_pdf", "pay_invoice", "take_payment", "after_card", "payment"):
            assert redirect_for(contact, f"corporate.{one}") is None
        assert redirect_for(contact, pages.CORPORATE_PAYMENT_METHODS) is not None


@pytest.mark.parametrize(
    ("membership", "page"),
    [
        pytest.param(online(1, Role.ACCOUNT_ADMIN), pages.PEOPLE, id="online"),
        pytest.param(corporate(1, Role.ACCOUNT_ADMIN), pages.CORPORATE_PEOPLE, id="corporate"),
    ],
)
def test_an_admin_manages_people_asks_for_another_contact_and_for_nothing_else(
    membership: Membership, page: str
) -> None:
    admin = visitor(membership)
    there = decide(admin, Task.BILLING_CONTACT)
    assert there.endpoint == page
    portal = pages.portal_of_page(page)
    for one in ("new_request", "send_request", "requests", "request", "withdraw_request"):
        assert redirect_for(admin, f"{portal}.{one}") is None
    assert decide(admin, Task.CONTACT).endpoint == pages.NOT_THE_CONTACT
    assert redirect_for(admin, f"{portal}.dispute_invoice") is not None
    closed = redirect_for(visitor(replace(membership, expired=True)), page)
    assert closed is not None
    assert closed.reason is Reason.CONTACT_RENEWS


def test_an_admin_is_led_to_the_people_of_the_right_portal() -> None:
    led = redirect_for(visitor(corporate(1, Role.ACCOUNT_ADMIN)), pages.ASK_CARE)
    assert led is not None
    assert (led.endpoint, led.reason) == (pages.CORPORATE_PEOPLE, Reason.ACCOUNT_IS_CORPORATE)


def test_the_expired_account_of_an_admin_names_the_contact() -> None:
    admin = visitor(replace(online(1, Role.ACCOUNT_ADMIN), expired=True))
    there = decide(admin, Task.ASSIGN_SEATS)
    assert (there.endpoint, there.reason) == (pages.NOT_THE_CONTACT, Reason.CONTACT_RENEWS)


def test_an_expired_corporate_account_is_renewed_with_the_representative() -> None:
    there = decide(visitor(replace(corporate(), expired=True)), Task.CHANGE_PLAN)
    assert (there.endpoint, there.reason) == (pages.CORPORATE_HOME, Reason.CORPORATE_ACCOUNT_EXPIRED)


def test_an_unknown_task_ends_at_the_front_door_with_a_sentence() -> None:
    assert task_named("fly-to-the-moon") is None
    assert task_named(None) is None
    there = lost(visitor(online()))
    assert (there.endpoint, there.reason) == (pages.SUBSCRIPTIONS, Reason.UNKNOWN_TASK)
    assert lost(STRANGER).endpoint == pages.SIGN_IN


@pytest.mark.parametrize(
    ("membership", "page", "task_page", "reason"),
    [
        (corporate(), pages.INVOICES, pages.CORPORATE_INVOICES, Reason.ACCOUNT_IS_CORPORATE),
        (corporate(), pages.EDIT, pages.ASK_REPRESENTATIVE, Reason.ACCOUNT_IS_CORPORATE),
        (online(), pages.CORPORATE_HOME, pages.SUBSCRIPTIONS, Reason.ACCOUNT_IS_ONLINE),
    ],
)
def test_a_page_of_the_other_portal_leads_to_the_same_task_and_says_why(
    membership: Membership, page: str, task_page: str, reason: Reason
) -> None:
    led = redirect_for(visitor(membership), page)
    assert led is not None
    assert (led.endpoint, led.reason) == (task_page, reason)


def test_the_two_causes_have_two_sentences() -> None:
    led = redirect_for(visitor(corporate(2, Role.SEAT_HOLDER)), pages.INVOICES)
    assert led is not None
    assert (led.endpoint, led.reason) == (pages.NOT_THE_CONTACT, Reason.NOT_THE_CONTACT)


def test_the_desk_is_closed_to_customers_and_an_unlisted_page_to_everybody() -> None:
    contact = visitor(corporate())
    for page, reason in ((pages.DESK, Reason.STAFF_ONLY), ("self_service.forgotten", Reason.UNKNOWN_PAGE)):
        led = redirect_for(contact, page)
        assert led is not None
        assert (led.endpoint, led.reason) == (pages.CORPORATE_HOME, reason)
        assert account_on_page(contact, page) is None


def test_the_subscription_in_the_url_tells_which_of_two_accounts_is_meant() -> None:
    person = visitor(online(1), online(3, subscriptions=(a_subscription(30),)))
    assert redirect_for(person, pages.EDIT, 30) is None
    meant = account_on_page(person, pages.EDIT, 30)
    assert meant is not None
    assert meant.account_id == 3
    led = redirect_for(person, pages.EDIT, 999)
    assert led is not None
    assert led.endpoint == pages.CHOOSE_ACCOUNT


# --- what is told along the way ---------------------------------------------------------------------------------------


def test_one_of_us_is_led_to_the_desk_and_told_so() -> None:
    rep = Visitor(True, staff_role=StaffRole.REP)
    assert decide(rep, Task.INVOICES) == Destination(pages.DESK, {}, Reason.STAFF_DESK)
    assert redirect_for(rep, pages.INVOICES) == Destination(pages.DESK, {}, Reason.STAFF_DESK)
    assert redirect_for(rep, pages.DESK) is None


def test_who_serves_no_account_is_told_what_they_came_for() -> None:
    there = decide(visitor(), Task.CHANGE_PLAN, REMOTE)
    asked = {"task": "change-plan", "product": REMOTE}
    assert there == Destination(pages.NOT_THE_CONTACT, asked, Reason.NO_ACCOUNT)
    assert front_door(visitor()) == Destination(pages.NOT_THE_CONTACT, {}, Reason.NO_ACCOUNT)


def test_a_stranger_at_the_front_door_signs_in() -> None:
    assert front_door(STRANGER) == Destination(pages.SIGN_IN, {}, Reason.SIGN_IN_FIRST)


def test_whoever_waits_for_the_contact_to_renew_is_told_what_they_came_for() -> None:
    admin = visitor(replace(online(1, Role.ACCOUNT_ADMIN), expired=True))
    asked = {"task": "assign-seats", "product": REMOTE}
    assert decide(admin, Task.ASSIGN_SEATS, REMOTE) == Destination(
        pages.NOT_THE_CONTACT, asked, Reason.CONTACT_RENEWS, 1
    )


@pytest.mark.parametrize(
    ("membership", "home", "reason"),
    [
        pytest.param(online(3), pages.SUBSCRIPTIONS, Reason.ACCOUNT_EXPIRED, id="online"),
        pytest.param(corporate(3), pages.CORPORATE_HOME, Reason.CORPORATE_ACCOUNT_EXPIRED, id="corporate"),
    ],
)
def test_what_is_closed_leads_home_for_that_account(
    membership: Membership, home: str, reason: Reason
) -> None:
    contact = visitor(replace(membership, expired=True))
    assert decide(contact, Task.PAYMENT_METHOD) == Destination(home, {}, reason, 3)


def test_the_account_that_one_may_read_is_meant_where_the_others_are_none_of_ones_business() -> None:
    reader = visitor(online(1, Role.SEAT_HOLDER), online(3, Role.VIEWER))
    there = decide(reader, Task.INVOICES)
    assert (there.endpoint, there.account_id) == (pages.INVOICES, 3)


def test_a_page_of_the_wrong_portal_takes_the_product_of_its_address_along() -> None:
    both = (a_subscription(7, RESCUE), a_subscription(8))
    led = redirect_for(visitor(online(1, subscriptions=both)), "corporate.seats", 8)
    assert led is not None
    assert led == Destination(pages.SEATS, {"subscription_id": 8}, Reason.ACCOUNT_IS_ONLINE, 1)


def test_of_several_accounts_the_one_with_the_subscription_of_the_address_is_meant() -> None:
    both = (a_subscription(7), a_subscription(8, RESCUE))
    contact = visitor(online(1, subscriptions=both), online(3, subscriptions=(a_subscription(9),)))
    found = account_on_page(contact, pages.EDIT, 8)
    assert found is not None
    assert found.account_id == 1
    assert account_on_page(contact, pages.EDIT, 77) is None
    assert account_on_page(contact, "self_service.nothing_of_ours", 8) is None


@pytest.mark.parametrize(
    ("membership", "endpoint", "expected"),
    [
        pytest.param(online(), pages.INVOICES, True, id="a-contact"),
        pytest.param(online(1, Role.VIEWER), pages.INVOICES, True, id="a-reader"),
        pytest.param(online(1, Role.VIEWER), pages.PAYMENT_METHOD, False, id="a-reader-and-a-card"),
        pytest.param(online(1, Role.SEAT_HOLDER), pages.INVOICES, False, id="a-seat-holder"),
        pytest.param(online(), "self_service.nothing_of_ours", False, id="an-unknown-page"),
        pytest.param(replace(online(), expired=True), pages.INVOICES, True, id="documents-when-expired"),
        pytest.param(replace(online(), expired=True), pages.PAYMENT_METHOD, False, id="a-card-when-expired"),
    ],
)
def test_frames_and_links_offer_what_the_guard_lets_in(
    membership: Membership, endpoint: str, expected: bool
) -> None:
    assert open_to(membership, endpoint) is expected
    if endpoint in pages.PAGES:
        assert (redirect_for(visitor(membership), endpoint) is None) is expected


@pytest.mark.parametrize("membership", [online(1), corporate(1)], ids=["online", "corporate"])
@pytest.mark.parametrize("role", [Role.BILLING_CONTACT, Role.VIEWER])
def test_an_invoice_is_open_in_every_form_or_in_none(membership: Membership, role: Role) -> None:
    portal = pages.PORTAL_OF[membership.account_type]
    for expired in (False, True):
        held = replace(membership, roles=frozenset({role}), expired=expired)
        assert [open_to(held, f"{portal}.{one}") for one in ("invoice", "invoice_pdf", "invoice_xml")] == [
            True
        ] * 3


def test_an_admin_still_reads_the_activity_of_an_expired_account_and_a_seat_holder_never_does() -> None:
    admin = replace(online(1, Role.ACCOUNT_ADMIN), expired=True)
    assert not open_to(replace(online(1, Role.SEAT_HOLDER), expired=True), "self_service.activity")
    assert open_to(admin, "self_service.activity")
