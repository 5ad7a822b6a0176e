"""Changes that are planned ahead: from which renewal they hold, and on which terms it then renews."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from portal.shared.domain.calendar import Period, add_months, period_containing
from portal.shared.domain.changes import Assigned, Audience, Refusal, refusal
from portal.shared.domain.renewals import renewed_terms
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.terms import Offer, Terms, WantedTerms

# How far ahead of the next renewal something can be planned: ten years.
FARTHEST_MONTHS = 120
NOBODY = Assigned(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Planned:
    """Another plan or number of seats from the first renewal on or after a day; what is none stays as it is then."""

    plan_id: int | None
    seats: int | None
    from_day: date

    def wanted(self, terms: Terms) -> WantedTerms:
        """What is wanted of terms that are to go on."""
        plan_id = terms.plan_id if self.plan_id is None else self.plan_id
        return WantedTerms(plan_id, terms.seats if self.seats is None else self.seats, terms.frequency)


@dataclass(frozen=True, slots=True)
class RenewalTerms:
    """The terms a subscription renews at, and what became of its planned change.

    `dropped` is why it falls away; `seats_wanted` is the number of seats that was planned where more people than
    that hold one: nobody loses a seat without being chosen, so as many are kept as are held.
    """

    terms: Terms
    dropped: Refusal | None = None
    seats_wanted: int | None = None


def renewal_terms(
    subscription: Subscription, planned: Planned | None, offer: Offer, held: int, *, by_contract: bool
) -> RenewalTerms:
    """The terms of the next period, with the change that is planned for it, by the prices of the renewal's day.

    What may be planned is what a representative may do at once, asked again on the day: a plan that is no longer
    sold falls away, and the subscription renews as it was.

    Raises:
        ValueError: nothing was bought.
    """
    if subscription.terms is None:
        raise ValueError("only what was bought renews")
    old = subscription.terms
    as_it_was = renewed_terms(subscription, offer.price(old.plan_id, old.frequency), by_contract=by_contract)
    if planned is None:
        return RenewalTerms(as_it_was)
    asked = planned.wanted(old)
    # Whoever plans no seats keeps them, however many hold one.
    wanted = asked if planned.seats is None else replace(asked, seats=max(asked.seats, held))
    seats_wanted = asked.seats if wanted.seats > asked.seats else None
    reason = refusal(subscription, Standing.ACTIVE, wanted, offer, Audience.REP, NOBODY, 0)
    if reason is Refusal.NOTHING_CHANGES and seats_wanted is not None:
        reason = Refusal.CHOOSE_SEATS  # all of the seats are held: somebody has to say who loses theirs
    if reason is not None:
        return RenewalTerms(as_it_was, reason, seats_wanted)
    listed = offer.price(wanted.plan_id, wanted.frequency)
    terms = renewed_terms(subscription, listed, by_contract=by_contract, wanted=wanted)
    return RenewalTerms(terms, seats_wanted=seats_wanted)


def renewals_ahead(subscription: Subscription, anchor: date) -> Iterator[Period]:
    """The billing periods that follow the running one, for as long as anybody plans ahead.

    Raises:
        ValueError: nothing was bought.
    """
    if subscription.terms is None or subscription.period is None:
        raise ValueError("only what was bought has periods to come")
    months, start = subscription.terms.frequency.months, subscription.period.end
    last = add_months(start, FARTHEST_MONTHS)
    while start < last:
        period = period_containing(anchor, months, start)
        yield period
        start = period.end


def renewal_from(subscription: Subscription, anchor: date, day: date) -> date | None:
    """The first renewal on or after a day; none where it is too far ahead.

    Raises:
        ValueError: nothing was bought.
    """
    periods = renewals_ahead(subscription, anchor)
    return next((period.start for period in periods if period.start >= day), None)
