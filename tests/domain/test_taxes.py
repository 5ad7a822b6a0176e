"""Which tax an account pays: one table, each row with its reason."""

from __future__ import annotations

import pytest

from portal.shared.domain.money import Money
from portal.shared.domain.taxes import (
    EU_COUNTRIES,
    NO_RATE,
    OUTSIDE,
    SellerTaxes,
    TaxKind,
    TaxRate,
    TaxRule,
    VatState,
    decide,
    reverse_charged,
)

PT, DE, FR, GB, US, BR = (
    TaxRate(f"VAT {code}", rate)
    for code, rate in [
        ("PT", 230_000),
        ("DE", 190_000),
        ("FR", 200_000),
        ("GB", 200_000),
        ("US", 70_000),
        ("BR", 50_000),
    ]
)
RATES = {"PT": PT, "DE": DE, "FR": FR, "MC": FR, "GB": GB, "US": US, "BR": BR}
IN_PORTUGAL = SellerTaxes("PT", frozenset())
IN_PORTUGAL_AND_BRITAIN = SellerTaxes("PT", frozenset({"GB"}))
IN_FRANCE = SellerTaxes("FR", frozenset())
IN_AMERICA = SellerTaxes("US", frozenset())
IN_AMERICA_AND_GERMANY = SellerTaxes("US", frozenset({"DE"}))
NONE, PENDING, VALID, INVALID = VatState.NONE, VatState.PENDING, VatState.VALID, VatState.INVALID
REVERSE = TaxRule(TaxKind.REVERSE_CHARGE, NO_RATE)


def at_home(rate: TaxRate) -> TaxRule:
    return TaxRule(TaxKind.DOMESTIC, rate)


def abroad(rate: TaxRate) -> TaxRule:
    return TaxRule(TaxKind.CUSTOMER_COUNTRY, rate)


def unsure(rate: TaxRate) -> TaxRule:
    return TaxRule(TaxKind.PENDING, rate)


@pytest.mark.parametrize(
    ("seller", "country", "vat", "expected"),
    [
        pytest.param(IN_PORTUGAL, "PT", NONE, at_home(PT), id="domestic"),
        pytest.param(IN_PORTUGAL, "PT", VALID, at_home(PT), id="domestic-with-a-number"),
        pytest.param(IN_PORTUGAL, "DE", NONE, abroad(DE), id="eu-without-a-number"),
        pytest.param(IN_PORTUGAL, "DE", PENDING, unsure(DE), id="eu-registry-has-not-answered"),
        pytest.param(IN_PORTUGAL, "DE", INVALID, abroad(DE), id="eu-number-refused"),
        pytest.param(IN_PORTUGAL, "DE", VALID, REVERSE, id="eu-business"),
        pytest.param(IN_PORTUGAL, "MC", NONE, abroad(FR), id="monaco-is-in-the-eu-for-this"),
        pytest.param(IN_PORTUGAL, "MC", VALID, REVERSE, id="business-in-monaco"),
        pytest.param(IN_FRANCE, "MC", VALID, at_home(FR), id="monaco-is-domestic-for-france"),
        pytest.param(IN_PORTUGAL, "GB", NONE, OUTSIDE, id="outside-the-eu"),
        pytest.param(IN_PORTUGAL, "GB", VALID, OUTSIDE, id="outside-the-eu-with-a-number"),
        pytest.param(IN_PORTUGAL, "BR", NONE, OUTSIDE, id="brazil"),
        pytest.param(IN_PORTUGAL_AND_BRITAIN, "GB", NONE, abroad(GB), id="registered-there"),
        pytest.param(IN_PORTUGAL_AND_BRITAIN, "GB", VALID, abroad(GB), id="registered-there-with-a-number"),
        pytest.param(IN_AMERICA, "US", NONE, at_home(US), id="domestic-outside-the-eu"),
        pytest.param(IN_AMERICA, "DE", VALID, OUTSIDE, id="seller-outside-the-eu"),
        pytest.param(IN_AMERICA_AND_GERMANY, "DE", NONE, abroad(DE), id="seller-outside-registered-inside"),
    ],
)
def test_the_tax_of_an_account(seller: SellerTaxes, country: str, vat: VatState, expected: TaxRule) -> None:
    assert decide(seller, country, vat, RATES) == expected


@pytest.mark.parametrize("country", sorted(EU_COUNTRIES - {"PT"}))
def test_a_business_anywhere_else_in_the_eu_pays_by_reverse_charge_and_nobody_else_does(country: str) -> None:
    rates = {country: TaxRate("VAT", 200_000)}
    for vat in VatState:
        kind = decide(IN_PORTUGAL, country, vat, rates).kind
        told = {VALID: TaxKind.REVERSE_CHARGE, PENDING: TaxKind.PENDING}
        assert kind is told.get(vat, TaxKind.CUSTOMER_COUNTRY)


@pytest.mark.parametrize(
    ("country", "vat", "kind"),
    [
        pytest.param("PT", NONE, TaxKind.EXEMPT, id="from-a-domestic-tax"),
        pytest.param("DE", NONE, TaxKind.EXEMPT, id="from-a-tax-of-the-customers-country"),
        pytest.param("DE", PENDING, TaxKind.EXEMPT, id="from-a-tax-that-waits-for-the-registry"),
        pytest.param("DE", VALID, TaxKind.REVERSE_CHARGE, id="not-from-reverse-charge"),
        pytest.param("BR", NONE, TaxKind.OUTSIDE_SCOPE, id="not-from-what-is-outside-the-scope"),
    ],
)
def test_an_exemption_frees_from_a_tax_that_is_due_and_names_its_document(
    country: str, vat: VatState, kind: TaxKind
) -> None:
    rule = decide(IN_PORTUGAL, country, vat, RATES, exemption="EX-1")
    assert (rule.kind, rule.rate) == (kind, NO_RATE)
    assert rule.exemption == ("EX-1" if kind is TaxKind.EXEMPT else "")


def test_a_tax_that_is_due_and_unknown_stops_the_sale() -> None:
    with pytest.raises(KeyError):
        decide(IN_PORTUGAL, "DE", NONE, {})


def test_no_tax_is_ever_taken_where_none_is_due() -> None:
    for rule in (REVERSE, OUTSIDE):
        assert not rule.on(Money(10**12, "EUR"))


@pytest.mark.parametrize(
    ("millionths", "minor", "expected"),
    [
        (190_000, 100, 19),
        (190_000, 3, 1),
        (190_000, 2, 0),
        (50_000, 10, 1),
        (81_000, 12_345, 1000),
        (0, 999, 0),
    ],
)
def test_tax_is_rounded_once_half_up(millionths: int, minor: int, expected: int) -> None:
    assert at_home(TaxRate("VAT", millionths)).on(Money(minor, "EUR")) == Money(expected, "EUR")


@pytest.mark.parametrize(
    ("seller", "buyer", "expected"),
    [
        pytest.param("PT", "DE", True, id="within-the-union"),
        pytest.param("PT", "PT", False, id="at-home"),
        pytest.param("PT", "MC", True, id="monaco-is-france"),
        pytest.param("FR", "MC", False, id="and-france-is-monaco"),
        pytest.param("MC", "FR", False, id="whoever-sells"),
        pytest.param("PT", "BR", False, id="to-the-outside"),
        pytest.param("BR", "PT", False, id="from-the-outside"),
        pytest.param("BR", "US", False, id="outside"),
    ],
)
def test_the_buyer_accounts_for_tax_between_two_countries_of_the_union(
    seller: str, buyer: str, expected: bool
) -> None:
    assert reverse_charged(seller, buyer) is expected


def test_the_eu_has_27_members_and_monaco() -> None:
    assert len(EU_COUNTRIES - {"MC"}) == 27
    assert {"GR", "IE", "HR"} < EU_COUNTRIES
    assert not EU_COUNTRIES & {"GB", "CH", "NO", "IS", "LI", "EL", "TR", "AD", "SM"}
