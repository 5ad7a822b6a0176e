"""Who may make whom what for an account: one table, and two rules beside it.

Being an admin gives no billing rights, so an admin neither has them nor hands them out. Nobody gives a role to
themselves. An account keeps its last billing contact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from portal.shared.domain.routing.visitor import Role

# A seat comes with a subscription and goes with it: it is given out on the page of the seats.
GIVEN_HERE = (Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN, Role.APPROVER, Role.VIEWER)

MANAGES: Mapping[Role, frozenset[Role]] = {
    Role.BILLING_CONTACT: frozenset({Role.BILLING_CONTACT, Role.APPROVER, Role.VIEWER}),
    Role.ACCOUNT_ADMIN: frozenset({Role.ACCOUNT_ADMIN, Role.VIEWER}),
    Role.APPROVER: frozenset(),
    Role.VIEWER: frozenset(),
    Role.SEAT_HOLDER: frozenset(),
}


class Refused(StrEnum):
    """Why a change of roles is not made."""

    NOT_YOURS_TO_GIVE = "not-yours-to-give"
    NOT_YOURS_TO_TAKE = "not-yours-to-take"
    NOT_TO_YOURSELF = "not-to-yourself"
    LAST_CONTACT = "last-contact"


# Whoever has a limit does not choose who orders without one, nor who approves.
_ABOVE_LIMITS = frozenset({Role.BILLING_CONTACT, Role.APPROVER})


def manageable(own: Collection[Role], *, limited: bool = False) -> frozenset[Role]:
    """The roles that somebody with these roles may give to others, and take from them; `limited`: their orders are."""
    given: frozenset[Role] = frozenset().union(*(MANAGES[role] for role in own))
    return given - _ABOVE_LIMITS if limited else given


def refusal(
    own: Collection[Role],
    before: Collection[Role],
    after: Collection[Role],
    *,
    themselves: bool,
    other_contacts: int,
    limited: bool = False,
) -> Refused | None:
    """Why a person may not be made `after` instead of `before` by somebody with the roles `own`; None: they may.

    `other_contacts` are the billing contacts of the account besides this person who can sign in and have no limit.
    What somebody is they may always give up, except the last billing contact. `limited`: the one who does it has one.
    """
    given, taken = frozenset(after) - frozenset(before), frozenset(before) - frozenset(after)
    if themselves and given:
        return Refused.NOT_TO_YOURSELF
    if not given <= manageable(own, limited=limited):
        return Refused.NOT_YOURS_TO_GIVE
    if not themselves and not taken <= manageable(own, limited=limited):
        return Refused.NOT_YOURS_TO_TAKE
    if Role.BILLING_CONTACT in taken and other_contacts < 1:
        return Refused.LAST_CONTACT
    return None
