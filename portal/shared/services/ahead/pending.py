"""Everything that is pending for an account, on one time line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Refusal
from portal.shared.domain.planned_changes import Planned, renewal_from, renewal_terms
from portal.shared.domain.renewals import is_due, renews_by_contract
from portal.shared.domain.subscriptions import Subscription
from portal.shared.domain.terms import Offer, Terms
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.catalog import prices_after
from portal.shared.records.subscriptions import SubscriptionRow, seats_held, subscriptions_of
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.catalog.reading import Catalog, catalog
from portal.shared.services.renewals.pricing import planned_for
from portal.shared.services.subscriptions.standing import as_value


class PendingKind(StrEnum):
    """What is pending; on one day they are told in this order."""

    PRICE = "price"  # a price that was announced holds from this renewal on
    CHANGE = "change"  # a planned change of plan or seats is carried out
    RENEWAL = "renewal"  # the next billing period begins
    END = "end"  # it was cancelled, and its service ends


_ORDER = list(PendingKind)


@dataclass(frozen=True, slots=True)
class Pending:
    """One thing that will happen to one subscription on a day.

    `before` and `after` are its terms until then and from then on (`after` is none for an end). Of a planned change:
    `dropped` says why it will fall away as things stand; `ends_first`, that the subscription ends before its day;
    `seats_wanted`, how many seats were planned where more people than that hold one now.
    """

    kind: PendingKind
    subscription_id: int
    product: str
    on: date
    before: Terms
    after: Terms | None = None
    dropped: Refusal | None = None
    ends_first: bool = False
    seats_wanted: int | None = None


def pending_of(session: Session, account_id: int) -> Sequence[Pending]:
    """Everything that is pending for the subscriptions of an account, the nearest day first. It only reads.

    Cancellations (`END`), planned changes (`CHANGE`, removed by `planning.take_off`), prices that were announced
    (`PRICE`) and the next renewal of each subscription (`RENEWAL`). Carts, quotes and orders are not pending: they
    are decided by people, not by a day.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    planned, held = planned_for(session, account_id), seats_held(session, account_id)
    shelves = _Shelves(session, account)
    rows = [
        row
        for row in subscriptions_of(session, account_id)
        if row.frequency is not None and row.ended_on is None
    ]
    found: list[Pending] = []
    for row in rows:
        found += _of_one(shelves, row, planned, held.get(row.id, 0))
    return sorted(found, key=lambda one: (one.on, one.subscription_id, _ORDER.index(one.kind)))


class _Shelves:
    """What is sold to an account on the days somebody asks about: each day is read once."""

    def __init__(self, session: Session, account: Account) -> None:
        self.session, self.account = session, account
        self.by_contract = renews_by_contract(account.type)
        self._days: dict[date, Catalog] = {}

    def offer(self, product: str, day: date) -> Offer:
        """What a product can be bought for on a day."""
        if day not in self._days:
            self._days[day] = catalog(self.session, self.account.currency, day)
        return self._days[day].offers[product]


def _of_one(
    shelves: _Shelves, row: SubscriptionRow, planned: Mapping[int, Planned], held: int
) -> Iterator[Pending]:
    account = shelves.account
    value = as_value(row, account.currency)
    assert value.terms is not None, "only what was bought is asked about"
    assert value.period is not None, "what was bought has a billing period"
    assert row.anchor is not None, "what was bought has an anchor day"
    ends = value.service_end if value.pending_cancellation else None
    if ends is not None:
        yield Pending(PendingKind.END, row.id, row.product, ends, value.terms)
    renewal = value.period.end if is_due(value, value.period.end) else None
    wish = planned.get(row.id)
    after = value.terms
    if wish is not None:
        on = renewal_from(value, row.anchor, wish.from_day) or wish.from_day
        change = _change(shelves, value, wish, held, on)
        change = replace(change, ends_first=ends is not None and on >= ends)
        yield change
        if on == renewal and change.after is not None:
            after = change.after
    if renewal is not None:
        if after == value.terms:
            after = _renewed(shelves, value, renewal)
        yield Pending(PendingKind.RENEWAL, row.id, row.product, renewal, value.terms, after)
    if not shelves.by_contract:  # a contract keeps its price
        yield from _prices(shelves, value, row.anchor, ends)


def _change(shelves: _Shelves, value: Subscription, wish: Planned, held: int, on: date) -> Pending:
    offer = shelves.offer(value.product, on)
    found = renewal_terms(value, wish, offer, held, by_contract=shelves.by_contract)
    assert value.terms is not None, "what has a planned change was bought"
    return Pending(
        PendingKind.CHANGE,
        value.id,
        value.product,
        on,
        value.terms,
        found.terms if found.dropped is None else None,
        dropped=found.dropped,
        seats_wanted=found.seats_wanted,
    )


def _renewed(shelves: _Shelves, value: Subscription, on: date) -> Terms:
    offer = shelves.offer(value.product, on)
    return renewal_terms(value, None, offer, 0, by_contract=shelves.by_contract).terms


def _prices(shelves: _Shelves, value: Subscription, anchor: date, ends: date | None) -> Iterator[Pending]:
    """The list prices that will hold for the terms as they are, each from the first renewal on or after its day."""
    assert value.terms is not None, "what has a price was bought"
    assert value.period is not None, "what was bought has a billing period"
    days = {value.period.end}
    for day in prices_after(
        shelves.session, value.plan_id, value.terms.frequency, shelves.account.currency, value.period.end
    ):
        found = renewal_from(value, anchor, day)
        if found is not None:
            days.add(found)
    before = value.terms
    for on in sorted(days):
        if ends is not None and on >= ends:
            return
        after = _renewed(shelves, value, on)
        if after.unit != before.unit:
            yield Pending(PendingKind.PRICE, value.id, value.product, on, before, after)
        before = after
