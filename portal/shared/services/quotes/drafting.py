"""Drafts of quotes: made, edited, copied; nobody outside of the desk sees them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.quotes import PriceWish, QuoteEvent, QuoteState, is_validity, move
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.quotes import Quote, QuoteItem, items_of
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import accounts, activity
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.quotes.moves import locked, move_on
from portal.shared.services.quotes.pricing import ItemWish, PricedQuote, QuoteWish, price_wish
from portal.shared.services.subscriptions import additions

LONGEST_NOTE = 2000
# What a new quote can take the place of; what was answered or is over stays as it is.
REPLACEABLE = frozenset({QuoteState.DRAFT, QuoteState.AWAITING_APPROVAL, QuoteState.SENT})


class ChangedMeanwhileError(ValueError):
    """Somebody else has changed the draft since it was read."""


class UnpriceableError(ValueError):
    """The quote cannot be had as it was wished for; `priced` says what stands in the way."""

    def __init__(self, priced: PricedQuote) -> None:
        super().__init__("the quote cannot be priced as a whole")
        self.priced = priced


def place_for_product(session: Session, account_id: int, product: str, now: datetime) -> int:
    """The subscription that stands for a product the account does not have yet, waiting to be ordered.

    Raises:
        NotOfferedError: it is not sold to this account, or the account has it already.
    """
    account = lock_account(session, account_id)
    everything = subscriptions_of(session, account_id, with_waiting=True)
    waiting = next((row for row in everything if row.waiting and row.product == product), None)
    if waiting is not None:
        return waiting.id
    sold = catalog(session, account.currency, accounts.today(account, now))
    offer = next(
        (one for one in additions.offered(session, account_id, sold) if one.product == product), None
    )
    if offer is None:
        raise additions.NotOfferedError(product)
    first = offer.plans[0]
    row = SubscriptionRow(
        account_id=account_id, product=product, plan_id=first.id, seats=first.min_seats, waiting=True
    )
    session.add(row)
    session.flush()
    return row.id


def create(
    session: Session,
    account_id: int,
    author_id: int,
    wish: QuoteWish,
    seller: SellerTaxes,
    now: datetime,
    *,
    replaces: int | None = None,
) -> int:
    """Keep a new draft and return its number; `replaces` is the number of the quote it will replace when sent.

    Raises:
        UnpriceableError: an item cannot be had, or not at this price.
        UnknownQuoteError: the quote to be replaced is not one of this account.
        ValueError: no quote is valid for so many days, or its note is too long.
    """
    account = lock_account(session, account_id)
    old = locked(session, account_id, replaces)[1] if replaces is not None else None
    priced = _priced(session, account, wish, seller, now)
    quote = new_quote(session, account, author_id, wish, now)
    quote.replaces_id = old.id if old is not None and old.state in REPLACEABLE else None
    _keep(session, quote, wish, priced)
    activity.record(session, account_id, author_id, "quote-drafted", {"quote": quote.number}, now)
    return quote.number


def edit(
    session: Session,
    account_id: int,
    number: int,
    author_id: int,
    wish: QuoteWish,
    seller: SellerTaxes,
    now: datetime,
    *,
    seen: datetime | None = None,
) -> None:
    """Change a draft. Whoever edits last is its author, and a request for approval is taken back.

    `seen` is when the draft that was read had been changed last; without it nobody is asked.

    Raises:
        ChangedMeanwhileError: it was changed after that.
        UnknownQuoteError: this account has no such quote.
        IllegalQuoteMoveError: it was sent or closed.
        UnpriceableError: an item cannot be had, or not at this price.
        ValueError: no quote is valid for so many days, or its note is too long.
    """
    account, quote = locked(session, account_id, number)
    move(quote.state, QuoteEvent.EDIT)
    if seen is not None and quote.changed_at != seen:
        raise ChangedMeanwhileError(number)
    priced = _priced(session, account, wish, seller, now)
    move_on(session, account, quote, QuoteEvent.EDIT, author_id, now)
    quote.author_id, quote.approved_by = author_id, None
    _keep(session, quote, wish, priced)


def duplicate(
    session: Session,
    account_id: int,
    number: int,
    author_id: int,
    seller: SellerTaxes,
    now: datetime,
    *,
    replacing: bool,
) -> int:
    """Make a draft like another quote, to replace it once it is sent or to stand beside it; gives its number.

    Raises:
        UnknownQuoteError: this account has no such quote.
        UnpriceableError: what it proposed cannot be had any more.
    """
    _, quote = locked(session, account_id, number)
    wish = wish_of(session, quote)
    return create(session, account_id, author_id, wish, seller, now, replaces=number if replacing else None)


def wish_of(session: Session, quote: Quote) -> QuoteWish:
    """A kept quote as it was wished for, to be edited or repeated."""
    items = tuple(
        ItemWish(
            item.subscription_id,
            WantedTerms(item.plan_id, item.seats, Frequency(item.frequency)),
            item.keeps_date,
            PriceWish(item.price_kind, item.price_value),
            frozenset(item.release),
        )
        for item in items_of(session, [quote.id])
    )
    starts_on = quote.starts_on if quote.sent_at is None else None
    return QuoteWish(items, quote.term_months, quote.validity_days, starts_on, quote.note)


def new_quote(session: Session, account: Account, author_id: int, wish: QuoteWish, now: datetime) -> Quote:
    """An empty numbered quote. The caller holds the account's lock."""
    account.last_quote_number += 1
    quote = Quote(
        account_id=account.id,
        number=account.last_quote_number,
        author_id=author_id,
        validity_days=wish.validity_days,
        created_at=now,
        changed_at=now,
    )
    session.add(quote)
    session.flush()
    return quote


def keep_items(session: Session, quote: Quote, priced: PricedQuote) -> None:
    """Put what was priced into a quote, instead of what it held."""
    for item in items_of(session, [quote.id]):
        session.delete(item)
    session.flush()
    session.add_all(
        QuoteItem(
            account_id=quote.account_id,
            quote_id=quote.id,
            subscription_id=one.wish.subscription_id,
            position=position,
            plan_id=one.wish.terms.plan_id,
            seats=one.wish.terms.seats,
            frequency=one.wish.terms.frequency,
            keeps_date=one.wish.keeps_date,
            release=sorted(one.wish.release),
            price_kind=one.wish.price.kind,
            price_value=one.wish.price.value,
            list_minor=one.list_price.minor,
            unit_minor=one.unit.minor,
        )
        for position, one in enumerate(priced.items, start=1)
    )
    session.flush()


def _priced(
    session: Session, account: Account, wish: QuoteWish, seller: SellerTaxes, now: datetime
) -> PricedQuote:
    """The wish with its prices. Asked before anything is written, so that what is refused leaves no trace."""
    if not is_validity(wish.validity_days):
        raise ValueError("a quote is valid for 1 to 90 days")
    if len(wish.note) > LONGEST_NOTE:
        raise ValueError("the note is too long")
    subscriptions = [one.subscription_id for one in wish.items]
    if len(set(subscriptions)) < len(subscriptions):
        raise ValueError("a subscription is in a quote once")
    priced = price_wish(session, account.id, wish, seller, now)
    if not priced.whole:
        raise UnpriceableError(priced)
    return priced


def _keep(session: Session, quote: Quote, wish: QuoteWish, priced: PricedQuote) -> None:
    quote.term_months, quote.validity_days = wish.term_months, wish.validity_days
    quote.starts_on, quote.note = wish.starts_on, wish.note
    keep_items(session, quote, priced)
