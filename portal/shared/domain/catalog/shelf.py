"""What is sold, as it stands, as a file would leave it, and what lies between the two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.catalog.texts import CatalogText, FeatureText, PlanText, ProductText
from portal.shared.domain.money import exponent

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShelfPlan:
    """A plan as it stands."""

    rank: int
    min_seats: int
    max_seats: int
    names: Words
    summaries: Words


@dataclass(frozen=True, slots=True)
class ShelfProduct:
    """A product as it stands, with its plans by code."""

    position: int
    names: Words
    trial_days: int
    features: tuple[Mapping[str, Any], ...]
    plans: Mapping[str, ShelfPlan]


@dataclass(frozen=True, slots=True, order=True)
class Priced:
    """What has a price of its own."""

    product: str
    plan: str
    frequency: Frequency
    currency: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything: products by code, and every price in minor units by the day it holds from."""

    products: Mapping[str, ShelfProduct]
    prices: Mapping[Priced, Mapping[date, int]]

    def price_on(self, priced: Priced, day: date) -> int | None:
        """The price that holds on a day, in minor units."""
        dated = self.prices.get(priced, {})
        began = [first for first in dated if first <= day]
        return dated[max(began)] if began else None


class Kind(StrEnum):
    """What a difference is about."""

    PRODUCT_ADDED = "product_added"
    PRODUCT_CHANGED = "product_changed"
    PLAN_ADDED = "plan_added"
    PLAN_CHANGED = "plan_changed"
    PRICE_ADDED = "price_added"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that would be different. A price names its day, and the day it gives way to one that is planned."""

    kind: Kind
    product: str
    plan: str = ""
    figure: str = ""
    before: str = ""
    after: str = ""
    valid_from: date | None = None
    until: date | None = None


def minor_units(amount: str, currency: str) -> int | None:
    """A decimal number as minor units of a currency; nothing where it is none, or finer than the currency."""
    try:
        scaled = Decimal(amount).scaleb(exponent(currency))
        exact = amount.isascii() and scaled == scaled.to_integral_value()
        return int(scaled) if exact else None
    except ArithmeticError:
        return None


def decimal_of(minor: int, currency: str) -> str:
    """Minor units as a decimal number with all decimals of the currency."""
    return f"{Decimal(minor).scaleb(-exponent(currency)):f}"


def what_follows(known: Shelf, text: CatalogText) -> Shelf:
    """The shelf as a file without faults leaves it.

    What the file does not name stays, and a price that holds already is not written.
    """
    products, prices = dict(known.products), {key: dict(dated) for key, dated in known.prices.items()}
    for position, product in enumerate(text.products, start=1):
        old = known.products.get(product.code)
        plans = {**(old.plans if old else {}), **{plan.code: _plan(plan) for plan in product.plans}}
        products[product.code] = _product(product, position, plans)
        for plan in product.plans:
            for frequency, currency, amount in plan.amounts:
                key = Priced(product.code, plan.code, frequency, currency)
                minor = minor_units(amount, currency)
                if minor is not None and known.price_on(key, text.valid_from) != minor:
                    prices.setdefault(key, {})[text.valid_from] = minor
    return Shelf(products, prices)


def differences(known: Shelf, wanted: Shelf) -> list[Difference]:
    """What lies between two shelves, product by product in the wanted order, the prices of each at its end."""
    found: list[Difference] = []
    for code, product in sorted(wanted.products.items(), key=lambda one: (one[1].position, one[0])):
        found += _of_product(code, known.products.get(code), product)
        for key in sorted(key for key in wanted.prices if key.product == code):
            found += _of_prices(key, known, wanted)
    return found


def _of_product(code: str, old: ShelfProduct | None, new: ShelfProduct) -> Iterator[Difference]:
    if old is None:
        yield Difference(Kind.PRODUCT_ADDED, code, after=new.names.get("en", ""))
    else:
        pairs = [("position", old.position, new.position), ("trial_days", old.trial_days, new.trial_days)]
        yield from _figures(Kind.PRODUCT_CHANGED, code, "", [*pairs, *_texts("names", old.names, new.names)])
        yield from _of_features(code, old, new)
    for name, plan in sorted(new.plans.items(), key=lambda one: one[1].rank):
        before = old.plans.get(name) if old else None
        if before is None:
            yield Difference(Kind.PLAN_ADDED, code, name, after=plan.names.get("en", ""))
            continue
        figures = [
            (one, getattr(before, one), getattr(plan, one)) for one in ("rank", "min_seats", "max_seats")
        ]
        texts = [
            *_texts("names", before.names, plan.names),
            *_texts("summaries", before.summaries, plan.summaries),
        ]
        yield from _figures(Kind.PLAN_CHANGED, code, name, [*figures, *texts])


def _of_features(code: str, old: ShelfProduct, new: ShelfProduct) -> Iterator[Difference]:
    if old.features == new.features:
        return
    had, has = ({str(one["names"].get("en")): one for one in side.features} for side in (old, new))
    for name in [*has, *(one for one in had if one not in has)]:
        if had.get(name) != has.get(name):
            before, after = ("there" if name in side else "" for side in (had, has))
            yield Difference(Kind.PRODUCT_CHANGED, code, "", f"feature {name}", before, after)
    if list(had) != list(has) and set(had) == set(has):
        yield Difference(Kind.PRODUCT_CHANGED, code, "", "order of features", ", ".join(had), ", ".join(has))


def _of_prices(key: Priced, known: Shelf, wanted: Shelf) -> Iterator[Difference]:
    old, new = known.prices.get(key, {}), wanted.prices[key]
    for day in sorted(day for day in new if day not in old):
        before = known.price_on(key, day)
        later = min((one for one in old if one > day), default=None)
        yield Difference(
            Kind.PRICE_ADDED,
            key.product,
            key.plan,
            f"{key.frequency} {key.currency}",
            "" if before is None else decimal_of(before, key.currency),
            decimal_of(new[day], key.currency),
            day,
            later,
        )


def _figures(kind: Kind, product: str, plan: str, told: list[tuple[str, Any, Any]]) -> Iterator[Difference]:
    for name, before, after in told:
        if before != after:
            yield Difference(kind, product, plan, name, str(before), str(after))


def _texts(name: str, old: Words, new: Words) -> list[tuple[str, str, str]]:
    return [(f"{name}.{one}", old.get(one, ""), new.get(one, "")) for one in sorted({*old, *new})]


def _plan(text: PlanText) -> ShelfPlan:
    return ShelfPlan(text.rank, text.min_seats, text.max_seats, dict(text.names), dict(text.summaries))


def _product(text: ProductText, position: int, plans: Mapping[str, ShelfPlan]) -> ShelfProduct:
    features = tuple(_feature(one) for one in text.features)
    return ShelfProduct(position, dict(text.names), text.trial_days, features, plans)


def _feature(text: FeatureText) -> dict[str, Any]:
    """A feature as it is kept."""
    plans: dict[str, Any] = dict.fromkeys(text.included, True)
    plans |= {code: dict(words) for code, words in text.amounts.items()}
    return {"names": dict(text.names), "plans": plans}
