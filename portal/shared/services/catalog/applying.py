"""Applying a file of the catalogue: checked as a whole, shown as differences, written in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.core import get_global
from babel.numbers import get_territory_currencies
from sqlalchemy.orm import Session

from portal.shared.domain.catalog.checking import Circumstances, Remark, Running, faults, remarks
from portal.shared.domain.catalog.shelf import (
    Difference,
    Priced,
    Shelf,
    ShelfPlan,
    ShelfProduct,
    differences,
    what_follows,
)
from portal.shared.domain.catalog.texts import CatalogText
from portal.shared.records import catalog as records
from portal.shared.records.subscriptions import running_on_plans
from portal.shared.services.catalog.files import read_file


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a file would do. With faults there is nothing to apply."""

    known: Shelf
    wanted: Shelf
    faults: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    differences: tuple[Difference, ...]


def proposal(
    session: Session,
    path: Path,
    today: date | None = None,
    languages: Collection[str] = (),
    *,
    alone: bool = True,
) -> Proposal:
    """Hold a file against what is sold; without `today` prices of a catalogue that is founded may begin in the past.

    `alone` keeps others from changing the catalogue until the end of the transaction, for who means to apply it.

    Raises:
        CatalogError: it cannot be read, is not TOML, or holds too little, too much or the wrong kind of values.
    """
    text = read_file(path, CatalogText)
    if alone:
        records.take_turns(session)
    known = shelf(session)
    running = {
        (product, plan): Running(number, most) for product, plan, number, most in running_on_plans(session)
    }
    given = Circumstances(known, running, currencies_in_use(today or text.valid_from), languages, today)
    wrong = faults(text, given)
    wanted = known if wrong else what_follows(known, text)
    return Proposal(
        known, wanted, tuple(wrong), tuple(remarks(text, given)), tuple(differences(known, wanted))
    )


def apply(session: Session, proposed: Proposal) -> None:
    """Write what a proposal of this transaction differs in; without a difference nothing is written.

    Raises:
        ValueError: the proposal has faults.
    """
    if proposed.faults:
        raise ValueError("a file with faults is not applied")
    touched = {one.product for one in proposed.differences}
    for code in sorted(touched):
        _product(session, code, proposed.wanted.products[code])
        _plans(session, code, proposed.wanted.products[code])
    ids = {(row.product, row.code): row.id for row in records.plans(session)}
    for key, dated in proposed.wanted.prices.items():
        for day in sorted(dated.keys() - proposed.known.prices.get(key, {}).keys()):
            session.add(
                records.Price(
                    plan_id=ids[key.product, key.plan],
                    frequency=key.frequency,
                    currency=key.currency,
                    valid_from=day,
                    unit_minor=dated[day],
                )
            )
    session.flush()


def shelf(session: Session) -> Shelf:
    """Everything that is in the catalogue."""
    plans, names = records.plans(session), {}
    for row in plans:
        names[row.id] = (row.product, row.code)
    prices: dict[Priced, dict[date, int]] = {}
    for price in records.every_price(session):
        key = Priced(*names[price.plan_id], price.frequency, price.currency)
        prices.setdefault(key, {})[price.valid_from] = price.unit_minor
    products = {
        row.code: ShelfProduct(
            row.position,
            row.names,
            row.trial_days,
            tuple(row.features),
            {
                plan.code: ShelfPlan(plan.rank, plan.min_seats, plan.max_seats, plan.names, plan.summaries)
                for plan in plans
                if plan.product == row.code
            },
        )
        for row in records.products(session)
    }
    return Shelf(products, prices)


def currencies_in_use(day: date) -> frozenset[str]:
    """The currencies that are legal tender somewhere on a day (CLDR)."""
    territories = get_global("territory_currencies")
    return frozenset(one for place in territories for one in get_territory_currencies(place, day, day))


def _product(session: Session, code: str, wanted: ShelfProduct) -> None:
    row = session.get(records.Product, code)
    if row is None:
        row = records.Product(code=code)
        session.add(row)
    row.position, row.names, row.trial_days = wanted.position, dict(wanted.names), wanted.trial_days
    row.features = [dict(one) for one in wanted.features]
    session.flush()


def _plans(session: Session, product: str, wanted: ShelfProduct) -> None:
    rows = {row.code: row for row in records.plans(session) if row.product == product}
    # Two plans may change ranks with each other, and a rank is one plan's at every moment.
    moving = [row for code, row in rows.items() if row.rank != wanted.plans[code].rank]
    for row in moving:
        row.rank = -row.id
    session.flush()
    for code, plan in wanted.plans.items():
        row = rows.get(code) or records.Plan(product=product, code=code)
        row.rank, row.min_seats, row.max_seats = plan.rank, plan.min_seats, plan.max_seats
        row.names, row.summaries = dict(plan.names), dict(plan.summaries)
        session.add(row)
    session.flush()
