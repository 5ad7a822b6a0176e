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
        return service_end_of(self.period.end if self.period else None, self.contract_end)


def service_end_of(period_end: date | None, contract_end: date | None) -> date | None:
    """The first day without service, by the ends of the running period and of a contract with a term."""
    if period_end is None or contract_end is None:
        return period_end
    return max(period_end, contract_end)


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
    return standing_by(
        today,
        bought=subscription.terms is not None,
        trial_end=subscription.trial_end,
        ended_on=subscription.ended_on,
        past_due_since=subscription.past_due_since,
        pending_cancellation=subscription.pending_cancellation,
        service_end=subscription.service_end,
    )


def standing_by(
    today: date,
    *,
    bought: bool,
    trial_end: date | None,
    ended_on: date | None,
    past_due_since: date | None,
    pending_cancellation: bool,
    service_end: date | None,
) -> Standing:
    """Where a subscription stands on a day, by what decides it; for whoever needs nothing else of very many."""
    if not bought:
        running = trial_end is not None and today < trial_end
        return Standing.TRIAL_RUNNING if running and ended_on is None else Standing.TRIAL_ENDED
    if ended_on is not None and today >= ended_on:
        return Standing.EXPIRED
    if past_due_since is not None:
        return Standing.PAST_DUE
    if pending_cancellation:
        assert service_end is not None, "bought terms always have a billing period"
        return Standing.EXPIRED if today >= service_end else Standing.PENDING_CANCELLATION
    return Standing.ACTIVE
