"""What a quote comes to: the price for the customer, and the summary of the one order service."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Agreed, Audience, Refusal, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import (
    Approval,
    Limits,
    PriceProblem,
    PriceWish,
    agreed_price,
    approval_needed,
    granted,
    whole_periods,
)
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.subscriptions import Subscription, unbought
from portal.shared.domain.summary import OrderSummary
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.quotes import Quote, items_of
from portal.shared.records.subscriptions import subscriptions_of
from portal.shared.services import accounts
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.orders.accepting import wanted_of
from portal.shared.services.orders.pricing import Priced, price
from portal.shared.services.subscriptions.standing import as_value

AS_CONTRACTED = PriceWish()


@dataclass(frozen=True, slots=True)
class ItemWish:
    """What is to be proposed for one subscription, and at which price."""

    subscription_id: int
    terms: WantedTerms
    keeps_date: bool
    price: PriceWish = AS_CONTRACTED
    release: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class QuoteWish:
    """A quote as its author wants it. Without a first day of service it begins on the day it is sent."""

    items: tuple[ItemWish, ...]
    term_months: int | None
    validity_days: int
    starts_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AgreedItem:
    """An item with the list price and the price for this customer, each a seat and billing period."""

    wish: ItemWish
    list_price: Money
    unit: Money
    contract: Money | None = None

    @property
    def discount(self) -> int:
        """The discount on the list price that was granted, in millionths."""
        return granted(self.wish.price, self.list_price, self.unit)

    @property
    def new_discount(self) -> int:
        """The discount that this quote grants: none where the running contract has the price until its renewal."""
        running = self.wish.keeps_date and self.contract is not None and not self.unit < self.contract
        return 0 if running else self.discount


@dataclass(frozen=True, slots=True)
class PricedQuote:
    """What a quote would do, or why an item of it cannot be had; by subscription."""

    summary: OrderSummary | None
    items: tuple[AgreedItem, ...]
    refused: Mapping[int, Refusal] = field(default_factory=dict)
    problems: Mapping[int, PriceProblem] = field(default_factory=dict)
    term_fits: bool = True

    @property
    def whole(self) -> bool:
        """Whether every item can be had: a quote is sent and accepted as a whole."""
        return self.summary is not None and not self.refused and not self.problems and self.term_fits

    def approval(self, author: StaffRole, limits: Mapping[StaffRole, Limits], term: int | None) -> Approval:
        """What the quote needs before it may be sent by this author."""
        return approval_needed(author, limits, (item.new_discount for item in self.items), term)


def imagined(account_id: int, number: int, product: str) -> Subscription:
    """A product the account does not have, to be priced before anything of it is kept; its id is below nothing."""
    return unbought(account_id, product, subscription_id=-number)


def shown_digest(wish: QuoteWish, priced: PricedQuote) -> str:
    """A fingerprint of everything a quote would say: figures, prices, term, validity, first day and words.

    Whoever sends or approves gives back the one of the page they saw; nothing for what cannot be priced.
    """
    if priced.summary is None:
        return ""
    told = [
        priced.summary.digest,
        [[one.wish.subscription_id, one.list_price.minor, one.unit.minor] for one in priced.items],
        wish.term_months,
        wish.validity_days,
        wish.starts_on.isoformat() if wish.starts_on else None,
        wish.note,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def price_wish(
    session: Session,
    account_id: int,
    wish: QuoteWish,
    seller: SellerTaxes,
    now: datetime,
    also: Sequence[Subscription] = (),
) -> PricedQuote:
    """Price a quote as it would be sent now; `also` are imagined subscriptions it may be about.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    day = first_day(account, wish.starts_on, now)
    rows = subscriptions_of(session, account_id, with_waiting=True)
    known = [*(as_value(row, account.currency) for row in rows), *also]
    items, refused, problems = _agree(session, account, {one.id: one for one in known}, wish.items, day)
    wanted = [
        Wanted(
            one.wish.subscription_id, one.wish.terms, one.wish.release, Agreed(one.unit, one.wish.keeps_date)
        )
        for one in items
    ]
    priced = (
        price(session, account, wanted, Audience.REP, seller, now, day, also) if wanted else Priced(None, {})
    )
    fits = whole_periods(wish.term_months, (one.terms.frequency for one in wish.items))
    return PricedQuote(priced.summary, tuple(items), {**priced.refused, **refused}, problems, fits)


def price_again(
    session: Session, account: Account, quote: Quote, seller: SellerTaxes, now: datetime
) -> Priced:
    """What accepting a quote that was sent would do now, from the first day of service it names."""
    wanted = wanted_of(items_of(session, [quote.id]), account.currency)
    return price(session, account, wanted, Audience.REP, seller, now, quote.starts_on)


def first_day(account: Account, starts_on: date | None, now: datetime) -> date:
    """The first day of service: the one that was wished for, but never one that is over."""
    today = accounts.today(account, now)
    return max(starts_on, today) if starts_on else today


def _agree(
    session: Session,
    account: Account,
    known: Mapping[int, Subscription],
    wishes: Iterable[ItemWish],
    day: date,
) -> tuple[Sequence[AgreedItem], dict[int, Refusal], dict[int, PriceProblem]]:
    offers = catalog(session, account.currency, day).offers
    items: list[AgreedItem] = []
    refused: dict[int, Refusal] = {}
    problems: dict[int, PriceProblem] = {}
    for wish in wishes:
        one = known.get(wish.subscription_id)
        if one is None:
            refused[wish.subscription_id] = Refusal.UNKNOWN_PLAN
            continue
        offer, terms = offers[one.product], wish.terms
        list_price = offer.price(terms.plan_id, terms.frequency)
        if list_price is None:
            plan = offer.plan(terms.plan_id)
            refused[one.id] = Refusal.NOT_SOLD if plan else Refusal.UNKNOWN_PLAN
            continue
        contract = _contract(one, terms)
        unit = agreed_price(wish.price, list_price, contract, terms.frequency)
        if isinstance(unit, PriceProblem):
            problems[one.id] = unit
        else:
            items.append(AgreedItem(wish, list_price, unit, contract))
    return items, refused, problems


def _contract(one: Subscription, terms: WantedTerms) -> Money | None:
    """What the same plan costs by the present contract, if it is the same plan at the same frequency."""
    had = one.terms
    same = had is not None and (had.plan_id, had.frequency) == (terms.plan_id, terms.frequency)
    return had.unit if had is not None and same else None
