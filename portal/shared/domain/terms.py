"""What is sold and on which terms: plans, prices, wanted terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money


@dataclass(frozen=True, slots=True)
class Plan:
    """A version of a product; the rank makes a change of plan an upgrade or a downgrade."""

    id: int
    product: str
    code: str
    rank: int
    min_seats: int
    max_seats: int


@dataclass(frozen=True, slots=True)
class WantedTerms:
    """What a person asks for. Never carries a price: prices are looked up."""

    plan_id: int
    seats: int
    frequency: Frequency


@dataclass(frozen=True, slots=True)
class Terms:
    """Plan, seats, billing frequency and the price per seat and period."""

    plan_id: int
    seats: int
    frequency: Frequency
    unit: Money

    @property
    def period_price(self) -> Money:
        """Net price of one whole billing period."""
        return self.unit * self.seats

    @property
    def wanted(self) -> WantedTerms:
        """The same terms without the price."""
        return WantedTerms(self.plan_id, self.seats, self.frequency)


@dataclass(frozen=True, slots=True)
class Offer:
    """What one product can be bought for today, in one currency."""

    product: str
    plans: tuple[Plan, ...]
    prices: Mapping[tuple[int, Frequency], Money]

    def plan(self, plan_id: int) -> Plan | None:
        """The plan of this product with the given id, if there is one."""
        return next((plan for plan in self.plans if plan.id == plan_id), None)

    def price(self, plan_id: int, frequency: Frequency) -> Money | None:
        """Price per seat and billing period, if it is sold that way."""
        return self.prices.get((plan_id, frequency))
