"""What can be bought, as plain values, and the seller's names for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, TypeVar

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.terms import Offer, Plan
from portal.shared.records import catalog as records
from portal.shared.records.database import ReadSession

Words = Mapping[str, str]
Read = TypeVar("Read")


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


# What this process read lately, by the word that changes with the catalogue (docs/decisions/0045): the catalogues of
# the days on which prices of a currency begin, and under no day these days themselves.
_lately: dict[tuple[str, str, date | None], Any] = {}
_KEPT = 64


def catalog(session: Session, currency: str, day: date) -> Catalog:
    """The catalogue for a currency on a day."""
    return catalogs(session, currency, (day,))[day]


def catalogs(session: Session, currency: str, days: Iterable[date]) -> Mapping[date, Catalog]:
    """The catalogue for a currency on each of these days; without a day nothing is asked."""
    days = tuple(days)
    if not days:
        return {}
    mark = records.mark(session)
    begun = _kept(session, mark, currency, None, lambda: records.price_days(session, currency))
    since = {day: max((one for one in begun if one <= day), default=date.min) for day in days}
    found = {
        one: _kept(session, mark, currency, one, partial(_catalog, session, currency, one))
        for one in set(since.values())
    }
    return {day: found[one] for day, one in since.items()}


def names(session: Session) -> Names:
    """The seller's names alone, of everything that ever was in the catalogue."""
    mark = records.mark(session)
    return _kept(session, mark, "", None, lambda: _names(records.products(session), records.plans(session)))


def _kept(
    session: Session, mark: str | None, currency: str, day: date | None, read: Callable[[], Read]
) -> Read:
    """What was read lately if nothing was changed since; only what a snapshot gave is kept, which nobody can undo."""
    if mark is None:
        return read()
    found: Read | None = _lately.get((mark, currency, day))
    if found is None:
        found = read()
        if isinstance(session, ReadSession):
            if len(_lately) >= _KEPT:
                _lately.clear()
            _lately[mark, currency, day] = found
    return found


def _catalog(session: Session, currency: str, day: date) -> Catalog:
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
