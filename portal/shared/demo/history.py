"""Telling an account's history: every event is one call of a service, at an instant of the past."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.shared.demo import contracts
from portal.shared.demo.cast import CastAccount, Event
from portal.shared.domain.calendar import Frequency, add_months, local_day
from portal.shared.domain.changes import Audience, Wanted
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import carts, requests, seats
from portal.shared.services.orders.place import place
from portal.shared.services.orders.placement import Accepted, PlaceRequest
from portal.shared.services.orders.pricing import price
from portal.shared.services.people import contacts as people
from portal.shared.services.quotes import drafting
from portal.shared.services.renewals.renewing import end_cancelled
from portal.shared.services.subscriptions import opening
from portal.shared.services.subscriptions import standing as subscriptions

_MORNING = time(9, 30)


class ImplausibleError(RuntimeError):
    """The history cannot have happened: a service refused one of its events."""


@dataclass(frozen=True, slots=True)
class _Transaction:
    """A transaction maker that joins the transaction that is open, so that a whole cast is one."""

    session: Session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """The open transaction; it goes on afterwards."""
        yield self.session


@dataclass(frozen=True, slots=True)
class Teller:
    """One account, with all that telling its history takes."""

    session: Session
    processor: CardProcessor
    seller: SellerTaxes
    account: Account
    told: CastAccount
    now: datetime

    @property
    def contact(self) -> int:
        """The person who did it all: the account's first billing contact."""
        first = next(member for member in self.told.members if member.role == "billing_contact")
        return people.find_or_add(self.session, first.name, first.email).id

    def row(self, event: Event) -> SubscriptionRow:
        """The account's subscription of the event's product."""
        for row in subscriptions_of(self.session, self.account.id):
            if row.product == event.product:
                return row
        raise ImplausibleError(f"{self.told.name} has no {event.product}")

    def wanted(self, event: Event) -> Wanted:
        """The terms that the event names."""
        plan = opening.plan_id_of(self.session, event.product, event.plan)
        return Wanted(self.row(event).id, WantedTerms(plan, event.seats, Frequency(event.frequency)))

    def instant(self, event: Event) -> datetime:
        """When the event happened."""
        today = local_day(self.now, self.account.time_zone)
        day = _day(event, today)
        if day is None:
            day = self.row(event).period_end
        if day is None or day > today:
            raise ImplausibleError(f"{self.told.name}: {event.what} has not happened yet")
        return min(instant_of(day, self.account.time_zone), self.now)


def instant_of(day: date, time_zone: str) -> datetime:
    """The morning of a day at a place."""
    return datetime.combine(day, _MORNING, ZoneInfo(time_zone)).astimezone(UTC)


def earliest_day(told: CastAccount, today: date) -> date:
    """The day the account began: that of its first event."""
    return min(day for event in told.history if (day := _day(event, today)) is not None)


def tell(teller: Teller, event: Event) -> None:
    """Let an event happen.

    Raises:
        ImplausibleError: it could not have happened.
    """
    _EVENTS[event.what](teller, event, teller.instant(event))


def _day(event: Event, today: date) -> date | None:
    """The day an event happened, as far as its file says so."""
    if event.days_ago is not None:
        return today - timedelta(days=event.days_ago)
    if event.period_ends_days_ago is None:
        return None
    # At the end of long months the period ends up to three days earlier: no month has a 31st before a 31st.
    return add_months(today - timedelta(days=event.period_ends_days_ago), -Frequency(event.frequency).months)


def _trial(teller: Teller, event: Event, at: datetime) -> None:
    plan = opening.plan_id_of(teller.session, event.product, event.plan)
    opening.start_trial(teller.session, teller.account.id, plan, event.seats, teller.contact, at)


def _order(teller: Teller, event: Event, at: datetime) -> None:
    wanted = (teller.wanted(event),)
    alone = teller.account.type == AccountType.ONLINE
    audience = Audience.CONTACT if alone else Audience.CARE  # our people ordered it for the others
    priced = price(teller.session, teller.account, wanted, audience, teller.seller, at)
    if priced.summary is None:
        raise ImplausibleError(f"{teller.told.name}: {event} was refused: {dict(priced.refused)}")
    request = PlaceRequest(
        account_id=teller.account.id,
        person_id=teller.contact,
        key=f"demo:{event.product}:{at.isoformat()}",
        digest=priced.summary.digest,
        audience=audience,
        return_path="/billing/orders/{reference}",
        wanted=wanted,
    )
    joined = cast(Database, _Transaction(teller.session))
    placed = place(joined, teller.processor, lambda: at, teller.seller, request)
    if not isinstance(placed, Accepted) or placed.state is not OrderState.PLACED:
        raise ImplausibleError(f"{teller.told.name}: {event} was not placed: {placed}")


def _order_on_invoice(teller: Teller, event: Event, at: datetime) -> None:
    wanted = teller.wanted(event)
    due_on = local_day(at, teller.account.time_zone) + timedelta(days=event.due_in)
    opening.begin_on_invoice(
        teller.session, teller.account.id, wanted.subscription_id, wanted.terms, teller.seller, due_on, at
    )


def _assign(teller: Teller, event: Event, at: datetime) -> None:
    newcomers = [seats.Newcomer(name, teller.told.email_of(name)) for name in event.to]
    at += timedelta(minutes=5)  # after the order of the same morning
    row = teller.row(event)
    seats.assign(teller.session, teller.account.id, row.id, newcomers, teller.contact, at, notify=False)


def _cart(teller: Teller, event: Event, at: datetime) -> None:
    carts.put(teller.session, teller.account.id, teller.wanted(event), teller.contact, at)


def _cancel(teller: Teller, event: Event, at: datetime) -> None:
    subscriptions.cancel(teller.session, teller.account.id, teller.row(event).id, teller.contact, at)


def _lower_plan(teller: Teller, event: Event, at: datetime) -> None:
    requests.ask_for_lower_plan(teller.session, teller.account.id, teller.wanted(event), teller.contact, at)


def _missed_renewal(teller: Teller, event: Event, at: datetime) -> None:
    row, account = teller.row(event), teller.account
    assert row.frequency is not None, "what renews was bought"
    terms = WantedTerms(row.plan_id, row.seats, row.frequency)
    today = local_day(at, account.time_zone)
    opening.begin_on_invoice(teller.session, account.id, row.id, terms, teller.seller, today, at)
    opening.note_past_due(teller.session, account.id, row.id, at)


def _expiry(teller: Teller, event: Event, at: datetime) -> None:
    ended = end_cancelled(teller.session, teller.account.id, at)
    if teller.row(event).id not in ended:
        raise ImplausibleError(f"{event.product} of {teller.account.name} has not ended")


def _purchase_order(teller: Teller, event: Event, at: datetime) -> None:
    account, today = teller.account, local_day(teller.now, teller.account.time_zone)
    contracts.purchase_order(
        teller.session,
        account,
        event.number,
        local_day(at, account.time_zone),
        today + timedelta(days=event.ends_in) if event.ends_in is not None else None,
        event.authorised,
        teller.contact,
        at,
    )


def _quote(teller: Teller, event: Event, at: datetime) -> None:
    try:
        row = teller.row(event)
        subscription_id, keeps_date = row.id, True
    except ImplausibleError:
        subscription_id = drafting.place_for_product(teller.session, teller.account.id, event.product, at)
        keeps_date = False
    plan = opening.plan_id_of(teller.session, event.product, event.plan)
    contracts.quote(
        teller.session,
        teller.account,
        contracts.Told(
            subscription_id=subscription_id,
            terms=WantedTerms(plan, event.seats, Frequency(event.frequency)),
            keeps_date=keeps_date and not event.percent,
            percent=event.percent,
            valid_days=event.valid_days,
            note=event.note,
            left=event.left,
        ),
        teller.contact,
        teller.seller,
        at,
    )


def _asks_rep(teller: Teller, event: Event, at: datetime) -> None:
    contracts.asks(teller.session, teller.account, event.note, teller.contact, at)


_EVENTS: dict[str, Callable[[Teller, Event, datetime], None]] = {
    "trial": _trial,
    "order": _order,
    "order-on-invoice": _order_on_invoice,
    "assign": _assign,
    "cart": _cart,
    "cancel": _cancel,
    "lower-plan": _lower_plan,
    "missed-renewal": _missed_renewal,
    "expiry": _expiry,
    "purchase-order": _purchase_order,
    "quote": _quote,
    "asks-rep": _asks_rep,
}
