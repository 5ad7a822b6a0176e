"""A catalogue as its file gives it: amounts are decimal numbers in words, names stand by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.shared.domain.calendar import Frequency


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan as the file gives it; prices are decimal numbers by currency."""

    code: str
    rank: int
    min_seats: int
    max_seats: int
    names: Mapping[str, str]
    summaries: Mapping[str, str]
    monthly: Mapping[str, str]
    annual: Mapping[str, str]

    @property
    def amounts(self) -> list[tuple[Frequency, str, str]]:
        """Every price: billing frequency, currency, decimal number."""
        told = ((Frequency.MONTHLY, self.monthly), (Frequency.ANNUAL, self.annual))
        return [(frequency, currency, amount) for frequency, by in told for currency, amount in by.items()]


@dataclass(frozen=True, slots=True)
class FeatureText:
    """Something that plans have: those in `included` have it, those in `amounts` have so much of it, by language."""

    names: Mapping[str, str]
    included: tuple[str, ...] = ()
    amounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductText:
    """A product as the file gives it."""

    code: str
    names: Mapping[str, str]
    trial_days: int
    plans: tuple[PlanText, ...]
    features: tuple[FeatureText, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogText:
    """The whole file. The prices hold from `valid_from` on."""

    valid_from: date
    products: tuple[ProductText, ...]
