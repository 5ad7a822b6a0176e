"""Quotes as pages show them: to the customer only what was sent, to the desk everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money, zero
from portal.shared.domain.order_states import OPEN_STATES
from portal.shared.domain.quotes import INTERNAL, PriceWish, QuoteState, granted, state_on
from portal.shared.domain.summary import OrderSummary, from_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import Terms
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.quotes import (
    Quote,
    QuoteItem,
    items_of,
    quote_by_number,
    quotes_of,
    quotes_shown_to,
    sent_quotes_of,
)
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts
from portal.shared.services.desk.staff import Staff, is_of
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.quotes.answering import Choices, choices_of
from portal.shared.services.quotes.pricing import price_again

MOST = 200
# Quotes that were answered or are over stay in the lists of the desk for so many.
MOST_CLOSED = 50


@dataclass(frozen=True, slots=True)
class ItemView:
    """What a quote proposes for one product. Prices are a seat and billing period."""

    subscription_id: int
    product: str
    terms: Terms
    keeps_date: bool
    release: frozenset[int]
    price: PriceWish
    list_price: Money

    @property
    def discount(self) -> int:
        """The discount on the list price that was granted, in millionths."""
        return granted(self.price, self.list_price, self.terms.unit)

    @property
    def saved(self) -> Money:
        """What one billing period costs less than by the list; never below nothing."""
        less = (self.list_price - self.terms.unit) * self.terms.seats
        return less if less.minor > 0 else zero(less.currency)


@dataclass(frozen=True, slots=True)
class Named:
    """A person who did something to a quote."""

    id: int
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A quote. Summary and digest are none and empty until it is sent; `order` is the one it became."""

    id: int
    account_id: int
    account_name: str
    currency: str
    number: int
    state: QuoteState
    being_ordered: bool
    by_customer: bool
    author: Named
    approved_by: Named | None
    approval_note: str
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    validity_days: int
    valid_until: date | None
    days_left: int
    starts_on: date | None
    term_months: int | None
    note: str
    items: tuple[ItemView, ...]
    summary: OrderSummary | None
    digest: str
    choices: Choices
    answered_by: Named | None
    answered_at: datetime | None
    answer: str
    replaces: int | None
    replaced_by: int | None
    order: str | None

    @property
    def saved(self) -> Money:
        """What one billing period of everything costs less than by the list."""
        return sum((item.saved for item in self.items), zero(self.currency))

    @property
    def contract(self) -> Period | None:
        """The days from the first of service to the farthest renewal that the quote pays for."""
        if self.summary is None:
            return None
        starts = min(line.service.start for line in self.summary.lines)
        return Period(starts, max(item.period.end for item in self.summary.items))


def of_account(
    session: Session, account_id: int, now: datetime, *, internal: bool = False
) -> list[QuoteView]:
    """An account's quotes, newest first; what was never sent is shown to the desk alone."""
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    rows = [quote for quote in quotes_of(session, account_id) if internal or quote.sent_at is not None]
    return _views(session, {account_id: account}, rows[:MOST], now)


def page_of_account(
    session: Session, account_id: int, now: datetime, before: int | None, size: int
) -> tuple[list[QuoteView], int | None]:
    """A page of the quotes that were sent to an account, newest first, and from where older ones follow."""
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    rows = quotes_shown_to(session, account_id, before, size + 1)
    views = _views(session, {account_id: account}, rows[:size], now)
    return views, rows[size - 1].number if len(rows) > size else None


def one_of_account(
    session: Session, account_id: int, number: int, now: datetime, *, internal: bool = False
) -> QuoteView | None:
    """One quote of an account, by its number; a draft exists for the desk alone."""
    account = account_by_id(session, account_id)
    quote = quote_by_number(session, account_id, number)
    if account is None or quote is None or (quote.sent_at is None and not internal):
        return None
    return _views(session, {account_id: account}, [quote], now)[0]


def open_numbers(session: Session, account: Account, now: datetime) -> tuple[int, ...]:
    """The quotes that wait for the customer's answer today, oldest first."""
    today = accounts.today(account, now)
    return tuple(
        quote.number
        for quote in sent_quotes_of(session, account.id)
        if state_on(quote.state, quote.valid_until, today) is QuoteState.SENT
    )


def open_quotes(session: Session, account_id: int, now: datetime) -> list[QuoteView]:
    """The quotes that wait for the customer's answer, oldest first."""
    waiting = [view for view in of_account(session, account_id, now) if view.state is QuoteState.SENT]
    return waiting[::-1]


def of_staff(session: Session, staff: Staff, now: datetime, *, closed: bool = False) -> list[QuoteView]:
    """The quotes of all accounts of a staff member: those in work and with customers, or those that are over."""
    working = Quote.state.in_([*INTERNAL, QuoteState.SENT])
    question = (
        sa.select(Quote, Account)
        .join(Account, Account.id == Quote.account_id)
        .where(is_of(staff), sa.not_(working) if closed else working)
        .order_by(Quote.changed_at.desc(), Quote.id.desc())
        .limit(MOST_CLOSED if closed else MOST)
    )
    rows = session.execute(question).all()
    return _views(session, {account.id: account for _, account in rows}, [quote for quote, _ in rows], now)


def as_of_now(session: Session, view: QuoteView, seller: SellerTaxes, now: datetime) -> Priced:
    """What accepting the quote would do now; it differs from what was sent only when the books moved."""
    account = account_by_id(session, view.account_id)
    quote = quote_by_number(session, view.account_id, view.number)
    assert account is not None, "the view came from this account"
    assert quote is not None, "the view came from this quote"
    return price_again(session, account, quote, seller, now)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked up once for all quotes of a list."""

    items: Mapping[int, Sequence[QuoteItem]]
    products: Mapping[int, str]
    people: Mapping[int, Named]
    replaces: Mapping[int, int]
    replaced_by: Mapping[int, int]
    orders: Mapping[int, str]
    being_ordered: frozenset[int]


def _views(
    session: Session, of: Mapping[int, Account], rows: Sequence[Quote], now: datetime
) -> list[QuoteView]:
    """A constant number of statements, however many quotes there are."""
    ids = [quote.id for quote in rows]
    items: dict[int, list[QuoteItem]] = {key: [] for key in ids}
    for item in items_of(session, ids):
        items[item.quote_id].append(item)
    olds = [row.replaces_id for row in rows if row.replaces_id is not None]
    orders = session.execute(
        sa.select(Order.quote_id, Order.reference, Order.state)
        .where(Order.quote_id.in_(ids))
        .order_by(Order.id)
    ).all()
    known = _Known(
        items=items,
        products=_products(session, [one.subscription_id for some in items.values() for one in some]),
        people=_people(
            session, (key for row in rows for key in (row.author_id, row.approved_by, row.answered_by))
        ),
        replaces=_numbers(session, Quote.id, olds),
        replaced_by=_numbers(session, Quote.replaces_id, ids),
        orders={key: reference for key, reference, _ in orders if key is not None},
        being_ordered=frozenset(key for key, _, state in orders if key is not None and state in OPEN_STATES),
    )
    return [_view(of[row.account_id], row, known, now) for row in rows]


def _view(account: Account, row: Quote, known: _Known, now: datetime) -> QuoteView:
    today = accounts.today(account, now)
    ordered = row.state is QuoteState.SENT and row.id in known.being_ordered
    return QuoteView(
        id=row.id,
        account_id=row.account_id,
        account_name=account.name,
        currency=account.currency,
        number=row.number,
        state=row.state if ordered else state_on(row.state, row.valid_until, today),
        being_ordered=ordered,
        by_customer=row.by_customer,
        author=known.people[row.author_id],
        approved_by=known.people.get(row.approved_by or 0),
        approval_note=row.approval_note,
        created_at=row.created_at,
        changed_at=row.changed_at,
        sent_at=row.sent_at,
        validity_days=row.validity_days,
        valid_until=row.valid_until,
        days_left=max(0, (row.valid_until - today).days) if row.valid_until else 0,
        starts_on=row.starts_on,
        term_months=row.term_months,
        note=row.note,
        items=tuple(_item(item, known.products, account.currency) for item in known.items[row.id]),
        summary=from_plain(row.summary) if row.summary else None,
        digest=row.digest,
        choices=choices_of(row.choices),
        answered_by=known.people.get(row.answered_by or 0),
        answered_at=row.answered_at,
        answer=row.answer,
        replaces=known.replaces.get(row.replaces_id or 0),
        replaced_by=known.replaced_by.get(row.id),
        order=known.orders.get(row.id),
    )


def _item(item: QuoteItem, products: Mapping[int, str], currency: str) -> ItemView:
    return ItemView(
        subscription_id=item.subscription_id,
        product=products[item.subscription_id],
        terms=Terms(item.plan_id, item.seats, item.frequency, Money(item.unit_minor, currency)),
        keeps_date=item.keeps_date,
        release=frozenset(item.release),
        price=PriceWish(item.price_kind, item.price_value),
        list_price=Money(item.list_minor, currency),
    )


def _products(session: Session, ids: Iterable[int]) -> dict[int, str]:
    question = sa.select(SubscriptionRow.id, SubscriptionRow.product).where(SubscriptionRow.id.in_(set(ids)))
    return dict(session.execute(question).all())


def _people(session: Session, ids: Iterable[int | None]) -> dict[int, Named]:
    question = sa.select(Person).where(Person.id.in_({key for key in ids if key is not None}))
    return {
        person.id: Named(person.id, person.name, person.email, person.phone or "")
        for person in session.scalars(question)
    }


def _numbers(session: Session, key: Any, ids: Iterable[int]) -> dict[int, int]:
    """The numbers of quotes by a column of theirs; the newest where several have the same."""
    question = sa.select(key, Quote.number).where(key.in_(list(ids))).order_by(Quote.number)
    return dict(session.execute(question).all())
