"""Whether a seat lets its holder in today, and until when that is certain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.shared.domain.subscriptions import Standing, Subscription, standing


class Closed(StrEnum):
    """Why a seat lets nobody in."""

    SUBSCRIPTION = "subscription_ended"
    TRIAL = "trial_ended"
    ACCOUNT = "account_expired"
    PERSON = "person_disabled"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a seat is worth on a day. `until` is the first day on which it may be otherwise without anybody's doing."""

    standing: Standing
    closed: Closed | None
    until: date | None

    @property
    def active(self) -> bool:
        """Whether the holder is let in."""
        return self.closed is None


def entitlement(
    subscription: Subscription, today: date, *, account_expired: bool, person_disabled: bool
) -> Entitlement:
    """What a seat of this subscription is worth today. Grace after a failed payment keeps access."""
    where = standing(subscription, today)
    closed: Closed | None = None
    if person_disabled:
        closed = Closed.PERSON
    elif where is Standing.TRIAL_ENDED:
        closed = Closed.TRIAL
    elif not where.has_access:
        closed = Closed.SUBSCRIPTION
    elif account_expired:
        closed = Closed.ACCOUNT
    until = None
    if closed is None and where is Standing.TRIAL_RUNNING:
        until = subscription.trial_end
    elif closed is None and where is Standing.PENDING_CANCELLATION:
        until = subscription.service_end
    return Entitlement(where, closed, until)
