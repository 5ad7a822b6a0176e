"""A file of the catalogue: every fault by its place, and laws of what follows from a file without any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.catalog.checking import Circumstances, Running, faults, remarks
from portal.shared.domain.catalog.shelf import (
    Kind,
    Priced,
    Shelf,
    decimal_of,
    differences,
    minor_units,
    what_follows,
)
from portal.shared.domain.catalog.texts import CatalogText, FeatureText, PlanText, ProductText

TODAY = date(2026, 3, 18)
LANGUAGES = ("pt_BR", "en")
CURRENCIES = ("EUR", "JPY", "BHD")
EMPTY = Shelf({}, {})
BASIC = Priced("meet", "basic", Frequency.MONTHLY, "EUR")


def a_plan(code: str = "basic", rank: int = 1, **told: Any) -> PlanText:
    plan = PlanText(
        code, rank, 1, 50, {"en": code}, {"en": f"The {code} plan"}, {"EUR": "9.99"}, {"EUR": "99.90"}
    )
    return replace(plan, **told)


def a_file(*plans: PlanText, day: date = date(2024, 1, 1), **told: Any) -> CatalogText:
    product = ProductText("meet", {"en": "Meet"}, 14, plans or (a_plan(),))
    return CatalogText(day, (replace(product, **told),))


def founded(text: CatalogText | None = None) -> Shelf:
    return what_follows(EMPTY, text or a_file())


def places(
    text: CatalogText, known: Shelf = EMPTY, running: Mapping[tuple[str, str], Running] | None = None
) -> dict[str, str]:
    given_ = Circumstances(known, running or {}, CURRENCIES, LANGUAGES, TODAY)
    return {one.place: one.what for one in faults(text, given_)}


FAULTS = {
    "a-currency-nobody-pays-with": (
        a_file(a_plan(monthly={"EUX": "9.99"})),
        "products[1].plans[1].monthly.EUX",
    ),
    "a-price-finer-than-its-currency": (
        a_file(a_plan(monthly={"JPY": "3500.5"})),
        "products[1].plans[1].monthly.JPY",
    ),
    "three-decimals-are-right-for-dinars-four-are-not": (
        a_file(a_plan(monthly={"BHD": "9.9999"})),
        "products[1].plans[1].monthly.BHD",
    ),
    "a-day-for-nothing": (a_file(a_plan(annual={"EUR": "3.65"})), "products[1].plans[1].annual.EUR"),
    "below-nothing": (a_file(a_plan(monthly={"EUR": "-9.99"})), "products[1].plans[1].monthly.EUR"),
    "not-a-number": (a_file(a_plan(monthly={"EUR": "NaN"})), "products[1].plans[1].monthly.EUR"),
    "more-than-can-be-kept": (
        a_file(a_plan(monthly={"EUR": "1e999999"})),
        "products[1].plans[1].monthly.EUR",
    ),
    "no-english": (a_file(a_plan(names={"pt_BR": "Básico"})), "products[1].plans[1].names"),
    "an-unknown-language": (a_file(names={"en": "Meet", "pt-BR": "Meet"}), "products[1].names.pt-BR"),
    "an-empty-text": (a_file(names={"en": "Meet", "pt_BR": " "}), "products[1].names.pt_BR"),
    "two-plans-of-one-rank": (a_file(a_plan(), a_plan("pro", 1)), "products[1].plans[2].rank"),
    "one-plan-twice": (a_file(a_plan(), a_plan(rank=2)), "products[1].plans[2].code"),
    "seats-that-cannot-be": (a_file(a_plan(min_seats=9, max_seats=8)), "products[1].plans[1]"),
    "no-plan": (a_file(plans=()), "products[1].plans"),
    "a-trial-before-it-begins": (a_file(trial_days=-1), "products[1].trial_days"),
    "a-feature-of-nobody": (a_file(features=(FeatureText({"en": "Tea"}),)), "products[1].features[1]"),
    "a-feature-of-a-stranger": (
        a_file(features=(FeatureText({"en": "Tea"}, ("gold",)),)),
        "products[1].features[1]",
    ),
}


@pytest.mark.parametrize(("text", "place"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_by_its_place(text: CatalogText, place: str) -> None:
    assert list(places(text)) == [place]


def test_every_fault_is_told_at_once() -> None:
    text = a_file(a_plan(names={}, monthly={"EUX": "1", "JPY": "0.5"}), a_plan("pro", 1))
    assert len(places(text)) == 4


def test_a_file_that_is_right_has_no_fault() -> None:
    assert places(a_file()) == {}
    assert places(a_file(), founded()) == {}


def test_a_product_twice_is_a_fault_at_both_places() -> None:
    text = a_file()
    twice = replace(text, products=text.products * 2)
    assert [place for place, what in places(twice).items() if "2 times" in what] == [
        "products[1]",
        "products[2]",
    ]


def test_a_rank_that_a_plan_outside_the_file_has_is_taken() -> None:
    known = founded(a_file(a_plan(), a_plan("pro", 2)))
    assert places(a_file(a_plan(), a_plan("gold", 2)), known) == {
        "products[1].plans[2].rank": "2 is the rank of pro already; tiers are told apart by it"
    }


def test_what_vanishes_while_subscriptions_run_is_a_fault_and_a_remark_where_none_do() -> None:
    known = founded(a_file(a_plan(), a_plan("pro", 2)))
    running = {("meet", "pro"): Running(3, 10)}
    assert "subscriptions run on it (3)" in places(a_file(), known, running)["products"]
    assert places(a_file(), known) == {}
    noted = remarks(a_file(), Circumstances(known, languages=LANGUAGES))
    assert [str(one) for one in noted] == ["products: meet pro is not in the file and stays on sale"]


def test_a_half_told_text_and_seats_beyond_the_new_bound_are_remarks() -> None:
    text = a_file(a_plan(max_seats=5, summaries={"en": "Small"}), names={"en": "Meet"})
    told = Circumstances(
        founded(), {("meet", "basic"): Running(1, 10)}, CURRENCIES, ("en", "pt_BR", "de"), TODAY
    )
    assert [one.place for one in remarks(text, told)] == ["products[1].plans[1].max_seats"]
    half = a_file(names={"en": "Meet", "de": "Treffen"})
    assert "pt_BR" in remarks(half, replace(told, running={}))[0].what


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2024, 1, 1), "never edited"),
        (TODAY - timedelta(days=1), "the past is never edited"),
        (TODAY, ""),
        (TODAY + timedelta(days=1), ""),
    ],
    ids=["on-a-known-day", "yesterday", "today", "tomorrow"],
)
def test_a_price_changes_today_at_the_earliest(day: date, words: str) -> None:
    text = a_file(a_plan(monthly={"EUR": "10.99"}), day=day)
    found = places(text, founded())
    assert list(found) == (["products[1].plans[1].monthly.EUR"] if words else [])
    assert words in " ".join(found.values())


def test_the_first_price_of_something_may_have_begun_in_the_past() -> None:
    assert places(a_file(a_plan(monthly={"EUR": "9.99", "JPY": "900"})), founded()) == {}


def test_a_price_for_tomorrow_leaves_today_alone() -> None:
    tomorrow = TODAY + timedelta(days=1)
    known = founded()
    wanted = what_follows(known, a_file(a_plan(monthly={"EUR": "10.99"}), day=tomorrow))
    assert wanted.price_on(BASIC, TODAY) == 999
    assert wanted.price_on(BASIC, tomorrow) == 1099
    [only] = differences(known, wanted)
    assert (only.kind, only.figure, only.before, only.after) == (
        Kind.PRICE_ADDED,
        "monthly EUR",
        "9.99",
        "10.99",
    )
    assert (only.valid_from, only.until) == (tomorrow, None)


def test_a_price_before_a_planned_one_says_until_when() -> None:
    planned = what_follows(founded(), a_file(a_plan(monthly={"EUR": "12.00"}), day=date(2026, 12, 1)))
    between = what_follows(planned, a_file(a_plan(monthly={"EUR": "11.00"}), day=date(2026, 6, 1)))
    [only] = differences(planned, between)
    assert only.until == date(2026, 12, 1)
    assert between.price_on(BASIC, date(2026, 12, 1)) == 1200


# --- laws -------------------------------------------------------------------------------------------------------------

amounts = st.dictionaries(
    st.sampled_from(["EUR", "JPY"]), st.integers(366, 10**6).map(str), min_size=0, max_size=2
)
days = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@st.composite
def files(draw: st.DrawFn) -> CatalogText:
    plans = tuple(
        a_plan(code, rank, monthly=draw(amounts), annual=draw(amounts))
        for rank, code in enumerate(draw(st.permutations(["basic", "pro"])), start=1)
    )
    return a_file(*plans, day=draw(days))


histories = st.lists(files(), max_size=4)


def lived_through(history: list[CatalogText]) -> Shelf:
    """The shelf after the files that may be applied; the rest was refused."""
    shelf = EMPTY
    for text in history:
        if not faults(text, Circumstances(shelf, today=text.valid_from)):
            shelf = what_follows(shelf, text)
    return shelf


@settings(max_examples=60)
@given(histories, files())
def test_applying_twice_is_applying_once(history: list[CatalogText], text: CatalogText) -> None:
    known = lived_through(history)
    once = what_follows(known, text)
    assert differences(once, what_follows(once, text)) == []
    assert what_follows(once, text) == once


@settings(max_examples=60)
@given(histories, files())
def test_what_may_be_applied_leaves_every_day_before_it_alone(
    history: list[CatalogText], text: CatalogText
) -> None:
    known = lived_through(history)
    if faults(text, Circumstances(known, today=text.valid_from)):
        return
    wanted = what_follows(known, text)
    for key, dated in known.prices.items():
        assert dated.items() <= wanted.prices[key].items()  # nothing is edited, nothing is lost
        for day in {*dated, text.valid_from - timedelta(days=1)}:
            if day < text.valid_from:
                assert wanted.price_on(key, day) == known.price_on(key, day)


@settings(max_examples=60)
@given(histories, files())
def test_on_its_day_the_price_is_what_the_file_says(history: list[CatalogText], text: CatalogText) -> None:
    known = lived_through(history)
    if faults(text, Circumstances(known, today=text.valid_from)):
        return
    wanted = what_follows(known, text)
    for plan in text.products[0].plans:
        for frequency, currency, amount in plan.amounts:
            found = wanted.price_on(Priced("meet", plan.code, frequency, currency), text.valid_from)
            assert found == minor_units(amount, currency)


@settings(max_examples=60)
@given(histories, files())
def test_there_is_a_difference_exactly_where_the_shelf_changes(
    history: list[CatalogText], text: CatalogText
) -> None:
    known = lived_through(history)
    if faults(text, Circumstances(known, today=text.valid_from)):
        return
    wanted = what_follows(known, text)
    assert (differences(known, wanted) == []) == (known == wanted)


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "BHD"]))
def test_minor_units_are_written_and_read_again(minor: int, currency: str) -> None:
    assert minor_units(decimal_of(minor, currency), currency) == minor


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_an_amount(text: str) -> None:
    found = minor_units(text, "EUR")
    assert found is None or isinstance(found, int)
