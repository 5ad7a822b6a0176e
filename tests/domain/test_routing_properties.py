"""What holds for visitors nobody thought of."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.guard import account_on_page, redirect_for
from portal.shared.domain.routing.router import decide, front_door, lost
from portal.shared.domain.routing.table import READERS
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

products = st.sampled_from(["remote-support", "rescue", "meetings"])
tasks = st.sampled_from(Task)
every_page = st.sampled_from([*pages.PAGES, *pages.DESK_PAGES, "corporate.forgotten"])


@st.composite
def visitors(draw: st.DrawFn, *, staff: bool = False) -> Visitor:
    numbers = draw(st.lists(st.integers(1, 6), unique=True, max_size=4))
    memberships = []
    for number in numbers:
        held = draw(st.lists(st.tuples(products, st.sampled_from(Standing)), max_size=4))
        memberships.append(
            Membership(
                number,
                draw(st.sampled_from(AccountType)),
                draw(st.frozensets(st.sampled_from(Role))),
                tuple(SubscriptionFact(number * 10 + at, *one) for at, one in enumerate(held)),
                draw(st.booleans()),
            )
        )
    chosen = draw(st.none() | st.integers(0, 7))
    staff_role = draw(st.none() | st.sampled_from(StaffRole)) if staff else None
    return Visitor(True, tuple(memberships), chosen, staff_role)


@given(visitors(), tasks, st.none() | products)
def test_the_page_somebody_is_led_to_lets_them_in(visitor: Visitor, task: Task, product: str | None) -> None:
    there = decide(visitor, task, product)
    if there.endpoint in pages.PAGES:
        number = there.parameters.get("subscription_id")
        assert redirect_for(visitor, there.endpoint, int(number) if number else None) is None


@given(visitors(staff=True), every_page, st.none() | st.integers(0, 70))
def test_a_guard_leads_somewhere_that_ends(visitor: Visitor, page: str, number: int | None) -> None:
    led = redirect_for(visitor, page, number)
    hops = 0
    while led is not None and led.endpoint not in pages.FRONT_PAGES:
        told = led.parameters.get("subscription_id")
        led = redirect_for(visitor, led.endpoint, int(told) if told else None)
        hops += 1
    assert hops <= 1


@given(visitors(), every_page, st.none() | st.integers(0, 70))
def test_whoever_is_let_in_may_do_it_for_that_account(
    visitor: Visitor, page: str, number: int | None
) -> None:
    if redirect_for(visitor, page, number) is None:
        shown = account_on_page(visitor, page, number)
        assert shown in visitor.memberships
        assert shown is not None
        assert pages.PORTAL_OF[shown.account_type] == pages.portal_of_page(page)
        readers = READERS if pages.PAGES[page].readable else frozenset()
        if pages.PAGES[page].task is Task.APPROVALS:
            readers = frozenset({Role.APPROVER})
        assert shown.roles & {Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN, *readers}
        assert pages.PAGES[page].open_when_expired or not shown.expired


@given(visitors(), tasks)
def test_losing_every_role_closes_every_page(visitor: Visitor, task: Task) -> None:
    stripped = replace(
        visitor, memberships=tuple(replace(one, roles=frozenset()) for one in visitor.memberships)
    )
    assert decide(stripped, task).endpoint in {pages.NOT_THE_CONTACT, pages.CHOOSE_ACCOUNT}


@given(visitors(), tasks)
def test_the_order_of_the_accounts_changes_nothing(visitor: Visitor, task: Task) -> None:
    turned = replace(visitor, memberships=visitor.memberships[::-1])
    assert decide(turned, task) == decide(visitor, task)


@given(visitors())
def test_a_lost_visitor_stands_at_the_front_door(visitor: Visitor) -> None:
    assert lost(visitor).endpoint == front_door(visitor).endpoint


@given(st.text(max_size=30))
def test_any_words_in_a_link_are_a_task_or_none(text: str) -> None:
    task = task_named(text)
    assert task is None or task == text


@given(tasks, st.text(min_size=1, max_size=40))
def test_a_link_through_the_sign_in_keeps_task_and_product(task: Task, product: str) -> None:
    path = urlsplit(str(decide(STRANGER, task, product).parameters["next"]))
    assert (path.scheme, path.netloc, path.path) == ("", "", f"/go/{task.value}")
    assert parse_qs(path.query, keep_blank_values=True) == {"product": [product]}
