"""When a subscription renews, into which billing period, and at which terms."""

from __future__ import annotations

from datetime import date

from portal.shared.domain.calendar import Period, period_containing
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, Subscription, standing
from portal.shared.domain.terms import Terms, WantedTerms

# What stands here goes on at the end of its period; everything else has ended or was never bought.
RENEWING = frozenset({Standing.ACTIVE, Standing.PAST_DUE})


def next_period(subscription: Subscription, anchor: date) -> Period:
    """The billing period after the running one, counted from the anchor day and never from the period before (law 2).

    Raises:
        ValueError: nothing was bought.
    """
    if subscription.terms is None or subscription.period is None:
        raise ValueError("only what was bought has a next period")
    return period_containing(anchor, subscription.terms.frequency.months, subscription.period.end)


def is_due(subscription: Subscription, today: date) -> bool:
    """Whether a subscription renews on this day or should have before.

    A cancelled one ends instead, unless the term of its contract runs on beyond the period.
    """
    if subscription.terms is None or subscription.period is None or today < subscription.period.end:
        return False
    if subscription.pending_cancellation:
        return subscription.contract_end is not None and subscription.contract_end > subscription.period.end
    return standing(subscription, today) in RENEWING


def is_overdue(subscription: Subscription, today: date) -> bool:
    """Whether days of service have gone by since the period ended that no document charges yet."""
    return subscription.period is not None and subscription.period.end < today and is_due(subscription, today)


def renews_by_contract(account_type: str) -> bool:
    """Whether the next period keeps the price of this one; where not, the list price of its first day holds."""
    return account_type == "corporate"


def renewed_terms(
    subscription: Subscription,
    list_price: Money | None,
    *,
    by_contract: bool,
    wanted: WantedTerms | None = None,
) -> Terms:
    """The terms of the next period: a contract keeps its price, everything else takes the list price of the day.

    `wanted` are other terms that were planned for it, and the list price is that of their plan: a contract's price is
    for the plan that was agreed. What is no longer sold keeps the price it had.

    Raises:
        ValueError: nothing was bought.
    """
    if subscription.terms is None:
        raise ValueError("only what was bought renews")
    old = subscription.terms
    wanted = wanted or old.wanted
    agreed = by_contract and wanted.plan_id == old.plan_id
    unit = old.unit if agreed or list_price is None else list_price
    return Terms(wanted.plan_id, wanted.seats, wanted.frequency, unit)
