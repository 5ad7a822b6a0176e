"""Who may give and take which role: every combination, and the laws that hold for all of them."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.shared.domain.people.roles import GIVEN_HERE, MANAGES, Refused, manageable, refusal
from portal.shared.domain.routing.visitor import Role

CONTACT, ADMIN, APPROVER, VIEWER, HOLDER = (
    Role.BILLING_CONTACT,
    Role.ACCOUNT_ADMIN,
    Role.APPROVER,
    Role.VIEWER,
    Role.SEAT_HOLDER,
)
roles = some.frozensets(some.sampled_from(Role))


def subsets() -> list[frozenset[Role]]:
    return [frozenset(one) for one in chain.from_iterable(combinations(Role, size) for size in range(3))]


@pytest.mark.parametrize(
    ("own", "role", "allowed"),
    [
        (CONTACT, CONTACT, True),
        (CONTACT, APPROVER, True),
        (CONTACT, VIEWER, True),
        (CONTACT, ADMIN, False),
        (CONTACT, HOLDER, False),
        (ADMIN, ADMIN, True),
        (ADMIN, VIEWER, True),
        (ADMIN, CONTACT, False),
        (ADMIN, APPROVER, False),
        (ADMIN, HOLDER, False),
        *((own, role, False) for own in (APPROVER, VIEWER, HOLDER) for role in Role),
    ],
    ids=str,
)
def test_each_role_gives_and_takes_what_the_table_says(own: Role, role: Role, allowed: bool) -> None:
    gives = refusal({own}, (), {role}, themselves=False, other_contacts=1)
    takes = refusal({own}, {role}, (), themselves=False, other_contacts=1)
    assert gives == (None if allowed else Refused.NOT_YOURS_TO_GIVE)
    assert takes == (None if allowed else Refused.NOT_YOURS_TO_TAKE)


def test_the_table_names_every_role() -> None:
    assert set(MANAGES) == set(Role)
    assert frozenset().union(*MANAGES.values()) == set(GIVEN_HERE), (
        "all but a seat, which comes with a subscription"
    )


@given(roles, roles, roles, some.integers(0, 3))
def test_nobody_raises_themselves(own: set[Role], before: set[Role], after: set[Role], others: int) -> None:
    if after - before:
        refused = refusal(own, before, after, themselves=True, other_contacts=others)
        assert refused is Refused.NOT_TO_YOURSELF


@given(roles, roles, roles, some.booleans())
def test_the_last_billing_contact_stays_whoever_asks(
    own: set[Role], before: set[Role], after: set[Role], themselves: bool
) -> None:
    allowed = refusal(own, before, after, themselves=themselves, other_contacts=0) is None
    assert not (allowed and CONTACT in before - after)


@given(roles, some.integers(1, 3))
def test_everybody_may_give_up_what_they_are_when_another_contact_stays(own: set[Role], others: int) -> None:
    assert refusal(own, own, (), themselves=True, other_contacts=others) is None


@pytest.mark.parametrize("own", [one for one in subsets() if CONTACT not in one])
def test_who_is_no_billing_contact_hands_out_no_billing_rights(own: frozenset[Role]) -> None:
    assert not manageable(own) & {CONTACT, APPROVER}
