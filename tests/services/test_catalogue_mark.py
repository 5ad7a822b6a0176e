"""The catalogue is read once, and again as soon as anybody changed it: no page shows a price of yesterday."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.calendar import Frequency
from portal.shared.records.database import Database
from portal.shared.services.catalog import reading
from tests.support.factories import TODAY
from tests.support.shop import Shop

CHANGES = {
    "a-price-is-corrected": "UPDATE prices SET unit_minor = unit_minor + 100",
    "a-price-is-added": (
        "INSERT INTO prices (plan_id, frequency, currency, valid_from, unit_minor) "
        "SELECT plan_id, frequency, currency, '2021-01-01', unit_minor + 100 FROM prices"
    ),
    "a-price-is-removed": "DELETE FROM prices",
    "a-plan-is-changed": "UPDATE plans SET max_seats = max_seats + 1",
    "a-product-is-changed": "UPDATE products SET trial_days = 3, position = 9 - position",
}


def seen(database: Database) -> reading.Catalog:
    with database.read() as session:
        return reading.catalog(session, "EUR", TODAY)


def price(shop: Shop, found: reading.Catalog) -> int | None:
    unit = found.offers["assist"].prices.get((shop.catalogue.standard, Frequency.MONTHLY))
    return unit.minor if unit else None


def test_a_catalogue_nobody_changed_is_not_read_again(shop: Shop) -> None:
    assert seen(shop.database) is seen(shop.database)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_anybody_changed_is_read_anew(shop: Shop, change: str) -> None:
    before = seen(shop.database)
    with shop.database.write() as session:
        session.execute(sa.text(change))
    assert seen(shop.database) is not before


def test_a_page_that_was_begun_before_a_change_keeps_what_it_saw_and_nobody_else_does(shop: Shop) -> None:
    with shop.database.read() as early:
        before = price(shop, reading.catalog(early, "EUR", TODAY))
        with shop.database.write() as session:
            session.execute(sa.text("UPDATE prices SET unit_minor = unit_minor + 100"))
        reading._lately.clear()  # as in a process that was just started
        assert price(shop, reading.catalog(early, "EUR", TODAY)) == before
        assert before is not None
        assert price(shop, seen(shop.database)) == before + 100


def test_a_change_that_was_taken_back_is_seen_by_nobody(shop: Shop) -> None:
    before = price(shop, seen(shop.database))
    assert before is not None

    def change(cents: int) -> int | None:
        session.execute(sa.text(f"UPDATE prices SET unit_minor = unit_minor + {cents}"))
        return price(shop, reading.catalog(session, "EUR", TODAY))

    with shop.database.write() as session:
        assert change(100) == before + 100
        session.rollback()
    assert price(shop, seen(shop.database)) == before
    with shop.database.write() as session:
        assert change(300) == before + 300
    assert price(shop, seen(shop.database)) == before + 300


def test_every_day_and_currency_has_its_own(shop: Shop) -> None:
    with shop.database.read() as session:
        euro, dollar = (reading.catalog(session, code, TODAY) for code in ("EUR", "USD"))
        long_ago = reading.catalog(session, "EUR", TODAY - timedelta(days=20_000))
    assert {unit.currency for unit in dollar.offers["assist"].prices.values()} == {"USD"}
    assert {unit.currency for unit in euro.offers["assist"].prices.values()} == {"EUR"}
    assert long_ago.offers["assist"].prices == {}
