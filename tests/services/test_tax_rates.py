"""Rates from the kept package and the seller's own file; a rate that changes in the middle of a period (law 7)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from portal.shared.domain.effects import Effect
from portal.shared.domain.summary import LineKind, OrderSummary
from portal.shared.domain.taxes import TaxRate
from portal.shared.gateways.vat_rates import KeptRates, kept_rates
from portal.shared.records.catalog import TaxRateRow
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.services.catalog.loading import countries_of_rates, load_tax_rates
from portal.shared.services.invoices.recompute import recompute
from portal.shared.services.renewals import running
from portal.shared.services.taxes import rates as tax_rates
from tests.support.factories import SELLER, TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Customer, Shop, want

TOMORROW = TODAY + timedelta(days=1)
KEPT = KeptRates("rates 1", date(2026, 1, 1), {"PT": TaxRate("IVA", 240_000), "FI": TaxRate("ALV", 255_000)})


def take_over(shop: Shop, kept: KeptRates = KEPT, *overridden: str, day: date = TODAY) -> int:
    with shop.database.write() as session:
        changes = tax_rates.planned(session, kept, overridden, day, TODAY)
        tax_rates.add(session, changes, kept.source, TODAY)
        return len(changes)


def table(shop: Shop, country: str) -> list[tuple[date, int, str]]:
    return [(row.valid_from, row.millionths, row.source) for row in shop.rows(TaxRateRow, country=country)]


def test_a_new_rate_is_added_from_its_day_with_its_source_and_the_old_row_stays(shop: Shop) -> None:
    before = table(shop, "PT")
    assert take_over(shop) == 2
    assert table(shop, "PT") == [*before, (TODAY, 240_000, "rates 1")]
    assert table(shop, "FI") == [(date(2026, 1, 1), 255_000, "rates 1")]
    assert shop.rows(TaxRateRow, country="FI")[0].added_on == TODAY
    assert take_over(shop) == 0


def test_a_day_that_is_past_is_refused(shop: Shop) -> None:
    with pytest.raises(tax_rates.PastDayError):
        take_over(shop, day=TODAY - timedelta(days=1))
    assert len(table(shop, "PT")) == 1


def test_the_sellers_own_file_wins(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('rates = [{ country = "PT", name = "IVA", valid_from = 2026-03-01, percent = "22" }]')
    with shop.database.write() as session:
        [row] = load_tax_rates(session, file, added_on=TODAY)
        assert (row.source, row.added_on) == ("own.toml", TODAY)
        assert load_tax_rates(session, file) == []
    assert take_over(shop, KEPT, *countries_of_rates(file)) == 1
    assert [millionths for _, millionths, _ in table(shop, "PT")] == [230_000, 220_000]


def test_the_package_says_what_member_states_charge() -> None:
    kept = kept_rates()
    assert kept.source.startswith("eu-vat-rates-data 20")
    assert kept.day >= date(2026, 9, 1)
    assert {country: kept.rates[country].millionths for country in ("PT", "FI", "GR", "MC")} == {
        "PT": 230_000,
        "FI": 255_000,
        "GR": 240_000,
        "MC": 200_000,
    }


# --- law 7: a credit carries the rate of the charge it lowers, a new charge the rate of today ------------------------


def carried(summary: OrderSummary) -> list[tuple[LineKind, int]]:
    """The rate of each line; its tax is that rate of its amount."""
    for line in summary.lines:
        assert line.tax == line.amount.share(line.tax_rate.millionths, 1_000_000)
    return [(line.kind, line.tax_rate.millionths) for line in summary.lines]


def proved(shop: Shop, who: Customer) -> None:
    with shop.database.read() as session:
        for row in shop.rows(Invoice, account_id=who.id):
            assert recompute(session, row.name) == []


def test_a_period_that_begins_anew_gives_back_the_old_rate_and_charges_the_new_one(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, began=TODAY - timedelta(days=10))
    take_over(shop)
    summary = shop.look(who, want(subscription, shop.catalogue.plus, 7)).summary
    assert summary is not None
    assert carried(summary) == [(LineKind.CHARGE, 240_000), (LineKind.CREDIT, 230_000)]
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    kept = [(row.kind, row.tax_millionths) for row in shop.rows(InvoiceLine, account_id=who.id)]
    assert kept[1:] == carried(summary)
    proved(shop, who)


def test_a_renewal_charges_the_rate_of_its_day_and_gives_nothing_back(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who, began=date(2026, 2, 10))
    take_over(shop)
    done = list(running.renew_due(shop.database, SELLER, shop.clock.now()))
    assert len(done) == 1
    rates = [(row.kind, row.tax_millionths) for row in shop.rows(InvoiceLine, account_id=who.id)]
    assert rates == [(LineKind.CHARGE, 230_000), (LineKind.CHARGE, 240_000)]
    proved(shop, who)


@pytest.mark.parametrize(
    ("plan", "seats", "effect", "expected"),
    [
        pytest.param("standard", 8, Effect.COTERM, [(LineKind.CHARGE, 240_000)], id="added seats"),
        pytest.param(
            "plus",
            5,
            Effect.SWAP,
            [(LineKind.CHARGE, 240_000), (LineKind.CREDIT, 230_000)],
            id="another plan",
        ),
    ],
)
def test_a_contract_that_keeps_its_date_gives_back_the_old_rate_and_charges_the_new_one(
    shop: Shop, plan: str, seats: int, effect: Effect, expected: list[tuple[LineKind, int]]
) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=5, began=TODAY - timedelta(days=100))
    take_over(shop)
    number = desk.draft(item(subscription, getattr(shop.catalogue, plan), seats, keeps_date=True))
    summary = desk.priced(number).summary
    assert summary is not None
    assert [one.effect for one in summary.items] == [effect]
    assert carried(summary) == expected


def test_a_rate_planned_for_tomorrow_is_not_charged_today(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, began=TODAY - timedelta(days=10))
    take_over(shop, day=TOMORROW)
    summary = shop.look(who, want(subscription, shop.catalogue.plus, 7)).summary
    assert summary is not None
    assert carried(summary) == [(LineKind.CHARGE, 230_000), (LineKind.CREDIT, 230_000)]
