"""Moving an account from one portal to the other: what changes, what stays, what stands in the way, and undoing it.

A move writes nothing into the books. Billing periods, renewal dates, seats, balance and documents stay as they are;
what changes is who looks after the account, how it pays, and where the price of the next period comes from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.shared.domain.calendar import boundaries
from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.renewals import renewed_terms, renews_by_contract
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.subscriptions import Standing, Subscription, standing
from portal.shared.domain.taxes import TaxRule

# So long a move can be undone; afterwards the account is moved back like any other.
UNDO = timedelta(days=30)
# So long the front page of the new portal says that the account is new there.
NEWS = timedelta(days=14)

OTHER = {AccountType.ONLINE: AccountType.CORPORATE, AccountType.CORPORATE: AccountType.ONLINE}

# Where nothing is promised of a next period.
_ENDS_OR_ENDED = frozenset({Standing.TRIAL_RUNNING, Standing.TRIAL_ENDED, Standing.EXPIRED})


class Obstacle(StrEnum):
    """Why an account cannot be moved now, or a move not be undone any more."""

    ORDER_ON_ITS_WAY = "order_on_its_way"
    PAYMENT_ON_ITS_WAY = "payment_on_its_way"
    RENEWAL_DUE = "renewal_due"
    PAST_DUE = "past_due"
    CONTRACT_RUNS = "contract_runs"
    CHANGE_PLANNED = "change_planned"
    NOTHING_TO_UNDO = "nothing_to_undo"
    UNDO_TOO_LATE = "undo_too_late"
    INVOICED_SINCE = "invoiced_since"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What is agreed with an account: who looks after it, and in how many days it pays.

    No days: its card is charged at once.
    """

    rep_id: int | None = None
    terms_days: int | None = None
    rule: LimitRule = LimitRule.WARN


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription, what a seat costs by the list in its next period (none: no longer sold), and the tax of that day.

    `planned` when another plan or number of seats is planned for a renewal to come.
    """

    subscription: Subscription
    listed: Money | None = None
    tax: TaxRule | None = None
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice that is not wholly settled."""

    name: str
    rest: Money
    due_on: date


@dataclass(frozen=True, slots=True)
class OpenQuote:
    """A quote that was neither answered nor ended."""

    number: int
    state: QuoteState


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything about an account that a move could touch, as of a day.

    `cart` holds the subscriptions with a change in the cart; `purchase_orders` and `requests` are the open ones, by
    their number; `taken` are the requests that somebody of our people works on.
    """

    account_id: int
    type: AccountType
    agreed: Agreed
    today: date
    balance: Money
    subscriptions: tuple[Held, ...] = ()
    cart: tuple[int, ...] = ()
    quotes: tuple[OpenQuote, ...] = ()
    owed: tuple[Owed, ...] = ()
    purchase_orders: tuple[str, ...] = ()
    requests: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()
    has_method: bool = False
    order_on_its_way: bool = False
    payment_on_its_way: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """What becomes of one subscription.

    `renews_on` is none where no further period follows. `unit` is the price of a seat now, `next_unit` the one of the
    next period, and `next_charge` what that period comes to with tax.
    """

    subscription_id: int
    product: str
    plan_id: int
    seats: int
    standing: Standing
    unit: Money | None
    renews_on: date | None
    next_unit: Money | None
    next_charge: Money | None
    trial_end: date | None
    service_end: date | None

    @property
    def price_moves(self) -> bool:
        """Whether the next period has another price than this one."""
        return self.next_unit is not None and self.next_unit != self.unit


@dataclass(frozen=True, slots=True)
class Hindrance:
    """An obstacle, the subscription it is about (if one) and the day it is gone by itself (if it is)."""

    obstacle: Obstacle
    subscription_id: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a move does, before it does it; nothing is done that was not seen as it is here."""

    situation: Situation
    to: AccountType
    after: Agreed
    promises: tuple[Promise, ...]
    withdrawn: tuple[OpenQuote, ...]
    handed_back: tuple[int, ...]
    hindrances: tuple[Hindrance, ...]
    undoes: int | None = None

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.hindrances

    @property
    def digest(self) -> str:
        """A fingerprint of everything the plan says: the same move, the same digest."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Past:
    """The last move of an account, as undoing it asks: when, what was agreed before, and what was written since."""

    id: int
    at: datetime
    from_type: AccountType
    before: Agreed
    undone: bool
    invoiced_since: bool


def plan(situation: Situation, wish: Agreed) -> Plan:
    """What moving an account to the other portal does; online accounts have no representative and no terms."""
    to = OTHER[situation.type]
    after = wish if to is AccountType.CORPORATE else Agreed(rule=situation.agreed.rule)
    return _plan(situation, to, after, (*_in_the_way(situation), *_bound(situation, to)))


def plan_undoing(situation: Situation, past: Past | None, now: datetime) -> Plan:
    """What undoing the last move does: what was agreed before holds again, and the same obstacles count."""
    to = OTHER[situation.type]
    if past is None or past.undone or past.from_type is not to:
        return _plan(situation, to, situation.agreed, (Hindrance(Obstacle.NOTHING_TO_UNDO),))
    gone = [
        Hindrance(obstacle)
        for obstacle, holds in (
            (Obstacle.UNDO_TOO_LATE, now > past.at + UNDO),
            (Obstacle.INVOICED_SINCE, past.invoiced_since),
        )
        if holds
    ]
    undoing = _plan(situation, to, past.before, (*gone, *_in_the_way(situation)))
    return replace(undoing, undoes=past.id)


def _plan(situation: Situation, to: AccountType, after: Agreed, hindrances: Sequence[Hindrance]) -> Plan:
    leaves_corporate = to is AccountType.ONLINE
    return Plan(
        situation=situation,
        to=to,
        after=after,
        promises=tuple(_promise(held, to, situation.today) for held in situation.subscriptions),
        withdrawn=situation.quotes if leaves_corporate else (),
        handed_back=situation.taken,
        hindrances=tuple(hindrances),
    )


def _promise(held: Held, to: AccountType, today: date) -> Promise:
    one = held.subscription
    where = standing(one, today)
    renews = one.period is not None and where not in _ENDS_OR_ENDED and not one.pending_cancellation
    further = renews or (  # a contract that was cancelled is charged as long as its term goes on
        one.period is not None
        and where is Standing.PENDING_CANCELLATION
        and one.contract_end is not None
        and one.contract_end > one.period.end
    )
    then = renewed_terms(one, held.listed, by_contract=renews_by_contract(to)) if further else None
    charge = None
    if then is not None and held.tax is not None:
        charge = then.period_price + held.tax.on(then.period_price)
    return Promise(
        subscription_id=one.id,
        product=one.product,
        plan_id=one.plan_id,
        seats=one.seats,
        standing=where,
        unit=one.terms.unit if one.terms else None,
        renews_on=one.period.end if one.period is not None and further else None,
        next_unit=then.unit if then else None,
        next_charge=charge,
        trial_end=one.trial_end if where is Standing.TRIAL_RUNNING else None,
        service_end=one.service_end if where is Standing.PENDING_CANCELLATION else one.ended_on,
    )


def _in_the_way(situation: Situation) -> list[Hindrance]:
    """What has to come to its end first: two things at once would each have to know of the other."""
    found = []
    if situation.order_on_its_way:
        found.append(Hindrance(Obstacle.ORDER_ON_ITS_WAY))
    if situation.payment_on_its_way:
        found.append(Hindrance(Obstacle.PAYMENT_ON_ITS_WAY))
    for one in _running(situation):
        assert one.period is not None, "what runs was bought"
        if one.past_due_since is not None:
            found.append(Hindrance(Obstacle.PAST_DUE, one.id))
        elif one.period.end <= situation.today:
            found.append(Hindrance(Obstacle.RENEWAL_DUE, one.id))
    planned = [held.subscription.id for held in situation.subscriptions if held.planned]
    return [*found, *(Hindrance(Obstacle.CHANGE_PLANNED, number) for number in planned)]


def _bound(situation: Situation, to: AccountType) -> list[Hindrance]:
    """A contract whose term outlasts the running period promises a price that online accounts do not have."""
    if to is AccountType.CORPORATE:
        return []
    return [
        Hindrance(Obstacle.CONTRACT_RUNS, one.id, _last_renewal_before(one))
        for one in _running(situation)
        if one.contract_end is not None and one.period is not None and one.contract_end > one.period.end
    ]


def _last_renewal_before(one: Subscription) -> date:
    """The day on which the last period of a contract begins: from then on its term ends together with its period."""
    assert one.terms is not None, "a contract was bought"
    assert one.period is not None, "what was bought has a billing period"
    assert one.contract_end is not None, "only a contract with a term binds"
    begins = one.period.end
    for boundary in boundaries(one.period.end, one.terms.frequency.months):
        if boundary >= one.contract_end:
            break
        begins = boundary
    return begins


def _running(situation: Situation) -> list[Subscription]:
    found = [held.subscription for held in situation.subscriptions]
    return [
        one
        for one in found
        if one.period is not None and standing(one, situation.today) not in _ENDS_OR_ENDED
    ]
