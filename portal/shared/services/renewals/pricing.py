"""What the periods that begin on one day will charge, with every change that is planned for them.

The renewal asks here before it writes the document, and whoever looks ahead asks here too: one function, so that what
was shown is what is charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.shared.domain.effects import Effect
from portal.shared.domain.planned_changes import Planned, RenewalTerms, renewal_terms
from portal.shared.domain.renewals import is_due, next_period, renews_by_contract
from portal.shared.domain.subscriptions import Subscription
from portal.shared.domain.summary import OrderSummary, PricedChange, Standpoint, summarise
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import Offer
from portal.shared.records.accounts import Account
from portal.shared.records.planned_changes import PlannedChange, planned_changes_of
from portal.shared.records.subscriptions import SubscriptionRow, seats_held
from portal.shared.services import ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.subscriptions.standing import as_value
from portal.shared.services.taxes.rules import tax_rule


@dataclass(frozen=True, slots=True)
class PricedRenewal:
    """The summary of the periods that begin on a day, and what becomes of each change that is planned for it."""

    summary: OrderSummary
    planned: Mapping[int, RenewalTerms]


def price_renewal(
    session: Session,
    account: Account,
    rows: Iterable[SubscriptionRow],
    seller: SellerTaxes,
    day: date,
    planned: Mapping[int, Planned] | None = None,
) -> PricedRenewal:
    """What subscriptions whose period ends on a day renew at. Without `planned`: what is planned in the books."""
    if planned is None:
        planned = planned_for(session, account.id)
    offers, held = catalog(session, account.currency, day).offers, seats_held(session, account.id)
    standpoint = Standpoint(
        account_id=account.id,
        today=day,
        balance=ledger.balance(session, account.id, account.currency),
        tax=tax_rule(session, account, seller, day),
        unpaid={},
    )
    values = [(as_value(row, account.currency), row.anchor) for row in rows]
    return priced(standpoint, values, offers, renews_by_contract(account.type), planned, held)


def priced(
    standpoint: Standpoint,
    values: Iterable[tuple[Subscription, date | None]],
    offers: Mapping[str, Offer],
    by_contract: bool,  # noqa: FBT001  # beside what it is about
    planned: Mapping[int, Planned],
    held: Mapping[int, int],
) -> PricedRenewal:
    """The same of plain values: subscriptions with their anchor days, what is planned, and how many seats are held."""
    day = standpoint.today
    changes, decided = [], {}
    for value, anchor in values:
        assert anchor is not None, "what was bought has an anchor day"
        wish = planned.get(value.id)
        due = wish if wish is not None and wish.from_day <= day else None
        found = renewal_terms(
            value, due, offers[value.product], held.get(value.id, 0), by_contract=by_contract
        )
        if due is not None:
            decided[value.id] = found
        changes.append(
            PricedChange(
                subscription_id=value.id,
                product=value.product,
                before=value.terms,
                after=found.terms,
                open_lines=(),
                takes_back_cancellation=False,
                release=(),
                effect=Effect.RENEW,
                period=next_period(value, anchor),
            )
        )
    return PricedRenewal(summarise(standpoint, changes), decided)


def planned_for(session: Session, account_id: int) -> dict[int, Planned]:
    """What is planned for the subscriptions of an account, by subscription."""
    return {key: as_planned(row) for key, row in planned_changes_of(session, account_id).items()}


def as_planned(row: PlannedChange) -> Planned:
    """The row as the plain value that rules work with."""
    return Planned(row.plan_id, row.seats, row.from_day)


def renewing_next(rows: Iterable[SubscriptionRow], currency: str) -> Sequence[SubscriptionRow]:
    """Those whose periods follow together on the nearest day; what was not paid for does not renew before it is."""
    coming = [
        row
        for row in rows
        if row.ended_on is None
        and row.past_due_since is None
        and row.period_end is not None
        and is_due(as_value(row, currency), row.period_end)
    ]
    first = min((row.period_end for row in coming if row.period_end is not None), default=None)
    return [row for row in coming if row.period_end == first]
