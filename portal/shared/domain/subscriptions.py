"""Where a subscription stands on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.shared.domain.calendar import Period
from portal.shared.domain.terms import Terms


class Standing(StrEnum):
    """The one word for where a subscription stands; pages show it, policies and the router ask for it."""

    TRIAL_RUNNING = "trial_running"
    TRIAL_ENDED = "trial_ended"
    ACTIVE = "active"
    PENDING_CANCELLATION = "pending_cancellation"
    PAST_DUE = "past_due"
    EXPIRED = "expired"

    @property
    def is_trial(self) -> bool:
        """Whether nothing was bought yet."""
        return self in {Standing.TRIAL_RUNNING, Standing.TRIAL_ENDED}

    @property
    def has_access(self) -> bool:
        """Whether seat holders may use the product."""
        return self not in {Standing.TRIAL_ENDED, Standing.EXPIRED}


@dataclass(frozen=True, slots=True)
class Subscription:
    """An account's standing agreement for one product. `trial_end` is the first day without the trial.

    `contract_end` is the first day after a contract with a term, which may reach beyond the billing period.
    """

    id: int
    account_id: int
    product: str
    plan_id: int
    seats: int
    terms: Terms | None
    period: Period | None
    trial_end: date | None
    pending_cancellation: bool
    past_due_since: date | None
    ended_on: date | None
    contract_end: date | None

    @property
    def service_end(self) -> date | None:
        """The first day without service once it is no longer renewed; none where nothing was bought."""
        if self.period is None:
            return None
        return self.period.end if self.contract_end is None else max(self.period.end, self.contract_end)


def unbought(
    account_id: int, product: str, *, subscription_id: int = 0, plan_id: int = 0, seats: int = 0
) -> Subscription:
    """A product that an account does not have yet, as if it had it: to be asked about before anything is kept."""
    return Subscription(
        id=subscription_id,
        account_id=account_id,
        product=product,
        plan_id=plan_id,
        seats=seats,
        terms=None,
        period=None,
        trial_end=None,
        pending_cancellation=False,
        past_due_since=None,
        ended_on=None,
        contract_end=None,
    )


def standing(subscription: Subscription, today: date) -> Standing:
    """Where a subscription stands on a day."""
    if subscription.terms is None:
        running = subscription.trial_end is not None and today < subscription.trial_end
        return Standing.TRIAL_RUNNING if running and subscription.ended_on is None else Standing.TRIAL_ENDED
    if subscription.ended_on is not None and today >= subscription.ended_on:
        return Standing.EXPIRED
    if subscription.past_due_since is not None:
        return Standing.PAST_DUE
    if subscription.pending_cancellation:
        assert subscription.service_end is not None, "bought terms always have a billing period"
        return Standing.EXPIRED if today >= subscription.service_end else Standing.PENDING_CANCELLATION
    return Standing.ACTIVE
