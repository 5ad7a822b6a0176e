"""Loading what is sold from the seller's files. Loading a file again changes nothing; prices are only added."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.v import transform_error
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import exponent
from portal.shared.domain.taxes import MILLION
from portal.shared.records.catalog import Plan, Price, Product, TaxRateRow

Text = TypeVar("Text")

# One day of any price is at least one minor unit, so that no day of service is free (docs/proration.md).
LONGEST_PERIOD_DAYS = {Frequency.MONTHLY: 31, Frequency.ANNUAL: 366}


class CatalogError(ValueError):
    """The file cannot be loaded; the message says where and why."""


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


@dataclass(frozen=True, slots=True)
class RateText:
    """A standard tax rate, in per cent."""

    country: str
    name: str
    valid_from: date
    percent: str


@dataclass(frozen=True, slots=True)
class RatesText:
    """The whole file of tax rates."""

    rates: tuple[RateText, ...]


def load_catalog(session: Session, path: Path) -> None:
    """Bring products, plans and prices of a file into the catalogue; what it does not name stays.

    Raises:
        CatalogError: the file cannot be read, a price is not exact in its currency or is worth less than a minor
            unit a day, a known price would be edited, or a feature is of no plan or of one that is not there.
    """
    text = _read(path, CatalogText)
    for position, product in enumerate(text.products, start=1):
        _load_product(session, product, position)
        for plan in product.plans:
            _load_plan(session, product.code, plan, text.valid_from)
    session.flush()


def countries_of_rates(path: Path) -> frozenset[str]:
    """The countries whose rates a file decides.

    Raises:
        CatalogError: the file cannot be read.
    """
    return frozenset(rate.country for rate in _read(path, RatesText).rates)


def load_tax_rates(session: Session, path: Path, *, added_on: date | None = None) -> list[TaxRateRow]:
    """Bring the dated tax rates of a file into the table and give what is new; what it does not name stays.

    Raises:
        CatalogError: the file cannot be read, a rate is no percentage, or a known rate would be edited.
    """
    known = {(row.country, row.valid_from): row for row in session.scalars(sa.select(TaxRateRow))}
    added = []
    for rate in _read(path, RatesText).rates:
        millionths = _exact(rate.percent, 4, f"the rate of {rate.country}")  # a per cent is 10,000 millionths
        if not 0 <= millionths <= MILLION:
            raise CatalogError(f"the rate of {rate.country} is no percentage: {rate.percent}")
        row = known.get((rate.country, rate.valid_from))
        if row is None:
            row = TaxRateRow(
                country=rate.country,
                valid_from=rate.valid_from,
                name=rate.name,
                millionths=millionths,
                source=path.name,
                added_on=added_on,
            )
            added.append(row)
        elif row.millionths != millionths:
            raise CatalogError(f"the rate of {rate.country} from {rate.valid_from} is known as another one")
        row.name = rate.name
    session.add_all(added)
    session.flush()
    return added


def _load_product(session: Session, text: ProductText, position: int) -> None:
    _in_english(text.names, text.code)
    row = session.get(Product, text.code)
    if row is None:
        row = Product(code=text.code, position=position, names={}, trial_days=0)
        session.add(row)
    row.position, row.names, row.trial_days = position, dict(text.names), text.trial_days
    row.features = _features(text)
    session.flush()


def _features(product: ProductText) -> list[dict[str, Any]]:
    """The features as they are kept."""
    codes = {plan.code for plan in product.plans}
    known: set[str] = set()
    features = []
    for text in product.features:
        _in_english(text.names, f"a feature of {product.code}")
        where = f"{product.code}, {text.names['en']}"
        if text.names["en"] in known:
            raise CatalogError(f"{where}: this feature stands there twice")
        known.add(text.names["en"])
        _features_plans(text, codes, where)
        plans: dict[str, Any] = dict.fromkeys(text.included, True)
        plans |= {code: dict(words) for code, words in text.amounts.items()}
        features.append({"names": dict(text.names), "plans": plans})
    return features


def _features_plans(text: FeatureText, codes: set[str], where: str) -> None:
    named = [*text.included, *text.amounts]
    if not named:
        raise CatalogError(f"{where}: no plan has this feature")
    for code in named:
        if code not in codes:
            raise CatalogError(f"{where}: there is no plan {code}")
        if named.count(code) > 1:
            raise CatalogError(f"{where}: {code} is named twice")
    for code, words in text.amounts.items():
        _in_english(words, f"{where}, {code}")


def _load_plan(session: Session, product: str, text: PlanText, valid_from: date) -> None:
    where = f"{product} {text.code}"
    _in_english(text.names, where)
    _in_english(text.summaries, where)
    if not 1 <= text.min_seats <= text.max_seats:
        raise CatalogError(f"{where}: from {text.min_seats} to {text.max_seats} seats is nothing")
    question = sa.select(Plan).where(Plan.product == product, Plan.code == text.code)
    row = session.scalars(question).one_or_none()
    if row is None:
        row = Plan(product=product, code=text.code, rank=text.rank, names={}, summaries={})
        session.add(row)
    row.rank, row.min_seats, row.max_seats = text.rank, text.min_seats, text.max_seats
    row.names, row.summaries = dict(text.names), dict(text.summaries)
    session.flush()
    for frequency, prices in ((Frequency.MONTHLY, text.monthly), (Frequency.ANNUAL, text.annual)):
        for currency, amount in prices.items():
            minor = _exact(amount, exponent(currency), f"{where} {frequency} {currency}")
            _load_price(session, row.id, frequency, currency, minor, valid_from)


def _load_price(
    session: Session, plan_id: int, frequency: Frequency, currency: str, minor: int, valid_from: date
) -> None:
    where = f"plan {plan_id}, {frequency}, {currency}, from {valid_from}"
    if minor < LONGEST_PERIOD_DAYS[frequency]:
        raise CatalogError(f"{where}: one day is worth less than one minor unit")
    question = sa.select(Price.unit_minor).where(
        Price.plan_id == plan_id,
        Price.frequency == frequency,
        Price.currency == currency,
        Price.valid_from == valid_from,
    )
    known = session.scalar(question)
    if known is None:
        session.add(
            Price(
                plan_id=plan_id,
                frequency=frequency,
                currency=currency,
                valid_from=valid_from,
                unit_minor=minor,
            )
        )
    elif known != minor:
        raise CatalogError(f"{where}: a price is never edited; give the new one a later valid_from")


def _exact(text: str, decimals: int, where: str) -> int:
    """A decimal number as a whole number of its smallest parts."""
    try:
        scaled = Decimal(text).scaleb(decimals)
        if not text.isascii() or scaled != scaled.to_integral_value():
            raise CatalogError(f"{where}: {text} has more than {decimals} decimals")
        return int(scaled)
    except (InvalidOperation, OverflowError) as error:
        raise CatalogError(f"{where}: {text!r} is no number") from error


def _in_english(words: Mapping[str, str], where: str) -> None:
    if not words.get("en"):
        raise CatalogError(f"{where}: an English text is missing; other languages fall back to it")


def _read(path: Path, kind: type[Text]) -> Text:
    try:
        plain: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return _converter().structure(plain, kind)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CatalogError(f"{path.name}: {error}") from error
    except BaseValidationError as error:
        raise CatalogError(f"{path.name}: {'; '.join(transform_error(error))}") from error


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(date, _date)
    converter.register_structure_hook(str, _text)
    return converter


def _date(value: object, _: object) -> date:
    if type(value) is not date:
        raise TypeError("a date is written 2026-01-31")
    return value


def _text(value: object, _: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text, or an amount, is written in quotes")
    return value
