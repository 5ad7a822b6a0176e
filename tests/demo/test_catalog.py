"""What the demo sells is whole, exact and loadable again and again; what is wrong in a file is said."""

from __future__ import annotations

import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.demo.cast import CATALOG_FILE, TAX_RATES_FILE
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.taxes import EU_COUNTRIES
from portal.shared.records.catalog import Plan, Price, Product, TaxRateRow, prices_on, tax_rate_on
from portal.shared.records.database import Database
from portal.shared.services.catalog.loading import CatalogError, load_catalog, load_tax_rates
from portal.shared.services.catalog.reading import catalog
from portal.shared.web.entrance import languages

CURRENCIES = ["BRL", "EUR", "GBP", "USD", "JPY"]
LANGUAGES = set(languages.LANGUAGES)
REMOTE_SUPPORT = "gotoassist-remote-support-v5"
TODAY = date(2026, 3, 18)


@pytest.fixture
def loaded(database: Database) -> Database:
    with database.write() as session:
        load_catalog(session, CATALOG_FILE)
        load_tax_rates(session, TAX_RATES_FILE)
    return database


def count(session: Session, table: type) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_remote_support_has_three_ranked_plans_of_up_to_500_seats(loaded: Database) -> None:
    with loaded.read() as session:
        plans = session.scalars(
            sa.select(Plan).where(Plan.product == REMOTE_SUPPORT).order_by(Plan.rank)
        ).all()
    assert [plan.code for plan in plans] == ["basic", "professional", "advanced"]
    assert [plan.rank for plan in plans] == [1, 2, 3]
    assert {plan.max_seats for plan in plans} == {500}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_plan_has_both_prices_in_every_currency(loaded: Database, currency: str) -> None:
    with loaded.read() as session:
        offers = catalog(session, currency, TODAY).offers
    assert len(offers) == 3
    for offer in offers.values():
        for plan in offer.plans:
            monthly, annual = (offer.price(plan.id, frequency) for frequency in Frequency)
            assert monthly is not None
            assert annual is not None
            assert annual.minor == pytest.approx(monthly.minor * 12 * 0.85, rel=0.01)


def test_a_dearer_rank_costs_more(loaded: Database) -> None:
    with loaded.read() as session:
        ranks = {plan.id: (plan.product, plan.rank) for plan in session.scalars(sa.select(Plan))}
        for currency in CURRENCIES:
            prices = prices_on(session, currency, TODAY)
            for frequency in Frequency:
                ladder = sorted(
                    (*ranks[price.plan_id], price.unit_minor)
                    for price in prices
                    if price.frequency == frequency
                )
                for below, above in pairwise(ladder):
                    assert below[0] != above[0] or below[2] < above[2]


def test_plans_have_names_and_summaries_in_every_language(loaded: Database) -> None:
    with loaded.read() as session:
        for plan in session.scalars(sa.select(Plan)):
            assert set(plan.names) == LANGUAGES
            assert set(plan.summaries) == LANGUAGES
        names = catalog(session, "BRL", TODAY).names
        assert names.product(REMOTE_SUPPORT, "pt_BR") == "GoToAssist Remote Support v5"


def test_features_have_names_and_amounts_in_every_language(loaded: Database) -> None:
    with loaded.read() as session:
        for product in session.scalars(sa.select(Product)):
            assert len(product.features) >= 6
            for feature in product.features:
                assert set(feature["names"]) == LANGUAGES
                for told in feature["plans"].values():
                    assert told is True or set(told) in (LANGUAGES, {"en"}), told


def test_a_higher_plan_has_all_the_features_of_a_lower_one(loaded: Database) -> None:
    with loaded.read() as session:
        found = catalog(session, "EUR", TODAY)
    for offer in found.offers.values():
        ids = [plan.id for plan in offer.plans]
        rows = found.names.compared(offer.product, ids, "en")
        for name, cells in rows:
            had = [bool(one) for one in cells]
            assert had == sorted(had), name


def test_features_are_told_in_the_readers_language_or_in_english(loaded: Database) -> None:
    with loaded.read() as session:
        found = catalog(session, "BRL", TODAY)
    ids = [plan.id for plan in found.offers[REMOTE_SUPPORT].plans]
    rows = dict(found.names.compared(REMOTE_SUPPORT, ids, "pt_BR"))
    assert rows["Sessões ao mesmo tempo"] == ["1", "8", "Sem limite"]
    assert rows["Gravar sessões"] == [False, False, True]


def test_loading_again_takes_the_features_that_the_file_has_now(loaded: Database, tmp_path: Path) -> None:
    text = CATALOG_FILE.read_text(encoding="utf-8").replace("Record sessions", "Keep recordings")
    with loaded.write() as session:
        load_catalog(session, written(tmp_path, text))
    with loaded.read() as session:
        product = session.get_one(Product, REMOTE_SUPPORT)
        names = [feature["names"]["en"] for feature in product.features]
    assert "Keep recordings" in names
    assert "Record sessions" not in names


def test_every_country_that_tax_can_be_due_in_has_a_rate(loaded: Database) -> None:
    with loaded.read() as session:
        for country in EU_COUNTRIES | {"GB", "BR", "JP"}:
            assert tax_rate_on(session, country, TODAY) is not None, country


@pytest.mark.parametrize(
    ("country", "day", "millionths"),
    [
        ("PT", TODAY, 230_000),
        ("EE", date(2025, 6, 30), 220_000),
        ("EE", date(2025, 7, 1), 240_000),
        ("FI", TODAY, 255_000),
        ("RO", date(2025, 8, 1), 210_000),
        ("GB", TODAY, 200_000),
        ("BR", TODAY, 50_000),
        ("JP", TODAY, 100_000),
    ],
)
def test_a_rate_is_that_of_its_day(loaded: Database, country: str, day: date, millionths: int) -> None:
    with loaded.read() as session:
        rate = tax_rate_on(session, country, day)
        assert rate is not None
        assert rate[1] == millionths


def test_loading_again_changes_nothing(loaded: Database) -> None:
    tables = (Product, Plan, Price, TaxRateRow)
    with loaded.read() as session:
        before = [count(session, table) for table in tables]
    with loaded.write() as session:
        load_catalog(session, CATALOG_FILE)
        load_tax_rates(session, TAX_RATES_FILE)
    with loaded.read() as session:
        assert [count(session, table) for table in tables] == before


def test_a_new_price_is_added_beside_the_old_one(loaded: Database, tmp_path: Path) -> None:
    text = (
        CATALOG_FILE.read_text(encoding="utf-8")
        .replace("2024-01-01", "2026-04-01")
        .replace('"119.00"', '"129.00"')
    )
    with loaded.write() as session:
        load_catalog(session, written(tmp_path, text))
    with loaded.read() as session:
        for day, unit in ((date(2026, 3, 31), 11_900), (date(2026, 4, 1), 12_900)):
            offer = catalog(session, "BRL", day).offers[REMOTE_SUPPORT]
            price = offer.price(offer.plans[0].id, Frequency.MONTHLY)
            assert price is not None
            assert price.minor == unit


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('BRL = "119.00"', 'BRL = "119.005"', "more than 2 decimals"),
        ('JPY = "3500"', 'JPY = "3500.5"', "more than 0 decimals"),
        ('BRL = "119.00"', 'BRL = "much"', "no number"),
        ('BRL = "119.00"', "BRL = 119.0", "catalog.toml"),
        ('JPY = "3500"', 'JPY = "30"', "less than one minor unit"),
        ('JPY = "35700"', 'JPY = "365"', "less than one minor unit"),
        ("max_seats = 500", "max_seats = 0", "is nothing"),
        ('en = "Basic"', 'en = ""', "English"),
        ("trial_days = 14", "trail_days = 14", "trail_days"),
        ('included = ["advanced"]', 'included = ["golden"]', "no plan golden"),
        ('included = ["advanced"]', "included = []", "no plan has this feature"),
        ('included = ["advanced"]', 'included = ["advanced", "advanced"]', "named twice"),
        ('en = "Record sessions"', 'en = "Phones and tablets"', "stands there twice"),
        ('en = "Record sessions"', 'en = ""', "English"),
        ('en = "50 per seat"', 'en = ""', "English"),
        ("[[products]]", "[[products", "catalog.toml"),
    ],
    ids=[
        "a-price-finer-than-its-currency",
        "half-a-yen",
        "no-price",
        "a-float",
        "a-day-of-a-month-for-nothing",
        "a-day-of-a-year-for-nothing",
        "no-seats",
        "no-english-name",
        "a-misspelt-key",
        "a-feature-of-an-unknown-plan",
        "a-feature-of-no-plan",
        "a-plan-twice",
        "a-feature-twice",
        "a-feature-without-english-name",
        "an-amount-without-english",
        "no-toml",
    ],
)
def test_a_file_that_cannot_be_right_is_refused_in_words(
    sqlite_database: Database, tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = CATALOG_FILE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(CatalogError, match=words), sqlite_database.write() as session:
        load_catalog(session, written(tmp_path, text.replace(old, new, 1)))


def test_a_known_price_is_never_edited(loaded: Database, tmp_path: Path) -> None:
    text = CATALOG_FILE.read_text(encoding="utf-8").replace('"119.00"', '"129.00"')
    with pytest.raises(CatalogError, match="never edited"), loaded.write() as session:
        load_catalog(session, written(tmp_path, text))


@pytest.mark.parametrize("percent", ["101", "-1", "23.00001", "x"])
def test_a_rate_that_is_no_percentage_is_refused(
    sqlite_database: Database, tmp_path: Path, percent: str
) -> None:
    file = tmp_path / "tax_rates.toml"
    file.write_text(
        f'rates = [{{ country = "PT", name = "IVA", valid_from = 2011-01-01, percent = "{percent}" }}]'
    )
    with pytest.raises(CatalogError, match="PT"), sqlite_database.write() as session:
        load_tax_rates(session, file)


def test_the_rates_name_their_source() -> None:
    text = TAX_RATES_FILE.read_text(encoding="utf-8")
    assert "eu-vat-rates-data" in text
    rates: list[dict[str, Any]] = tomllib.loads(text)["rates"]
    assert len({(rate["country"], rate["valid_from"]) for rate in rates}) == len(rates)


def written(folder: Path, text: str) -> Path:
    file = folder / "catalog.toml"
    file.write_text(text, encoding="utf-8")
    return file
