"""What a file of the catalogue would change, told one thing at a time: what is about, where, from what, to what."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.catalog.shelf import (
    Difference,
    Kind,
    Priced,
    Shelf,
    ShelfPlan,
    ShelfProduct,
    differences,
    minor_units,
    what_follows,
)
from portal.shared.domain.catalog.texts import CatalogText, FeatureText, PlanText, ProductText

FOUNDED, LATER = date(2024, 1, 1), date(2026, 5, 1)
TEA = FeatureText({"en": "Tea", "pt_BR": "Chá"}, ("basic",), {"pro": {"en": "5 cups", "pt_BR": "5 xícaras"}})
BEER = FeatureText({"en": "Beer"}, ("pro",))
BASIC = PlanText(
    *("basic", 1, 1, 50),
    *({"en": "Basic", "pt_BR": "Básico"}, {"en": "Small"}),
    *({"EUR": "9.99", "JPY": "900"}, {"EUR": "99.90"}),
)
PRO = PlanText("pro", 2, 5, 80, {"en": "Pro"}, {"en": "Large"}, {"EUR": "19.99"}, {})
MEET = ProductText("meet", {"en": "Meet", "pt_BR": "Reunir"}, 14, (BASIC, PRO), (TEA, BEER))
FILES = ProductText("files", {"en": "Files"}, 0, (PRO,))
KNOWN = what_follows(Shelf({}, {}), CatalogText(FOUNDED, (MEET,)))


def told(*products: ProductText, known: Shelf = KNOWN) -> list[Difference]:
    return differences(known, what_follows(known, CatalogText(LATER, products)))


def test_a_file_stands_on_the_shelf_as_it_was_written() -> None:
    assert KNOWN.products == {
        "meet": ShelfProduct(
            1,
            {"en": "Meet", "pt_BR": "Reunir"},
            14,
            (
                {
                    "names": {"en": "Tea", "pt_BR": "Chá"},
                    "plans": {"basic": True, "pro": {"en": "5 cups", "pt_BR": "5 xícaras"}},
                },
                {"names": {"en": "Beer"}, "plans": {"pro": True}},
            ),
            {
                "basic": ShelfPlan(1, 1, 50, {"en": "Basic", "pt_BR": "Básico"}, {"en": "Small"}),
                "pro": ShelfPlan(2, 5, 80, {"en": "Pro"}, {"en": "Large"}),
            },
        )
    }
    assert KNOWN.prices == {
        Priced("meet", "basic", Frequency.MONTHLY, "EUR"): {FOUNDED: 999},
        Priced("meet", "basic", Frequency.MONTHLY, "JPY"): {FOUNDED: 900},
        Priced("meet", "basic", Frequency.ANNUAL, "EUR"): {FOUNDED: 9990},
        Priced("meet", "pro", Frequency.MONTHLY, "EUR"): {FOUNDED: 1999},
    }


def test_products_keep_the_order_of_the_file_counted_from_one() -> None:
    both = what_follows(KNOWN, CatalogText(LATER, (FILES, MEET)))
    assert {code: one.position for code, one in both.products.items()} == {"files": 1, "meet": 2}


def test_plans_that_the_file_leaves_out_stay() -> None:
    fewer = what_follows(KNOWN, CatalogText(LATER, (replace(MEET, plans=(PRO,)),)))
    assert fewer.products["meet"].plans == KNOWN.products["meet"].plans
    assert fewer.prices == KNOWN.prices


def test_of_a_new_product_everything_is_told_by_its_english_name() -> None:
    assert told(FILES, known=Shelf({}, {})) == [
        Difference(Kind.PRODUCT_ADDED, "files", after="Files"),
        Difference(Kind.PLAN_ADDED, "files", "pro", after="Pro"),
        Difference(Kind.PRICE_ADDED, "files", "pro", "monthly EUR", "", "19.99", LATER),
    ]


def test_what_has_no_english_name_is_told_without_one() -> None:
    nameless = replace(FILES, names={}, plans=(replace(PRO, names={}, monthly={}),))
    assert told(nameless, known=Shelf({}, {})) == [
        Difference(Kind.PRODUCT_ADDED, "files"),
        Difference(Kind.PLAN_ADDED, "files", "pro"),
    ]


def test_of_two_new_products_the_first_of_the_file_is_told_first_and_each_with_its_prices() -> None:
    found = told(replace(FILES, code="zoo"), FILES, known=Shelf({}, {}))
    assert [(one.kind, one.product) for one in found] == [
        (kind, product)
        for product in ("zoo", "files")
        for kind in (Kind.PRODUCT_ADDED, Kind.PLAN_ADDED, Kind.PRICE_ADDED)
    ]


def test_plans_are_told_by_their_rank() -> None:
    found = told(replace(FILES, plans=(PRO, replace(BASIC, code="zero"))), known=Shelf({}, {}))
    assert [one.plan for one in found if one.kind is Kind.PLAN_ADDED] == ["zero", "pro"]


P = Kind.PRODUCT_CHANGED
PRODUCT_CHANGES = {
    "a longer trial": (replace(MEET, trial_days=30), [("trial_days", "14", "30")]),
    "another name": (
        replace(MEET, names={"en": "Met", "de": "Treffen"}),
        [("names.de", "", "Treffen"), ("names.en", "Meet", "Met"), ("names.pt_BR", "Reunir", "")],
    ),
    "a feature less": (replace(MEET, features=(BEER,)), [("feature Tea", "there", "")]),
    "a feature more": (
        replace(MEET, features=(TEA, BEER, FeatureText({"en": "Jam"}, ("pro",)))),
        [("feature Jam", "", "there")],
    ),
    "another amount of a feature": (
        replace(MEET, features=(replace(TEA, amounts={"pro": {"en": "6 cups"}}), BEER)),
        [("feature Tea", "there", "there")],
    ),
    "one feature for another": (
        replace(MEET, features=(FeatureText({"en": "Jam"}), BEER)),
        [("feature Jam", "", "there"), ("feature Tea", "there", "")],
    ),
    "features in another order": (
        replace(MEET, features=(BEER, TEA)),
        [("order of features", "Tea, Beer", "Beer, Tea")],
    ),
    "features in another order and one of them changed": (
        replace(MEET, features=(replace(BEER, included=()), TEA)),
        [("feature Beer", "there", "there"), ("order of features", "Tea, Beer", "Beer, Tea")],
    ),
    "the same again": (MEET, []),
}


@pytest.mark.parametrize("case", PRODUCT_CHANGES)
def test_of_a_product_what_changes_is_told_from_what_to_what(case: str) -> None:
    product, figures = PRODUCT_CHANGES[case]
    assert told(product) == [Difference(P, "meet", "", *figure) for figure in figures]


def test_another_place_among_the_products_is_told() -> None:
    found = told(FILES, MEET)
    assert Difference(P, "meet", "", "position", "1", "2") in found


PLAN_CHANGES = {
    "rank": (replace(PRO, rank=3), [("rank", "2", "3")]),
    "fewest seats": (replace(PRO, min_seats=1), [("min_seats", "5", "1")]),
    "most seats": (replace(PRO, max_seats=81), [("max_seats", "80", "81")]),
    "name": (replace(PRO, names={"en": "Plus"}), [("names.en", "Pro", "Plus")]),
    "summary": (
        replace(PRO, summaries={"en": "Larger", "de": "Groß"}),
        [("summaries.de", "", "Groß"), ("summaries.en", "Large", "Larger")],
    ),
    "everything": (
        replace(PRO, rank=3, max_seats=9, names={"en": "Plus"}, summaries={}),
        [
            *(("rank", "2", "3"), ("max_seats", "80", "9")),
            *(("names.en", "Pro", "Plus"), ("summaries.en", "Large", "")),
        ],
    ),
}


@pytest.mark.parametrize("case", PLAN_CHANGES)
def test_of_a_plan_what_changes_is_told_from_what_to_what(case: str) -> None:
    plan, figures = PLAN_CHANGES[case]
    assert told(replace(MEET, plans=(BASIC, plan))) == [
        Difference(Kind.PLAN_CHANGED, "meet", "pro", *figure) for figure in figures
    ]


def test_a_price_is_told_in_its_own_currency_with_what_it_follows_and_what_follows_it() -> None:
    dearer = replace(MEET, plans=(replace(BASIC, monthly={"EUR": "10.99", "JPY": "1200"}),))
    planned = what_follows(KNOWN, CatalogText(date(2026, 12, 1), (dearer,)))
    between = replace(MEET, plans=(replace(BASIC, monthly={"EUR": "10.50", "JPY": "1100"}, annual={}), PRO))
    assert told(between, known=planned) == [
        Difference(
            *(Kind.PRICE_ADDED, "meet", "basic", "monthly EUR"),
            *("9.99", "10.50", LATER, date(2026, 12, 1)),
        ),
        Difference(
            *(Kind.PRICE_ADDED, "meet", "basic", "monthly JPY"),
            *("900", "1100", LATER, date(2026, 12, 1)),
        ),
    ]


def test_of_two_planned_prices_the_nearer_one_ends_it() -> None:
    known = KNOWN
    for day, amount in ((date(2026, 12, 1), "12.00"), (date(2027, 6, 1), "13.00")):
        known = what_follows(
            known, CatalogText(day, (replace(MEET, plans=(replace(PRO, monthly={"EUR": amount}),)),))
        )
    [found] = told(replace(MEET, plans=(replace(PRO, monthly={"EUR": "11.00"}),)), known=known)
    assert (found.valid_from, found.until) == (LATER, date(2026, 12, 1))


def test_before_its_first_day_nothing_has_a_price() -> None:
    key = Priced("meet", "pro", Frequency.MONTHLY, "EUR")
    assert KNOWN.price_on(key, date(2023, 12, 31)) is None
    assert KNOWN.price_on(key, FOUNDED) == 1999
    assert KNOWN.price_on(replace(key, currency="USD"), FOUNDED) is None


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("9.99", "EUR", 999),
        ("9.990", "EUR", 999),
        ("9.999", "EUR", None),
        ("9.999", "BHD", 9999),
        ("900", "JPY", 900),
        ("900.5", "JPY", None),
        ("-1", "EUR", -100),
        ("٩", "EUR", None),
        ("Infinity", "EUR", None),
        ("nine", "EUR", None),
    ],
)
def test_an_amount_is_read_to_the_last_decimal_of_its_currency(
    amount: str, currency: str, minor: int | None
) -> None:
    assert minor_units(amount, currency) == minor
