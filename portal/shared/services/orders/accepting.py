"""What a quote means for an order: the changes and prices it froze, and what its acceptance does beside them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency, add_months
from portal.shared.domain.changes import Agreed, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import QuoteEvent, QuoteState, move, state_on
from portal.shared.domain.summary import OrderSummary
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.orders import Order
from portal.shared.records.quotes import Quote, QuoteItem, items_of, quote_by_id
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity, seats
from portal.shared.services.people import contacts as people


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a quote asks to be ordered, and the first day of service it was computed for."""

    wanted: tuple[Wanted, ...]
    starts_on: date


def proposal(session: Session, account: Account, quote_id: int, now: datetime) -> Proposal | QuoteState:
    """What accepting a quote would order, or the state that forbids it. The caller holds the account's lock.

    Raises:
        LookupError: this account has no such quote.
    """
    quote = quote_by_id(session, quote_id)
    if quote is None or quote.account_id != account.id:
        raise LookupError(quote_id)
    state = state_on(quote.state, quote.valid_until, accounts.today(account, now))
    if state is not QuoteState.SENT:
        return state
    assert quote.starts_on is not None, "what was sent has a first day of service"
    return Proposal(wanted_of(items_of(session, [quote.id]), account.currency), quote.starts_on)


def wanted_of(items: Iterable[QuoteItem], currency: str) -> tuple[Wanted, ...]:
    """The changes that items of a quote stand for, at the prices they name."""
    return tuple(
        Wanted(
            item.subscription_id,
            WantedTerms(item.plan_id, item.seats, Frequency(item.frequency)),
            frozenset(item.release),
            Agreed(Money(item.unit_minor, currency), item.keeps_date),
        )
        for item in items
    )


def accepted(session: Session, account: Account, order: Order, summary: OrderSummary, now: datetime) -> None:
    """Close the quote of a placed order, begin its contract term, and welcome the admin contact it named."""
    if order.quote_id is None:
        return
    quote = session.get_one(Quote, order.quote_id)
    quote.state = move(quote.state, QuoteEvent.ACCEPT)
    quote.answered_by, quote.answered_at = order.placed_by, now
    for item in summary.items:
        if quote.term_months is not None:
            row = session.get_one(SubscriptionRow, item.subscription_id)
            row.contract_end = add_months(item.period.start, quote.term_months)
    _welcome_admin(session, account, order, quote, summary, now)
    detail = {
        "quote": quote.number,
        "order": order.reference,
        "digest": order.digest,
        "quoted_digest": quote.digest,
        "document": choices_of(order, quote).get("document", ""),
        "purchase_order": order.purchase_order_id,
    }
    activity.record(session, account.id, order.placed_by, "quote-accepted", detail, now)


def choices_of(order: Order, quote: Quote) -> dict[str, Any]:
    """What stood beside the figures when the order was placed; whoever changes the quote's later changes nothing."""
    return quote.choices if order.choices is None else order.choices


def _welcome_admin(
    session: Session, account: Account, order: Order, quote: Quote, summary: OrderSummary, now: datetime
) -> None:
    """Make the named person an account admin and, unless declined, give them a seat of each product."""
    named = choices_of(order, quote).get("admin")
    if not named:
        return
    person = people.find_or_add(session, named["name"], named["email"])
    people.add_role(session, person.id, account.id, "account_admin")
    activity.record(session, account.id, order.placed_by, "admin-added", {"person": person.id}, now)
    if not named.get("seats"):
        return
    newcomer = seats.Newcomer(person.name, person.email)
    for item in summary.items:
        try:
            seats.assign(
                session, account.id, item.subscription_id, [newcomer], order.placed_by, now, notify=True
            )
        except seats.TooFewSeatsError:
            continue  # every seat has somebody: the admin page says so, and nobody loses theirs
