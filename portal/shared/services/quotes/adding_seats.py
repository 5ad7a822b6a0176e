"""Seats that a contact adds to a contract: priced at once, as a quote of their own, co-termed to the renewal date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Refusal
from portal.shared.domain.quotes import VALIDITY_DAYS, QuoteEvent, QuoteState
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.quotes import sent_quotes_of
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts
from portal.shared.services.quotes.drafting import new_quote
from portal.shared.services.quotes.moves import move_on
from portal.shared.services.quotes.pricing import ItemWish, PricedQuote, QuoteWish, price_wish
from portal.shared.services.quotes.reading import open_numbers
from portal.shared.services.quotes.sending import freeze
from portal.shared.services.subscriptions.standing import as_value, row_of

# Where seats can be added without a representative: to what was bought and still runs.
FITTING = frozenset({Standing.ACTIVE, Standing.PENDING_CANCELLATION, Standing.PAST_DUE})


@dataclass(frozen=True, slots=True)
class Offered:
    """The quote for the added seats, open until it is accepted, rejected, or past its day."""

    number: int


@dataclass(frozen=True, slots=True)
class OpenQuotes:
    """Quotes that wait for an answer: they are answered first, or replaced knowingly."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotAdded:
    """The seats cannot be added; `priced` says why."""

    priced: PricedQuote


def price_seats(
    session: Session, account_id: int, subscription_id: int, added: int, seller: SellerTaxes, now: datetime
) -> PricedQuote:
    """What adding so many seats costs today, at the price of the contract.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    row = row_of(session, account_id, subscription_id)
    if added < 1:
        return PricedQuote(None, (), {subscription_id: Refusal.SEATS_TOO_FEW})
    if row.frequency is None:
        return PricedQuote(None, (), {subscription_id: Refusal.NOT_SOLD})
    return price_wish(session, account_id, _wish(row, added), seller, now)


def add(
    session: Session,
    account_id: int,
    subscription_id: int,
    added: int,
    person_id: int,
    seller: SellerTaxes,
    now: datetime,
    *,
    replacing: frozenset[int] = frozenset(),
) -> Offered | OpenQuotes | NotAdded:
    """Make the quote for added seats. Open quotes stop it, unless exactly these were named as to be replaced.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        OnItsWayError: an open quote is being ordered at this moment.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    where = standing(as_value(row, account.currency), accounts.today(account, now))
    priced = price_seats(session, account_id, subscription_id, added, seller, now)
    if where not in FITTING or not priced.whole:
        return NotAdded(priced)
    waiting = open_numbers(session, account, now)
    if not set(waiting) <= replacing:
        return OpenQuotes(waiting)
    replaced = _replace(session, account, person_id, now)
    wish = _wish(row, added)
    quote = new_quote(session, account, person_id, wish, now)
    quote.by_customer, quote.replaces_id = True, replaced
    freeze(session, account, quote, priced, now)
    move_on(session, account, quote, QuoteEvent.SEND, person_id, now)
    session.flush()
    return Offered(quote.number)


def _wish(row: SubscriptionRow, added: int) -> QuoteWish:
    assert row.frequency is not None, "seats are added to what was bought"
    terms = WantedTerms(row.plan_id, row.seats + added, row.frequency)
    return QuoteWish((ItemWish(row.id, terms, keeps_date=True),), None, VALIDITY_DAYS)


def _replace(session: Session, account: Account, person_id: int, now: datetime) -> int | None:
    """Close what was open, and give the newest of it; what is past its day has expired and is not replaced."""
    newest = None
    open_ones = set(open_numbers(session, account, now))
    for quote in sent_quotes_of(session, account.id):
        if quote.number in open_ones and quote.state is QuoteState.SENT:
            move_on(session, account, quote, QuoteEvent.REPLACE, person_id, now)
            newest = quote.id
    return newest
