"""What a source of tax rates would change: new rates from a day on, never the past."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.shared.domain.taxes import TaxRate


@dataclass(frozen=True, slots=True)
class DatedRate:
    """The standard rate of a country from a day on."""

    country: str
    valid_from: date
    rate: TaxRate


@dataclass(frozen=True, slots=True)
class RateChange:
    """A rate that would be added. `before` is the one it follows; none: the country was not known."""

    after: DatedRate
    before: TaxRate | None


def rate_changes(
    known: Iterable[DatedRate],
    offered: Mapping[str, TaxRate],
    overridden: Collection[str],
    day: date,
    seed_day: date,
) -> list[RateChange]:
    """The rates to add, by country, so that on the day everything offered holds.

    A country that is overridden is never touched. A new rate holds from the day, the first one of a country from
    `seed_day` where that is earlier. A rate that is planned for later stays planned, and nothing is offered over it. A
    country keeps the name that its tax was given first.
    """
    by_country: dict[str, list[DatedRate]] = {}
    for one in sorted(known, key=lambda row: row.valid_from):
        by_country.setdefault(one.country, []).append(one)
    found = []
    for country, rate in sorted(offered.items()):
        rows = by_country.get(country, [])
        if country in overridden or any(row.valid_from >= day for row in rows):
            continue
        if not rows:
            found.append(RateChange(DatedRate(country, min(day, seed_day), rate), None))
        elif rows[-1].rate.millionths != rate.millionths:
            before = rows[-1].rate
            after = DatedRate(country, day, TaxRate(before.name, rate.millionths))
            found.append(RateChange(after, before))
    return found
