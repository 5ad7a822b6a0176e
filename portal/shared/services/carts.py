"""The cart: wanted changes of an account, kept between visits and priced at every look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.changes import Wanted
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import lock_account
from portal.shared.records.carts import CartItem, cart_item_for, cart_of, count_in_cart, take_out
from portal.shared.records.orders import last_order_of, subscriptions_on_their_way
from portal.shared.records.quotes import is_quoted
from portal.shared.records.subscriptions import subscription_of


def wanted(session: Session, account_id: int) -> list[Wanted]:
    """What the account wants, oldest first."""
    return [as_wanted(item) for item in cart_of(session, account_id)]


def as_wanted(item: CartItem) -> Wanted:
    """A cart item as the value that pricing takes."""
    return Wanted(
        item.subscription_id,
        WantedTerms(item.plan_id, item.seats, item.frequency),
        frozenset(item.release),
    )


def people_for(session: Session, account_id: int, subscription_id: int) -> list[tuple[str, str]]:
    """Who is to get the seats that the cart buys for one subscription: name and address of mail."""
    item = cart_item_for(session, account_id, subscription_id)
    return [(name, email) for name, email in item.people] if item and item.people else []


def people(session: Session, account_id: int) -> dict[int, list[tuple[str, str]]]:
    """Who is to get the seats that the cart buys, by subscription: name and address of mail."""
    return {
        item.subscription_id: [(name, email) for name, email in item.people]
        for item in cart_of(session, account_id)
        if item.people
    }


def item_ids(session: Session, account_id: int) -> dict[int, int]:
    """The cart's items: subscription id → item id."""
    return {item.subscription_id: item.id for item in cart_of(session, account_id)}


def wanted_for(session: Session, account_id: int, subscription_id: int) -> Wanted | None:
    """What the cart wants for one subscription."""
    item = cart_item_for(session, account_id, subscription_id)
    return as_wanted(item) if item else None


def holds_others(session: Session, account_id: int, subscription_id: int) -> bool:
    """Whether the cart holds something for another subscription, so that checking out would order that too."""
    count = count_in_cart(session, account_id)
    if count == 0:
        return False
    return count > 1 or cart_item_for(session, account_id, subscription_id) is None


def count(session: Session, account_id: int) -> int:
    """How many changes are in the account's cart."""
    return count_in_cart(session, account_id)


def put(
    session: Session,
    account_id: int,
    want: Wanted,
    person_id: int,
    now: datetime,
    people: Sequence[tuple[str, str]] = (),
) -> bool:
    """Put a change into the cart and say whether it replaced an older one of the same subscription.

    `people` (name and address each) are to get seats when it is ordered.
    """
    lock_account(session, account_id)
    item = cart_item_for(session, account_id, want.subscription_id)
    replaced = item is not None
    if item is None:
        item = CartItem(account_id=account_id, subscription_id=want.subscription_id)
        session.add(item)
    item.plan_id = want.terms.plan_id
    item.seats = want.terms.seats
    item.frequency = want.terms.frequency
    item.release = sorted(want.release)
    item.people = [list(one) for one in people] or None
    item.added_at = now
    item.added_by = person_id
    session.flush()
    return replaced


def remove(session: Session, account_id: int, item_id: int) -> bool:
    """Take an item out of the account's own cart and say whether it was there."""
    lock_account(session, account_id)
    question = sa.select(CartItem).where(CartItem.account_id == account_id, CartItem.id == item_id)
    item = session.scalars(question).one_or_none()
    if item is None:
        return False
    row = subscription_of(session, account_id, item.subscription_id)
    session.delete(item)
    session.flush()
    if (
        row is not None
        and row.waiting
        and row.id not in subscriptions_on_their_way(session, account_id)
        and not is_quoted(session, account_id, row.id)  # before the account was moved
    ):
        session.delete(row)  # it was only ever in the cart
    return True


def forget(
    session: Session, account_id: int, subscription_ids: Iterable[int], *, put_until: datetime
) -> None:
    """Empty the cart of what was ordered; what somebody put in after `put_until` is a newer wish and stays."""
    take_out(session, account_id, tuple(subscription_ids), put_until)


def last_reference(session: Session, account_id: int) -> str | None:
    """The order the account placed last."""
    order = last_order_of(session, account_id)
    return order.reference if order else None
