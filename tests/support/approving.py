"""Billing contacts with limits, and approvers of the same organisation, around a shop: one line a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from portal.shared.domain.approvals import Ended
from portal.shared.domain.money import Money
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.approvals import Approval
from portal.shared.services.approvals import ending, limits
from portal.shared.services.orders import approving
from portal.shared.services.orders.placement import Asked
from portal.shared.services.people import roster
from tests.support import factories
from tests.support.factories import SELLER
from tests.support.shop import MONTHLY, Customer, Shop, want

if TYPE_CHECKING:
    from tests.web.test_mails import Post


def a_member(shop: Shop, who: Customer, role: str) -> int:
    """Somebody else of the account; gives who."""
    with shop.database.write() as session:
        return factories.a_contact(session, session.get_one(Account, who.id), role=role).id


def limit(shop: Shop, who: Customer, minor: int | None, *, by: int | None = None) -> int:
    """Give the billing contact a limit, set by another contact; gives that other one."""
    boss = by if by is not None else a_member(shop, who, "billing_contact")
    with shop.database.write() as session:
        told = None if minor is None else Money(minor, who.currency)
        limits.set_limit(session, who.id, boss, who.person_id, told, shop.clock.now())
    return boss


def ask(shop: Shop, who: Customer, *wanted: Any, **request: Any) -> int:
    """Look at the cart and ask for its approval; gives the number of the request."""
    asked = shop.confirm(who, shop.look(who, *wanted), asks=True, **request)
    assert isinstance(asked, Asked), asked
    return asked.number


def approve(
    shop: Shop, who: Customer, number: int, approver: int, *, processor: CardProcessor | None = None
) -> approving.Outcome:
    """Press "Approve and place the order"."""
    return approving.approve(
        shop.database,
        processor or shop.processor,
        shop.clock.now,
        SELLER,
        who.id,
        number,
        approver,
        f"/billing/approvals/{number}",
    )


def refuse(shop: Shop, who: Customer, number: int, approver: int, reason: str = "Too much.") -> None:
    """Refuse it, with a reason."""
    with shop.database.write() as session:
        ending.refuse(session, who.id, number, approver, reason, shop.clock.now())


def request(shop: Shop, number: int) -> Approval:
    """The request with this number."""
    row: Approval = shop.rows(Approval, number=number)[0]
    return row


def ended_for(shop: Shop, number: int) -> Ended | None:
    """Why the request was cancelled."""
    why = request(shop, number).ended_for
    return None if why is None else Ended(why)


def dismiss(shop: Shop, who: Customer, actor: int, person: int) -> None:
    """Take every role from somebody."""
    with shop.database.write() as session:
        roster.change_roles(session, who.id, actor, person, (), shop.clock.now())


def _asked(post: Post, who: Customer) -> None:
    limit(post.shop, who, 0)
    a_member(post.shop, who, "approver")
    ask(post.shop, who, want(post.shop.trial(who), post.shop.catalogue.standard, 9, MONTHLY))


def _refused(post: Post, who: Customer) -> None:
    _asked(post, who)
    refuse(post.shop, who, 1, a_member(post.shop, who, "approver"), "Next quarter.\nWe have no budget.")


APPROVAL_STORIES: Mapping[str, Callable[[Post, Customer], None]] = {
    "approval-asked": _asked,
    "approval-ended": _refused,
}
