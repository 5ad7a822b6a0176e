"""Walks every combination the router can meet: one answer each, on a known page, that its guard lets in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement, product

import pytest

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.guard import account_on_page, redirect_for
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import choices, decide, front_door
from portal.shared.domain.routing.table import READERS
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import (
    AccountType,
    Membership,
    Role,
    StaffRole,
    SubscriptionFact,
    Visitor,
)
from portal.shared.domain.subscriptions import Standing

PRODUCT = "remote-support"
STAFF = (None, *StaffRole)
ROLES = [
    *(frozenset({role}) for role in Role),
    frozenset({Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN}),
    frozenset[Role](),  # a membership that says nothing opens nothing
]
# No subscription, one, or two of the product, wherever each of them stands.
HOLDINGS: list[tuple[Standing, ...]] = [
    (),
    *((one,) for one in Standing),
    *combinations_with_replacement(Standing, 2),
]


def a_membership(
    number: int,
    account_type: AccountType,
    roles: frozenset[Role],
    standings: tuple[Standing, ...],
    *,
    expired: bool = False,
) -> Membership:
    held = tuple(
        SubscriptionFact(number * 100 + place, PRODUCT, standing) for place, standing in enumerate(standings)
    )
    return Membership(number, account_type, roles, held, expired)


def one_account() -> Iterator[tuple[Membership, ...]]:
    for account_type, roles, standings, expired in product(AccountType, ROLES, HOLDINGS, (False, True)):
        yield (a_membership(1, account_type, roles, standings, expired=expired),)


def two_accounts() -> Iterator[tuple[Membership, ...]]:
    shapes = list(product(AccountType, Role, Standing))
    for first, second in combinations_with_replacement(shapes, 2):
        yield tuple(
            a_membership(number, account_type, frozenset({role}), (standing,))
            for number, (account_type, role, standing) in enumerate((first, second), 1)
        )


def three_accounts() -> Iterator[tuple[Membership, ...]]:
    shapes = list(product(AccountType, Role, (False, True)))
    for three in combinations_with_replacement(shapes, 3):
        yield tuple(
            a_membership(number, account_type, frozenset({role}), (Standing.ACTIVE,), expired=expired)
            for number, (account_type, role, expired) in enumerate(three, 1)
        )


def visitors(accounts: Iterator[tuple[Membership, ...]]) -> Iterator[Visitor]:
    for memberships in accounts:
        for chosen in (None, 99, *(one.account_id for one in memberships)):
            yield Visitor(True, memberships, chosen)


def check(visitor: Visitor, task: Task | None, there: Destination) -> None:
    """One destination that exists, has what its URL needs, is no page of the wrong portal, and lets them in."""
    assert there.endpoint in pages.FRONT_PAGES | pages.PAGES.keys() | pages.DESK_PAGES
    if there.endpoint in pages.OF_A_SUBSCRIPTION:
        meant = next(one for one in visitor.memberships if one.account_id == there.account_id)
        assert there.parameters["subscription_id"] in {one.id for one in meant.subscriptions}
    if there.endpoint == pages.SIGN_IN:
        assert not visitor.signed_in
    elif there.endpoint == pages.CHOOSE_ACCOUNT:
        assert len(visitor.candidates) > 1
    elif there.endpoint == pages.NOT_THE_CONTACT:
        assert there.account_id is not None or not visitor.memberships
    elif there.endpoint == pages.CHOOSE_SUBSCRIPTION:
        assert task is Task.ASSIGN_SEATS
    elif there.endpoint in pages.DESK_PAGES:
        assert visitor.staff_role is not None
    else:
        check_portal_page(visitor, there)


def check_portal_page(visitor: Visitor, there: Destination) -> None:
    assert visitor.staff_role is None
    meant = next(one for one in visitor.memberships if one.account_id == there.account_id)
    assert pages.portal_of_page(there.endpoint) == pages.PORTAL_OF[meant.account_type]
    page = pages.PAGES[there.endpoint]
    readers = READERS if page.readable else frozenset()
    if page.task is Task.APPROVALS:
        readers = frozenset({Role.APPROVER})  # what an approver answers
    assert meant.roles & {Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN, *readers}
    number = there.parameters.get("subscription_id")
    # No loop: the guard of the page accepts the same visitor, for the same account.
    assert redirect_for(visitor, there.endpoint, int(number) if number else None) is None
    shown = account_on_page(visitor, there.endpoint, int(number) if number else None)
    assert shown == meant


def walk(visitor: Visitor) -> None:
    for task in Task:
        for asked in (None, PRODUCT, "unheard-of"):
            there = decide(visitor, task, asked)
            assert there == decide(visitor, task, asked)
            check(visitor, task, there)
    check(visitor, Task.ASSIGN_SEATS, front_door(visitor))
    for page in (*pages.PAGES, *pages.DESK_PAGES, "self_service.forgotten"):
        led = redirect_for(visitor, page)
        if led is not None:
            assert led.endpoint != page
            check(visitor, Task.ASSIGN_SEATS, led)


def test_nobody_signed_in_reaches_more_than_the_sign_in() -> None:
    for accounts in [(), *one_account()]:
        visitor = Visitor(False, accounts, 1, StaffRole.CARE)
        for task in Task:
            assert decide(visitor, task).endpoint == pages.SIGN_IN
        for page in (*pages.PAGES, *pages.DESK_PAGES):
            led = redirect_for(visitor, page)
            assert led is not None
            assert led.endpoint == pages.SIGN_IN
            assert account_on_page(visitor, page) is None


@pytest.mark.parametrize("staff_role", STAFF, ids=str)
def test_a_person_without_an_account(staff_role: StaffRole | None) -> None:
    walk(Visitor(True, (), None, staff_role))


def test_every_person_of_one_account() -> None:
    for visitor in visitors(one_account()):
        walk(visitor)


def test_every_staff_member_who_serves_an_account_as_well() -> None:
    for memberships, staff_role in product(one_account(), StaffRole):
        visitor = Visitor(True, memberships, None, staff_role)
        assert {decide(visitor, task).endpoint for task in Task} == {pages.DESK}


def test_every_person_of_two_accounts() -> None:
    for visitor in visitors(two_accounts()):
        walk_tasks(visitor)


def test_every_person_of_three_accounts() -> None:
    for visitor in visitors(three_accounts()):
        walk_tasks(visitor)


def walk_tasks(visitor: Visitor) -> None:
    for task in Task:
        there = decide(visitor, task, PRODUCT)
        check(visitor, task, there)
        meant = there.account_id
        if visitor.chosen in {one.account_id for one in visitor.memberships}:
            assert meant == visitor.chosen
    check(visitor, Task.ASSIGN_SEATS, front_door(visitor))


def test_choosing_an_account_ends_the_question() -> None:
    for memberships in two_accounts():
        asked = Visitor(True, memberships)
        for task, one in product((Task.CHANGE_PLAN, Task.ASSIGN_SEATS), memberships):
            if decide(asked, task).endpoint == pages.CHOOSE_ACCOUNT:
                answered = decide(replace(asked, chosen=one.account_id), task)
                assert answered.endpoint != pages.CHOOSE_ACCOUNT


def test_every_subscription_that_is_offered_to_pick_has_its_page() -> None:
    for (membership,), task in product(one_account(), Task):
        for one in choices(membership, task):
            alone = replace(
                membership, subscriptions=(one,), expired=False, roles=frozenset({Role.BILLING_CONTACT})
            )
            there = decide(Visitor(True, (alone,)), task)
            assert there.parameters == {"subscription_id": one.id}


def test_only_its_own_billing_contact_or_a_reader_ever_reaches_a_billing_page() -> None:
    for memberships, task in product(one_account(), Task):
        there = decide(Visitor(True, memberships), task)
        asks_for_a_contact = task is Task.BILLING_CONTACT
        if (
            there.endpoint in pages.PAGES
            and there.endpoint not in (pages.SEATS, pages.CORPORATE_SEATS)
            and not asks_for_a_contact
        ):
            readers = READERS if pages.PAGES[there.endpoint].readable else frozenset()
            if task is Task.APPROVALS:
                readers = frozenset({Role.APPROVER})
            assert memberships[0].roles & {Role.BILLING_CONTACT, *readers}


def test_every_reason_is_used() -> None:
    seen = {Reason.UNKNOWN_TASK, Reason.SIGN_IN_FIRST}
    for visitor in [
        Visitor(True),
        Visitor(True, staff_role=StaffRole.REP),
        *visitors(one_account()),
        *visitors(iter([next(two_accounts())])),
    ]:
        seen |= {decide(visitor, task, asked).reason for task in Task for asked in (None, PRODUCT, "other")}
        seen |= {
            led.reason
            for page in (*pages.PAGES, *pages.DESK_PAGES, "corporate.forgotten")
            if (led := redirect_for(visitor, page))
        }
    assert seen == set(Reason)
