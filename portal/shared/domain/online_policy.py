"""What a billing contact may do online, as pages tell it: found out by asking the rule that answers the screens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.shared.domain import changes
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Assigned, Audience, Refusal
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.terms import Offer, Plan, Terms, WantedTerms

Rule = Callable[[Subscription, Standing, WantedTerms, Offer, Audience, Assigned, int], Refusal | None]
Dearer = Callable[[Terms | None, Terms], bool]

# One subscription, made up to be asked about: the middle one of three plans, with five seats, paid by the month.
_LOWER, _PRESENT, _HIGHER, _SEATS = 1, 2, 3, 5
_PLANS = tuple(Plan(rank, "any", "any", rank, 1, 10) for rank in (_LOWER, _PRESENT, _HIGHER))
_PRICES = {(plan.id, how): Money(100 * plan.rank, "EUR") for plan in _PLANS for how in Frequency}
_OFFER = Offer("any", _PLANS, _PRICES)
_TERMS = Terms(_PRESENT, _SEATS, Frequency.MONTHLY, _PRICES[_PRESENT, Frequency.MONTHLY])
_HELD = Subscription(
    id=1,
    account_id=1,
    product="any",
    plan_id=_PRESENT,
    seats=_SEATS,
    terms=_TERMS,
    period=None,
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)
_NOBODY = Assigned(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class OnlinePolicy:
    """Which changes are made online, and when payment details are asked for."""

    higher_plan: bool
    lower_plan: bool
    more_seats: bool
    fewer_seats: bool
    other_frequency: bool
    asks_only_when_dearer: bool


def online_policy(refusal: Rule = changes.refusal, price_rises: Dearer = changes.price_rises) -> OnlinePolicy:
    """Ask the rules about one subscription that runs; the answers follow when a rule changes."""

    def may(plan: int = _PRESENT, seats: int = _SEATS, frequency: Frequency = Frequency.MONTHLY) -> bool:
        wanted = WantedTerms(plan, seats, frequency)
        return refusal(_HELD, Standing.ACTIVE, wanted, _OFFER, Audience.CONTACT, _NOBODY, 0) is None

    fewer = Terms(_PRESENT, _SEATS - 1, Frequency.MONTHLY, _TERMS.unit)
    return OnlinePolicy(
        higher_plan=may(plan=_HIGHER),
        lower_plan=may(plan=_LOWER),
        more_seats=may(seats=_SEATS + 1),
        fewer_seats=may(seats=_SEATS - 1),
        other_frequency=may(frequency=Frequency.ANNUAL),
        asks_only_when_dearer=not price_rises(_TERMS, fewer),
    )
