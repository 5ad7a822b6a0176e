"""Every remark about a file of the catalogue word for word: where it stands, and what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.shared.domain.catalog.checking import Circumstances, Remark, Running, faults, remarks
from portal.shared.domain.catalog.shelf import Shelf, what_follows
from portal.shared.domain.catalog.texts import CatalogText, FeatureText, PlanText, ProductText

FOUNDED, TODAY = date(2024, 1, 1), date(2026, 3, 18)
BASIC = PlanText(
    "basic", 1, 1, 50, {"en": "Basic"}, {"en": "Small"}, {"EUR": "9.99", "JPY": "900"}, {"EUR": "99.90"}
)
PRO = replace(BASIC, code="pro", rank=2, names={"en": "Pro"}, summaries={"en": "Large"})
TEA = FeatureText({"en": "Tea"}, ("basic", "pro"))
MEET = ProductText("meet", {"en": "Meet"}, 14, (BASIC, PRO), (TEA,))
EMPTY = Shelf({}, {})
GIVEN = Circumstances(EMPTY, {}, ("EUR", "JPY"), ("pt_BR", "en"), TODAY)


def a_file(*products: ProductText, day: date = TODAY) -> CatalogText:
    return CatalogText(day, products or (MEET,))


def with_basic(**told: Any) -> ProductText:
    return replace(MEET, plans=(replace(BASIC, **told), PRO))


def with_pro(**told: Any) -> ProductText:
    return replace(MEET, plans=(BASIC, replace(PRO, **told)))


def with_tea(**told: Any) -> ProductText:
    return replace(MEET, features=(replace(TEA, **told),))


WRONG: Mapping[str, tuple[ProductText, list[tuple[str, str]]]] = {
    "a product without a code": (
        replace(MEET, code=" "),
        [("products[1].code", "a product needs a code")],
    ),
    "a trial of less than nothing": (
        replace(MEET, trial_days=-1),
        [("products[1].trial_days", "a trial cannot be shorter than 0 days")],
    ),
    "no trial at all is right": (replace(MEET, trial_days=0), []),
    "no plan": (
        replace(MEET, plans=(), features=()),
        [("products[1].plans", "a product needs a plan")],
    ),
    "a plan without a code": (
        with_pro(code=""),
        [
            ("products[1].features[1]", "there is no plan pro"),
            ("products[1].plans[2].code", "a plan needs a code"),
        ],
    ),
    "fewer seats than one": (
        with_pro(min_seats=0),
        [("products[1].plans[2]", "from 0 to 50 seats is nothing")],
    ),
    "the most below the fewest": (
        with_pro(min_seats=9, max_seats=8),
        [("products[1].plans[2]", "from 9 to 8 seats is nothing")],
    ),
    "exactly so many seats are right": (with_pro(min_seats=9, max_seats=9), []),
    "one currency that nobody pays with, and a wrong price after it": (
        with_basic(monthly={"USD": "9.99", "EUR": "x", "JPY": "0.5"}),
        [
            ("products[1].plans[1].monthly.USD", "USD is no currency that is paid with today"),
            ("products[1].plans[1].monthly.EUR", "'x' is no number"),
            ("products[1].plans[1].monthly.JPY", "0.5 has more than 0 decimals, or is no amount"),
        ],
    ),
    "a price that is more than can be kept": (
        with_basic(monthly={"EUR": "10000000000.01"}),
        [("products[1].plans[1].monthly.EUR", "10000000000.01 EUR is more than can be kept")],
    ),
    "the highest price is right": (with_basic(monthly={"EUR": "10000000000.00"}), []),
    "a month too cheap": (
        with_basic(monthly={"EUR": "0.30"}),
        [
            (
                "products[1].plans[1].monthly.EUR",
                "0.30 EUR is too little: one day is worth less than one minor unit (at least 0.31)",
            )
        ],
    ),
    "the cheapest month is right": (with_basic(monthly={"EUR": "0.31"}), []),
    "a year too cheap": (
        with_basic(annual={"JPY": "365"}),
        [
            (
                "products[1].plans[1].annual.JPY",
                "365 JPY is too little: one day is worth less than one minor unit (at least 366)",
            )
        ],
    ),
    "the cheapest year is right": (with_basic(annual={"JPY": "366"}), []),
    "two plans of one rank": (
        with_pro(rank=1),
        [("products[1].plans[2].rank", "1 is the rank of basic already; tiers are told apart by it")],
    ),
    "one plan twice": (
        replace(MEET, plans=(BASIC, PRO, replace(PRO, rank=9))),
        [("products[1].plans[3].code", "the plan pro stands there twice")],
    ),
    "one feature twice": (
        replace(MEET, features=(TEA, replace(TEA, included=("pro",)))),
        [("products[1].features[2]", "the feature Tea stands there twice")],
    ),
    "two features without an English name are told as such and not as twice": (
        replace(MEET, features=(replace(TEA, names={}), replace(TEA, names={}))),
        [
            (
                f"products[1].features[{one}].names",
                "an English text is missing; other languages fall back to it",
            )
            for one in (1, 2)
        ],
    ),
    "a feature that no plan has": (
        with_tea(included=()),
        [("products[1].features[1]", "no plan has this feature")],
    ),
    "a plan of a feature twice, within the included": (
        with_tea(included=("pro", "pro")),
        [("products[1].features[1]", "pro is named twice")],
    ),
    "a plan of a feature twice, included and with an amount": (
        with_tea(included=("pro",), amounts={"pro": {"en": "5 cups"}}),
        [("products[1].features[1]", "pro is named twice")],
    ),
    "plans of a feature that there are not": (
        with_tea(included=("gold",), amounts={"iron": {"en": "5 cups"}}),
        [
            ("products[1].features[1]", "there is no plan gold"),
            ("products[1].features[1]", "there is no plan iron"),
        ],
    ),
    "no English anywhere": (
        replace(
            MEET,
            names={},
            plans=(replace(BASIC, names={"en": " "}, summaries={}), PRO),
            features=(replace(TEA, names={}, included=("pro",), amounts={"basic": {}}),),
        ),
        [
            (f"products[1].{place}", "an English text is missing; other languages fall back to it")
            for place in (
                *("names", "plans[1].names", "plans[1].summaries"),
                *("features[1].names", "features[1].amounts.basic"),
            )
        ],
    ),
    "a language that is not spoken": (
        replace(MEET, names={"en": "Meet", "tlh": ""}),
        [("products[1].names.tlh", "tlh is no language that is spoken here (pt_BR, en)")],
    ),
    "an empty text": (
        with_pro(summaries={"en": "Large", "pt_BR": " "}),
        [
            (
                "products[1].plans[2].summaries.pt_BR",
                "the text is empty; leave the language out where English is to stand",
            )
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_fault_says_where_and_what(case: str) -> None:
    product, wrong = WRONG[case]
    assert faults(a_file(product), GIVEN) == [Remark(*one) for one in wrong]


def test_a_product_twice_is_counted() -> None:
    other = replace(MEET, code="files")
    assert faults(a_file(MEET, other, MEET, MEET), GIVEN) == [
        Remark(f"products[{number}]", "the product meet stands there 3 times") for number in (1, 3, 4)
    ]


def test_without_currencies_and_languages_any_is_one() -> None:
    product = replace(with_basic(monthly={"USD": "9.99"}), names={"en": "Meet", "tlh": "qep"})
    assert faults(a_file(product), Circumstances(EMPTY, today=TODAY)) == []


def test_a_price_that_stands_is_not_edited_on_its_day_and_says_what_it_is() -> None:
    known = what_follows(EMPTY, a_file(day=FOUNDED))
    product = with_basic(monthly={"EUR": "10.99", "JPY": "950"})
    rest = "and a price is never edited; give the new one a later valid_from"
    assert faults(a_file(product, day=FOUNDED), replace(GIVEN, known=known)) == [
        Remark("products[1].plans[1].monthly.EUR", f"from 2024-01-01 it is 9.99, {rest}"),
        Remark("products[1].plans[1].monthly.JPY", f"from 2024-01-01 it is 900, {rest}"),
    ]


def test_the_past_is_not_edited_and_without_a_today_nothing_is_past() -> None:
    known = what_follows(EMPTY, a_file(day=FOUNDED))
    text = a_file(with_basic(annual={"EUR": "100.00"}), day=date(2026, 3, 17))
    said = "is past, and the past is never edited; a new price begins today at the earliest"
    assert faults(text, replace(GIVEN, known=known)) == [
        Remark("products[1].plans[1].annual.EUR", f"valid_from 2026-03-17 {said}")
    ]
    assert faults(text, replace(GIVEN, known=known, today=None)) == []


def test_a_rank_is_free_again_when_its_plan_takes_another() -> None:
    known = what_follows(EMPTY, a_file(day=FOUNDED))
    swapped = replace(MEET, plans=(replace(BASIC, rank=2), replace(PRO, rank=1)))
    assert faults(a_file(swapped), replace(GIVEN, known=known)) == []


def test_what_subscriptions_run_on_has_to_stay() -> None:
    running = {
        ("meet", "pro"): Running(3, 10),
        ("files", "basic"): Running(1, 1),
        ("meet", "basic"): Running(9, 9),
    }
    text = a_file(replace(MEET, plans=(BASIC,), features=()))
    rest = "it has to stay in the file"
    assert faults(text, replace(GIVEN, running=running)) == [
        Remark("products", f"files basic is missing, and subscriptions run on it (1); {rest}"),
        Remark("products", f"meet pro is missing, and subscriptions run on it (3); {rest}"),
    ]


@pytest.mark.parametrize(("seats", "noted"), [(1, True), (2, False), (7, False), (8, True)])
def test_seats_outside_of_the_new_bounds_are_kept_and_noted(seats: int, *, noted: bool) -> None:
    text = a_file(with_pro(min_seats=2, max_seats=7))
    given = replace(GIVEN, running={("meet", "pro"): Running(4, seats)})
    said = f"a subscription that runs has {seats} seats and keeps them"
    assert remarks(text, given) == ([Remark("products[1].plans[2].max_seats", said)] if noted else [])


def test_half_told_texts_are_noted_each_at_its_place_with_the_languages_that_lack() -> None:
    half = {"en": "One", "de": "Eins"}
    product = replace(
        MEET,
        names=half,
        plans=(
            replace(BASIC, names={"en": "Basic", "de": "Einfach", "pt_BR": "Básico"}, summaries=half),
            PRO,
        ),
        features=(TEA, FeatureText(half, (), {"pro": half, "basic": {"en": "5"}})),
    )
    given = replace(GIVEN, languages=("en", "de", "pt_BR", "fr"))
    lacks = "not told in pt_BR, fr; read in English there"
    assert remarks(a_file(MEET, product), given) == [
        Remark("products[2].names", lacks),
        Remark("products[2].plans[1].names", "not told in fr; read in English there"),
        Remark("products[2].plans[1].summaries", lacks),
        Remark("products[2].features[2].names", lacks),
        Remark("products[2].features[2].amounts.pro", lacks),
    ]


def test_a_text_in_every_language_is_whole() -> None:
    whole = replace(MEET, names={"en": "Meet", "pt_BR": "Reunir"})
    assert remarks(a_file(whole), GIVEN) == []


def test_a_plan_that_the_file_leaves_out_stays_on_sale_unless_it_has_to_stay_in_the_file() -> None:
    known = what_follows(EMPTY, a_file(MEET, replace(MEET, code="files"), day=FOUNDED))
    given = replace(GIVEN, known=known, running={("files", "pro"): Running(1, 1)})
    assert remarks(a_file(replace(MEET, plans=(PRO,))), given) == [
        Remark("products", "meet basic is not in the file and stays on sale"),
        Remark("products", "files basic is not in the file and stays on sale"),
    ]
