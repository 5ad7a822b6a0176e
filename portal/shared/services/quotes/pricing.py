"""What a quote comes to: the price for the customer, and the summary of the one order service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Agreed, Audience, Refusal, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import (
    Approval,
    Limits,
    PriceProblem,
    PriceWish,
    agreed_price,
    approval_needed,
    discount,
    whole_periods,
)
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.summary import OrderSummary
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.quotes import Quote, items_of
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import accounts
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.catalog import catalog
from portal.shared.services.orders.accepting import wanted_of
from portal.shared.services.orders.pricing import Priced, price

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

    @property
    def discount(self) -> int:
        """How far the price lies below the list, in millionths."""
        return discount(self.list_price, self.unit)


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
        return approval_needed(author, limits, (item.discount for item in self.items), term)


def price_wish(
    session: Session, account_id: int, wish: QuoteWish, seller: SellerTaxes, now: datetime
) -> PricedQuote:
    """Price a quote as it would be sent now.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    day = first_day(account, wish.starts_on, now)
    rows = {row.id: row for row in subscriptions_of(session, account_id, with_waiting=True)}
    items, refused, problems = _agree(session, account, rows, wish.items, day)
    wanted = [
        Wanted(
            one.wish.subscription_id, one.wish.terms, one.wish.release, Agreed(one.unit, one.wish.keeps_date)
        )
        for one in items
    ]
    priced = price(session, account, wanted, Audience.REP, seller, now, day) if wanted else Priced(None, {})
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
    rows: Mapping[int, SubscriptionRow],
    wishes: Iterable[ItemWish],
    day: date,
) -> tuple[Sequence[AgreedItem], dict[int, Refusal], dict[int, PriceProblem]]:
    offers = catalog(session, account.currency, day).offers
    items: list[AgreedItem] = []
    refused: dict[int, Refusal] = {}
    problems: dict[int, PriceProblem] = {}
    for wish in wishes:
        row = rows.get(wish.subscription_id)
        if row is None:
            refused[wish.subscription_id] = Refusal.UNKNOWN_PLAN
            continue
        offer, terms = offers[row.product], wish.terms
        list_price = offer.price(terms.plan_id, terms.frequency)
        if list_price is None:
            plan = offer.plan(terms.plan_id)
            refused[row.id] = Refusal.NOT_SOLD if plan else Refusal.UNKNOWN_PLAN
            continue
        unit = agreed_price(wish.price, list_price, _contract(account, row, terms), terms.frequency)
        if isinstance(unit, PriceProblem):
            problems[row.id] = unit
        else:
            items.append(AgreedItem(wish, list_price, unit))
    return items, refused, problems


def _contract(account: Account, row: SubscriptionRow, terms: WantedTerms) -> Money | None:
    """What the same plan costs by the present contract, if it is the same plan at the same frequency."""
    same = row.plan_id == terms.plan_id and row.frequency == Frequency(terms.frequency)
    return Money(row.unit_minor, account.currency) if same and row.unit_minor is not None else None
