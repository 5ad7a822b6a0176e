"""Loading what is sold from the seller's files. Loading a file again changes nothing; prices are only added."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.taxes import MILLION
from portal.shared.records.catalog import TaxRateRow
from portal.shared.services.catalog.applying import apply, proposal
from portal.shared.services.catalog.files import CatalogError, RatesText, read_file

__all__ = ["CatalogError", "countries_of_rates", "load_catalog", "load_tax_rates"]


def load_catalog(session: Session, path: Path) -> None:
    """Bring products, plans and prices of a file into the catalogue; what it does not name stays.

    Raises:
        CatalogError: the file cannot be read, or has faults: a price is not exact in its currency or is worth less
            than a minor unit a day, a known price would be edited, a feature is of no plan or of one that is not there.
    """
    proposed = proposal(session, path)
    if proposed.faults:
        raise CatalogError("\n".join(str(one) for one in proposed.faults))
    apply(session, proposed)


def countries_of_rates(path: Path) -> frozenset[str]:
    """The countries whose rates a file decides.

    Raises:
        CatalogError: the file cannot be read.
    """
    return frozenset(rate.country for rate in read_file(path, RatesText).rates)


def load_tax_rates(session: Session, path: Path, *, added_on: date | None = None) -> list[TaxRateRow]:
    """Bring the dated tax rates of a file into the table and give what is new; what it does not name stays.

    Raises:
        CatalogError: the file cannot be read, a rate is no percentage, or a known rate would be edited.
    """
    known = {(row.country, row.valid_from): row for row in session.scalars(sa.select(TaxRateRow))}
    added = []
    for rate in read_file(path, RatesText).rates:
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


def _exact(text: str, decimals: int, where: str) -> int:
    """A decimal number as a whole number of its smallest parts."""
    try:
        scaled = Decimal(text).scaleb(decimals)
        if not text.isascii() or scaled != scaled.to_integral_value():
            raise CatalogError(f"{where}: {text} has more than {decimals} decimals")
        return int(scaled)
    except (InvalidOperation, OverflowError) as error:
        raise CatalogError(f"{where}: {text!r} is no number") from error
