"""What can be bought, as plain values, and the seller's names for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.terms import Offer, Plan
from portal.shared.records import catalog as records

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that plans of a product have: by plan, how much of it in words, or True; others do not have it."""

    names: Words
    plans: Mapping[int, Words | Literal[True]]

    def of(self, plan_id: int, language: str) -> str | bool:
        """What a plan has of it: words, or whether at all."""
        found = self.plans.get(plan_id, False)
        return found if isinstance(found, bool) else _in(found, language)


@dataclass(frozen=True, slots=True)
class Names:
    """The seller's names of products and plans; every language falls back to English."""

    products: Mapping[str, Words]
    plans: Mapping[int, Words]
    summaries: Mapping[int, Words]
    features: Mapping[str, Sequence[Feature]]

    def product(self, code: str, language: str) -> str:
        """Name of a product."""
        return _in(self.products[code], language)

    def plan(self, plan_id: int, language: str) -> str:
        """Name of a plan."""
        return _in(self.plans[plan_id], language)

    def plan_summary(self, plan_id: int, language: str) -> str:
        """What a plan is for, in one line."""
        return _in(self.summaries[plan_id], language)

    def compared(
        self, code: str, plan_ids: Sequence[int], language: str
    ) -> list[tuple[str, list[str | bool]]]:
        """The features of a product by name, each with what the given plans have of it: words, or whether at all."""
        return [
            (_in(one.names, language), [one.of(plan_id, language) for plan_id in plan_ids])
            for one in self.features[code]
        ]


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that is sold in one currency on one day."""

    offers: Mapping[str, Offer]
    names: Names


def _in(words: Words, language: str) -> str:
    return words.get(language) or words["en"]


def catalog(session: Session, currency: str, day: date) -> Catalog:
    """The catalogue for a currency on a day."""
    products, plans = records.products(session), records.plans(session)
    prices: dict[tuple[int, Frequency], Money] = {
        (price.plan_id, price.frequency): Money(price.unit_minor, currency)
        for price in records.prices_on(session, currency, day)
    }
    values = [Plan(row.id, row.product, row.code, row.rank, row.min_seats, row.max_seats) for row in plans]
    offers = {
        product.code: Offer(
            product.code,
            tuple(plan for plan in values if plan.product == product.code),
            {
                key: unit
                for key, unit in prices.items()
                if any(p.id == key[0] and p.product == product.code for p in values)
            },
        )
        for product in products
    }
    return Catalog(offers, _names(products, plans))


def names(session: Session) -> Names:
    """The seller's names alone, of everything that ever was in the catalogue."""
    return _names(records.products(session), records.plans(session))


def _names(products: Sequence[records.Product], plans: Sequence[records.Plan]) -> Names:
    return Names(
        {product.code: product.names for product in products},
        {plan.id: plan.names for plan in plans},
        {plan.id: plan.summaries for plan in plans},
        {product.code: _features(product, plans) for product in products},
    )


def _features(product: records.Product, plans: Sequence[records.Plan]) -> list[Feature]:
    ids = {plan.code: plan.id for plan in plans if plan.product == product.code}
    return [
        Feature(one["names"], {ids[code]: told for code, told in one["plans"].items() if code in ids})
        for one in product.features
    ]
