"""Which rates a source adds: from a day on, never in the past, and nothing the second time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.rate_changes import DatedRate, rate_changes
from portal.shared.domain.taxes import TaxRate

DAY, SEED = date(2027, 1, 1), date(2026, 9, 29)
OLD, NEW = TaxRate("IVA", 230_000), TaxRate("TAX", 240_000)


def known(day: date, rate: TaxRate = OLD) -> DatedRate:
    return DatedRate("PT", day, rate)


@pytest.mark.parametrize(
    ("rows", "overridden", "expected"),
    [
        pytest.param(
            [known(date(2011, 1, 1))], [], [(DAY, 240_000, "IVA")], id="a new rate, in the old name"
        ),
        pytest.param([known(date(2011, 1, 1), NEW)], [], [], id="the same rate"),
        pytest.param([], [], [(SEED, 240_000, "TAX")], id="a country that was not known"),
        pytest.param([known(date(2011, 1, 1))], ["PT"], [], id="overridden"),
        pytest.param([], ["PT"], [], id="overridden before it was known"),
        pytest.param([known(date(2011, 1, 1)), known(date(2027, 4, 1), NEW)], [], [], id="planned for later"),
        pytest.param([known(date(2011, 1, 1)), known(DAY)], [], [], id="another one from that very day"),
    ],
)
def test_what_is_added(
    rows: list[DatedRate], overridden: list[str], expected: list[tuple[date, int, str]]
) -> None:
    found = rate_changes(rows, {"PT": NEW}, overridden, DAY, SEED)
    assert [
        (one.after.valid_from, one.after.rate.millionths, one.after.rate.name) for one in found
    ] == expected
    assert [one.before for one in found] == [rows[-1].rate if rows else None for _ in found]


rates = st.builds(TaxRate, st.just("VAT"), st.sampled_from([0, 190_000, 230_000, 255_000]))
days = st.integers(-900, 900).map(lambda days: DAY + timedelta(days=days))
countries = st.sampled_from(["PT", "DE", "FI", "GR"])
tables = st.lists(
    st.builds(DatedRate, countries, days, rates), unique_by=lambda row: (row.country, row.valid_from)
)


@given(tables, st.dictionaries(countries, rates), st.sets(countries))
def test_whatever_the_table_holds_it_is_done_once_and_the_past_stays(
    table: list[DatedRate], offered: dict[str, TaxRate], overridden: set[str]
) -> None:
    added = [one.after for one in rate_changes(table, offered, overridden, DAY, SEED)]
    assert rate_changes([*table, *added], offered, overridden, DAY, SEED) == []
    keys = [(row.country, row.valid_from) for row in [*table, *added]]
    assert len(keys) == len(set(keys))
    had = {row.country for row in table}
    assert all(row.valid_from >= DAY for row in added if row.country in had)
    assert not {row.country for row in added} & overridden


def test_a_country_that_is_left_alone_does_not_keep_the_next_one_from_its_rate() -> None:
    found = rate_changes([], {"DE": NEW, "PT": NEW}, ["DE"], DAY, SEED)
    assert [one.after.country for one in found] == ["PT"]
