"""Finding and moving quotes: every service of this room begins here, with the account's row locked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.quotes import QuoteEvent, QuoteState, move, state_on
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.orders import open_order_of
from portal.shared.records.quotes import Quote, quote_by_number
from portal.shared.services import accounts, activity


class UnknownQuoteError(LookupError):
    """The account has no such quote; another account's counts as none."""


class OnItsWayError(ValueError):
    """The order of the quote waits for the bank; its outcome decides."""


def locked(session: Session, account_id: int, number: int) -> tuple[Account, Quote]:
    """The quote of an account, for this transaction alone.

    Raises:
        UnknownQuoteError: this account has no such quote.
    """
    account = lock_account(session, account_id)
    quote = quote_by_number(session, account_id, number)
    if quote is None:
        raise UnknownQuoteError(number)
    session.refresh(quote)
    return account, quote


def move_on(
    session: Session, account: Account, quote: Quote, event: QuoteEvent, person_id: int | None, now: datetime
) -> QuoteState:
    """Move a quote along its table and keep who did it; gives the state it had.

    A quote that is past its day has expired, whether or not anybody noticed yet.

    Raises:
        IllegalQuoteMoveError: it cannot make this move from where it stands.
        OnItsWayError: it is being ordered at this moment.
    """
    before = quote.state
    standing = state_on(quote.state, quote.valid_until, accounts.today(account, now))
    after = move(quote.state if event is QuoteEvent.EXPIRE else standing, event)
    if before is QuoteState.SENT and being_ordered(session, quote):
        raise OnItsWayError(quote.number)
    quote.state, quote.changed_at = after, now
    detail = {"quote": quote.number, "from": str(before), "to": str(after)}
    activity.record(session, account.id, person_id, f"quote-{event}", detail, now)
    return before


def being_ordered(session: Session, quote: Quote) -> bool:
    """Whether an order of this quote is on its way."""
    order = open_order_of(session, quote.account_id)
    return order is not None and order.quote_id == quote.id
