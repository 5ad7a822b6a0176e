"""The dated table of tax rates: kept up to date from a package, overridden by a file of the seller's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.rate_changes import DatedRate, RateChange, rate_changes
from portal.shared.domain.taxes import TaxRate
from portal.shared.gateways.vat_rates import KeptRates, kept_rates
from portal.shared.records.catalog import TaxRateRow

__all__ = ["KeptRates", "PastDayError", "add", "kept_rates", "planned"]


class PastDayError(ValueError):
    """A rate would hold from a day that is past."""


def planned(
    session: Session, kept: KeptRates, overridden: Collection[str], day: date, today: date
) -> list[RateChange]:
    """What taking over the kept rates from a day on would add; nothing, once it is done.

    Raises:
        PastDayError: the day is before today.
    """
    if day < today:
        raise PastDayError(day)
    known = [
        DatedRate(row.country, row.valid_from, TaxRate(row.name, row.millionths))
        for row in session.scalars(sa.select(TaxRateRow))
    ]
    return rate_changes(known, kept.rates, overridden, day, kept.day)


def add(session: Session, changes: Sequence[RateChange], source: str, today: date) -> None:
    """Add the rates with where they came from; every row that is there stays as it is."""
    session.add_all(
        TaxRateRow(
            country=one.after.country,
            valid_from=one.after.valid_from,
            name=one.after.rate.name,
            millionths=one.after.rate.millionths,
            source=source,
            added_on=today,
        )
        for one in changes
    )
    session.flush()
