"""The catalogue: products, their plans, dated prices, and dated tax rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.calendar import Frequency
from portal.shared.records.base import Base
from portal.shared.records.plain_rows import plain_rows
from portal.shared.records.signs import figure, figure_read

_CATALOGUE = 0x2D00_CA7A_1061  # one number for all who want to change it


class Product(Base):
    """Something that is sold. The names are the seller's data, a language each."""

    __tablename__ = "products"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]
    trial_days: Mapped[int]
    # What its plans have, in the seller's order: {"names": {language: text}, "plans": {code: True or {language: text}}}
    features: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class Plan(Base):
    """A version of a product. A higher rank is a higher tier."""

    __tablename__ = "plans"
    __table_args__ = (sa.UniqueConstraint("product", "code"), sa.UniqueConstraint("product", "rank"))

    id: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(sa.ForeignKey("products.code"))
    code: Mapped[str]
    rank: Mapped[int]
    min_seats: Mapped[int]
    max_seats: Mapped[int]
    names: Mapped[dict[str, Any]]
    summaries: Mapped[dict[str, Any]]


class Price(Base):
    """Money per seat and billing period, from a day on. Prices are added, never edited."""

    __tablename__ = "prices"
    __table_args__ = (
        sa.UniqueConstraint("plan_id", "frequency", "currency", "valid_from"),
        sa.CheckConstraint("unit_minor > 0", name="unit_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id"))
    frequency: Mapped[Frequency]
    currency: Mapped[str]
    valid_from: Mapped[date]
    unit_minor: Mapped[int]


class TaxRateRow(Base):
    """The standard tax rate of a country, from a day on, in millionths."""

    __tablename__ = "tax_rates"
    __table_args__ = (sa.UniqueConstraint("country", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]
    valid_from: Mapped[date]
    name: Mapped[str]
    millionths: Mapped[int]
    # Where it was taken from, and on which day.
    source: Mapped[str] = mapped_column(default="")
    added_on: Mapped[date | None] = mapped_column(default=None)


class CatalogueMark(Base):
    """One row with a word that is new after every change of products, plans or prices.

    The database itself changes it (migration 0018), in the transaction of the change and whoever made it. The word is
    drawn by lot, so that one that was rolled back, or stands in a restored database, is never met again.
    """

    __tablename__ = "catalogue_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]


_MARK = sa.select(CatalogueMark.mark)
_MARK_FIGURE = figure("catalogue mark", _MARK.scalar_subquery())
_PRODUCTS = sa.select(Product).order_by(Product.position)
_PLANS = sa.select(Plan).order_by(Plan.product, Plan.rank)


def mark(session: Session) -> str | None:
    """By which word does one know the products, plans and prices as they are now?"""
    read: str | None = figure_read(session, _MARK_FIGURE)
    if read is not None:
        return read
    found = plain_rows(session, _MARK)
    return found[0].mark if found else None


def products(session: Session) -> Sequence[Product]:
    """What is sold, in the seller's order?"""
    return session.scalars(_PRODUCTS).all()


def plans(session: Session) -> Sequence[Plan]:
    """Which plans exist, from the lowest rank to the highest?"""
    return session.scalars(_PLANS).all()


def every_price(session: Session) -> Sequence[Price]:
    """Which prices hold, held or will hold?"""
    return session.scalars(sa.select(Price).order_by(Price.plan_id, Price.valid_from)).all()


def take_turns(session: Session) -> None:
    """Let only one transaction at a time change the catalogue (SQLite does so by itself)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_CATALOGUE)))


_newest = (
    sa.select(Price.plan_id, Price.frequency, sa.func.max(Price.valid_from).label("valid_from"))
    .where(Price.currency == sa.bindparam("currency"), Price.valid_from <= sa.bindparam("day"))
    .group_by(Price.plan_id, Price.frequency)
    .subquery()
)
_PRICES = (
    sa.select(Price)
    .join(
        _newest,
        sa.and_(
            Price.plan_id == _newest.c.plan_id,
            Price.frequency == _newest.c.frequency,
            Price.valid_from == _newest.c.valid_from,
        ),
    )
    .where(Price.currency == sa.bindparam("currency"))
)
_RATE = (
    sa.select(TaxRateRow.name, TaxRateRow.millionths)
    .where(TaxRateRow.country == sa.bindparam("country"), TaxRateRow.valid_from <= sa.bindparam("day"))
    .order_by(TaxRateRow.valid_from.desc())
    .limit(1)
)


def prices_on(session: Session, currency: str, day: date) -> Sequence[Price]:
    """Which price holds on a day, for each plan and billing frequency, in a currency?"""
    return session.scalars(_PRICES, {"currency": currency, "day": day}).all()


def price_days(session: Session, currency: str) -> Sequence[date]:
    """On which days does a price in a currency begin?"""
    question = sa.select(Price.valid_from).where(Price.currency == currency).distinct()
    return session.scalars(question.order_by(Price.valid_from)).all()


def prices_after(
    session: Session, plan_id: int, frequency: Frequency, currency: str, day: date
) -> Sequence[date]:
    """From which days after this one will a plan have another price, if it is announced?"""
    question = sa.select(Price.valid_from).where(
        Price.plan_id == plan_id,
        Price.frequency == frequency,
        Price.currency == currency,
        Price.valid_from > day,
    )
    return session.scalars(question.order_by(Price.valid_from)).all()


def tax_rate_on(session: Session, country: str, day: date) -> tuple[str, int] | None:
    """Which standard rate does a country have on a day: its name, and millionths?"""
    found = plain_rows(session, _RATE, {"country": country, "day": day})
    return (found[0].name, found[0].millionths) if found else None


def tax_rates(session: Session) -> Sequence[TaxRateRow]:
    """Which standard rates did countries ever have, each country's in the order of their days?"""
    return session.scalars(sa.select(TaxRateRow).order_by(TaxRateRow.country, TaxRateRow.valid_from)).all()
