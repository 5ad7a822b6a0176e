"""Products an account does not have yet: buying one through the cart, or trying one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Assigned, Audience, Refusal, Wanted, refusal
from portal.shared.domain.subscriptions import Standing, unbought
from portal.shared.domain.terms import Offer, WantedTerms
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.catalog import Product
from portal.shared.records.orders import subscriptions_on_their_way
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import accounts, carts, notifications
from portal.shared.services.catalog.reading import Catalog, catalog
from portal.shared.services.people import contacts as people
from portal.shared.services.subscriptions import opening


class NotOfferedError(LookupError):
    """The product is not sold to this account, or the account has it already."""


class RefusedError(ValueError):
    """The wanted terms are not possible; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason


def offered(session: Session, account_id: int, sold: Catalog) -> list[Offer]:
    """What the account could add: products with a price in its currency that it neither has nor is just ordering."""
    ordered = subscriptions_on_their_way(session, account_id)
    rows = subscriptions_of(session, account_id, with_waiting=True)
    had = {row.product for row in rows if not row.waiting or row.id in ordered}
    return [offer for code, offer in sold.offers.items() if code not in had and offer.prices]


def trial_days(session: Session, product: str) -> int:
    """How long a product may be tried, in days; 0 when it may not."""
    return int(session.scalar(sa.select(Product.trial_days).where(Product.code == product)) or 0)


def buy(
    session: Session, account_id: int, product: str, terms: WantedTerms, person_id: int, now: datetime
) -> int:
    """Put a new product into the cart, where it waits to be ordered, and return its subscription's id.

    Wanting the same product again replaces what waits.

    Raises:
        NotOfferedError: it is not sold to this account, or the account has it already.
        RefusedError: these terms are not possible.
    """
    account = lock_account(session, account_id)
    _check(_offer(session, account, product, now), account_id, terms)
    row = _waiting(session, account_id, product)
    if row is None:
        row = SubscriptionRow(account_id=account_id, product=product, waiting=True)
        session.add(row)
    row.plan_id, row.seats = terms.plan_id, terms.seats
    session.flush()
    carts.put(session, account_id, Wanted(row.id, terms), person_id, now)
    return row.id


def try_out(
    session: Session, account_id: int, product: str, plan_id: int, seats: int, person_id: int, now: datetime
) -> int:
    """Start a free trial, send the welcome mail, and return the subscription's id.

    Whoever tries a product no longer wants to buy it right away: it leaves the cart.

    Raises:
        NotOfferedError: it may not be tried by this account, or the account has it already.
        RefusedError: this plan or this many seats are not possible.
    """
    account = lock_account(session, account_id)
    offer = _offer(session, account, product, now)
    if trial_days(session, product) == 0:
        raise NotOfferedError(product)
    sold = [one for one in Frequency if offer.price(plan_id, one) is not None]
    _check(offer, account_id, WantedTerms(plan_id, seats, sold[0] if sold else Frequency.MONTHLY))
    waiting = _waiting(session, account_id, product)
    if waiting is not None:
        carts.forget(session, account_id, [waiting.id], put_until=now)
    subscription_id = opening.start_trial(session, account_id, plan_id, seats, person_id, now, waiting)
    row = session.get_one(SubscriptionRow, subscription_id)
    assert row.trial_end is not None, "a trial has an end"
    reader = people.recipient(session, person_id, account.language)
    notifications.enqueue_mail(
        session,
        "trial-started",
        reader.email,
        reader.language,
        {
            "name": reader.name,
            "account": account.name,
            "product": product,
            "ends_on": row.trial_end.isoformat(),
        },
        f"trial-started:{subscription_id}",
        now,
    )
    return subscription_id


def _waiting(session: Session, account_id: int, product: str) -> SubscriptionRow | None:
    everything = subscriptions_of(session, account_id, with_waiting=True)
    return next((one for one in everything if one.waiting and one.product == product), None)


def _offer(session: Session, account: Account, product: str, now: datetime) -> Offer:
    sold = catalog(session, account.currency, accounts.today(account, now))
    found = next((one for one in offered(session, account.id, sold) if one.product == product), None)
    if found is None:
        raise NotOfferedError(product)
    return found


def _check(offer: Offer, account_id: int, terms: WantedTerms) -> None:
    """The policy of every change, asked about a subscription that does not exist yet."""
    nobody = Assigned(frozenset(), frozenset())
    wish = unbought(account_id, offer.product, plan_id=terms.plan_id, seats=terms.seats)
    reason = refusal(wish, Standing.TRIAL_ENDED, terms, offer, Audience.CONTACT, nobody, 0)
    if reason is not None:
        raise RefusedError(reason)
