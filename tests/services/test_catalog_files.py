"""Applying a file of prices on both databases: once, in one piece, and without touching what was promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.demo.cast import CATALOG_FILE
from portal.shared.domain.calendar import Frequency
from portal.shared.records.catalog import Plan, Price, Product
from portal.shared.records.database import Database
from portal.shared.services.catalog.applying import Proposal, apply, proposal
from portal.shared.services.catalog.loading import load_catalog
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.running import renew_due
from tests.support.factories import NOW, SELLER, TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Shop, want

TOMORROW = TODAY + timedelta(days=1)

# What the shop of the tests sells, dearer from tomorrow on.
SHOP_FILE = f"""
valid_from = {TOMORROW}

[[products]]
code = "assist"
names = {{ en = "Assist" }}
trial_days = 14
  [[products.plans]]
  code = "standard"
  rank = 1
  min_seats = 1
  max_seats = 500
  names = {{ en = "Standard" }}
  summaries = {{ en = "The standard plan" }}
  monthly = {{ EUR = "25.00" }}
  annual = {{ EUR = "250.00" }}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "prices.toml"
    file.write_text(text, encoding="utf-8")
    return file


def applied(database: Database, file: Path, today: date = TODAY) -> Proposal:
    with database.write() as session:
        proposed = proposal(session, file, today)
        assert proposed.faults == ()
        apply(session, proposed)
        return proposed


def go_to(shop: Shop, day: date) -> None:
    shop.clock.advance(datetime(day.year, day.month, day.day, 6, tzinfo=UTC) - shop.clock.now())


def test_a_price_for_tomorrow_is_sold_tomorrow(shop: Shop, tmp_path: Path) -> None:
    applied(shop.database, written(tmp_path, SHOP_FILE))
    with shop.database.read() as session:
        for day, unit in ((TODAY, 2000), (TOMORROW, 2500)):
            price = (
                catalog(session, "EUR", day)
                .offers["assist"]
                .price(shop.catalogue.standard, Frequency.MONTHLY)
            )
            assert price is not None
            assert price.minor == unit


def test_applying_again_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    file = written(tmp_path, SHOP_FILE)
    assert len(applied(shop.database, file).differences) == 3  # the place of the product, and two prices
    statements: list[str] = []
    sa.event.listen(shop.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert applied(shop.database, file).differences == ()
    assert [one for one in statements if one.split()[0] in ("INSERT", "UPDATE", "DELETE")] == []


def test_a_contract_renews_at_its_price_and_a_monthly_subscription_at_the_list_price_of_the_day(
    shop: Shop, tmp_path: Path
) -> None:
    desk = QuoteDesk(shop)
    contract = desk.contract(seats=10, began=date(2025, 4, 1))
    monthly = shop.monthly(shop.customer())
    applied(shop.database, written(tmp_path, SHOP_FILE))
    assert shop.subscription(monthly).unit_minor == 2000  # the period that runs is not touched
    go_to(shop, date(2026, 4, 1))
    outcomes = list(renew_due(shop.database, SELLER, shop.clock.now()))
    assert [type(one) for one in outcomes] == [Renewed, Renewed]
    assert shop.subscription(contract).unit_minor == 20000
    assert shop.subscription(monthly).unit_minor == 2500


def test_an_open_quote_keeps_what_it_promised(shop: Shop, tmp_path: Path) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10, began=date(2026, 3, 1))
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    applied(shop.database, written(tmp_path, SHOP_FILE))
    shop.clock.advance(timedelta(days=2))
    assert isinstance(desk.accept(number), Accepted)
    assert shop.captured() == {"EUR": 39014 + 8973}  # 2 × 200.00 × 356 of 365 days, with 23 % tax


def test_who_read_the_old_price_yesterday_is_asked_again(shop: Shop, tmp_path: Path) -> None:
    who = shop.customer()
    subscription = shop.trial(who, ends=TODAY + timedelta(days=5))
    seen = shop.look(who, want(subscription, shop.catalogue.standard, 5))
    applied(shop.database, written(tmp_path, SHOP_FILE))
    shop.clock.advance(timedelta(days=1))
    assert not isinstance(shop.confirm(who, seen), Accepted)


def test_two_plans_change_ranks_with_each_other(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        load_catalog(session, CATALOG_FILE)
    text = CATALOG_FILE.read_text(encoding="utf-8")
    swapped = (
        text.replace("rank = 2", "rank = 9").replace("rank = 1", "rank = 2").replace("rank = 9", "rank = 1")
    )
    applied(database, written(tmp_path, swapped), TODAY)
    with database.read() as session:
        ranks = {
            plan.code: plan.rank
            for plan in session.scalars(sa.select(Plan).where(Plan.product == "gotoassist-remote-support-v5"))
        }
    assert ranks == {"basic": 2, "professional": 1, "advanced": 3}


def test_one_fault_keeps_everything_out(shop: Shop, tmp_path: Path) -> None:
    text = SHOP_FILE.replace("max_seats = 500", "max_seats = 400").replace('EUR = "250.00"', 'EUR = "3.00"')
    with shop.database.write() as session:
        proposed = proposal(session, written(tmp_path, text), TODAY)
        assert [one.place for one in proposed.faults] == ["products[1].plans[1].annual.EUR"]
        assert proposed.differences == ()
        with pytest.raises(ValueError, match="faults"):
            apply(session, proposed)
    with shop.database.read() as session:
        assert session.get_one(Plan, shop.catalogue.standard).max_seats == 500
        assert session.scalar(sa.select(sa.func.count()).where(Price.valid_from == TOMORROW)) == 0


def test_a_plan_that_people_pay_for_cannot_vanish(shop: Shop, tmp_path: Path) -> None:
    shop.monthly(shop.customer(), shop.catalogue.plus)
    with shop.database.read() as session:
        proposed = proposal(session, written(tmp_path, SHOP_FILE), TODAY, alone=False)
    assert [str(one) for one in proposed.faults] == [
        "products: assist plus is missing, and subscriptions run on it (1); it has to stay in the file"
    ]


def test_an_empty_catalogue_is_founded_by_a_file(database: Database) -> None:
    with database.write() as session:
        proposed = proposal(session, CATALOG_FILE, NOW.date())
        assert proposed.faults == ()
        apply(session, proposed)
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Product)) == 3
        assert proposal(session, CATALOG_FILE, NOW.date(), alone=False).differences == ()
