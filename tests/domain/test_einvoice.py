"""E-invoices against the official schema and rules of EN 16931, and against the books to the minor unit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Period
from portal.shared.domain.einvoice.cii import NotStatableError, to_xml
from portal.shared.domain.einvoice.facts import (
    Category,
    EInvoice,
    Line,
    Party,
    Transfer,
    beside_each_other,
    category_of,
    is_expected,
    vat_identifier,
)
from portal.shared.domain.einvoice.writing import NAMESPACES, amount, percent
from portal.shared.domain.money import Money, exponent, zero
from portal.shared.domain.taxes import MILLION, TaxKind
from tests.domain.strategies import periods
from tests.support.einvoice_rules import verdict

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
SELLER = Party(
    "Exemplo Software, Lda.",
    "PT",
    ("Rua do Exemplo, 100", "1000-001 Lisboa", "Portugal"),
    vat_number="PT500000000",
    contact="Exemplo Software",
    phone="+351 210 000 000",
    email="faturamento@exemplo.example",
)
AT_HOME = Party("Moinho, Lda.", "PT", ("Rua do Moinho, 7",), "4000-001", "Porto", vat_number="PT123456789")
IN_GERMANY = Party("Müller GmbH", "DE", ("Weg 1",), "10115", "Berlin", vat_number="DE136695976")
IN_BRAZIL = Party("Padaria Ltda.", "BR", city="Recife", region="PE", number="11222333000181")
BANK = Transfer(
    "Exemplo Software, Lda.", "RF731099N12", iban="PT50 0002 0123 1234 5678 9015 4", bic="EXPLPTPLXXX"
)
AE, E, OUT, S = Category.REVERSE_CHARGE, Category.EXEMPT, Category.OUTSIDE, Category.CHARGED
Z = Category.ZERO_RATED


def line(
    net: int, category: Category = S, millionths: int = 230_000, currency: str = "EUR", **changes: Any
) -> Line:
    """A line over an amount in minor units, with the tax that the books round for it alone."""
    money = Money(net, currency)
    rate = millionths if category in {S, OUT} else 0
    told: dict[str, Any] = {
        "name": "Assist: Plus, 5 seats",
        "detail": "5 × €20.00 × 12 of 31 days · Mar 20 to Mar 31, 2026",
        "seats": 5,
        "unit": Money(2_000, currency),
        "amount": money,
        "tax": money.share(rate, MILLION),
        "service": MARCH,
        "category": category,
        "millionths": rate,
    }
    return Line(**told | changes)


def document(*lines: Line, **changes: Any) -> EInvoice:
    nothing = zero(lines[0].amount.currency)
    total = sum((one.amount + one.tax for one in lines), nothing)
    told: dict[str, Any] = {
        "number": "GH-000012",
        "is_credit_note": total.minor < 0,
        "issued_on": date(2026, 3, 1),
        "due_on": date(2026, 3, 31),
        "seller": SELLER,
        "buyer": AT_HOME,
        "lines": lines,
        "total": total,
        "paid": nothing,
        "other_tax": "ISS",
        "reasons": {AE: "Reverse charge.", E: "Exempt.", OUT: "Outside the scope of VAT."},
        "terms": "In your favour." if total.minor < 0 else "",
    }
    return EInvoice(**told | changes)


STORIES = {
    "domestic": document(line(10_000)),
    "on terms, by transfer, with a purchase order": document(
        line(10_000), transfer=BANK, purchase_order="PO-2026/0042 " + "9" * 80, notes=("First.", "Second.")
    ),
    "by transfer to an account without IBAN": document(
        line(10_000, OUT, 0, "USD"), transfer=Transfer("Exemplo", "RF73", account="000123"), buyer=IN_BRAZIL
    ),
    "reverse charge": document(
        line(10_000, AE), line(-3_333, AE), buyer=IN_GERMANY, notes=("Reverse charge.",)
    ),
    "reverse charge after tax was charged": document(line(30_000, AE), line(-3_333), buyer=IN_GERMANY),
    "exempt": document(line(10_000, E)),
    "an exemption given back": document(line(-10_000, E), preceding=("GH-000001",)),
    "exempt after tax was charged": document(line(30_000, E), line(-3_333)),
    "a rate of zero": document(line(10_000, Z)),
    "charged again without tax": document(
        line(-10_000, S, 190_000), line(10_000, AE), buyer=IN_GERMANY, preceding=("GH-000001",)
    ),
    "charged again without tax, with what was given back of it": document(
        line(-6_000, S, 190_000), line(10_000, AE), line(-4_000, AE), buyer=IN_GERMANY
    ),
    "outside the scope": document(line(10_000, OUT, 0), buyer=replace(IN_BRAZIL, country="US")),
    "a tax that is no VAT": document(line(10_000, OUT, 50_000, "BRL"), buyer=IN_BRAZIL),
    "a tax that is no VAT, given back": document(
        line(10_000, OUT, 50_000, "BRL"), line(-45_001, OUT, 50_000, "BRL"), buyer=IN_BRAZIL
    ),
    "several rates": document(
        line(10_000), line(-3_333, S, 200_000), line(77, S, 255_000), line(1, S, 60_000)
    ),
    "a credit note": document(line(-30_000), line(10_000), preceding=("GH-000001", "GH-000002")),
    "credits of unused time": document(line(10_000), line(-1_234), line(-1), preceding=("GH-000001",)),
    "nothing to pay": document(line(10_000), line(-10_000)),
    "nothing at all": document(line(0)),
    "without decimals": document(line(1_005, currency="JPY"), line(-333, currency="JPY")),
    "without decimals, rounded apart": document(*[line(2, S, 250_000, "JPY")] * 9),
    "four hundred roundings": document(*[line(2, S, 250_000)] * 400),
    "paid by card": document(line(10_000), paid=Money(12_300, "EUR"), card="4242"),
    "part paid": document(line(10_000), paid=Money(1, "EUR"), transfer=BANK),
    "long names": document(
        line(10_000, name="N" * 400, detail="D" * 2_000), buyer=replace(AT_HOME, name="B" * 500)
    ),
    "names in other scripts": document(
        line(10_000, name="株式会社 Ελλάδα Привет 😀"), buyer=replace(AT_HOME, name="شركة الأمل", city="東京")
    ),
    "what XML cannot hold": document(
        line(10_000, name="A\x07\x00B"), buyer=replace(AT_HOME, name="<a> & \ud800 ]]> \ufffe")
    ),
    "an address nobody filled in": document(line(10_000), buyer=Party("", "PT")),
}


def read(xml: bytes, term: str) -> Decimal:
    """An amount of the document's sums, by the end of its name."""
    found = ET.fromstring(xml).find(
        f".//ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:{term}Amount", NAMESPACES
    )
    return Decimal(found.text or "") if found is not None else Decimal(0)


def in_units(money: Money) -> Decimal:
    return Decimal(money.minor).scaleb(-exponent(money.currency))


@pytest.mark.parametrize("story", STORIES)
def test_the_official_rules_find_nothing(story: str) -> None:
    found = verdict(to_xml(STORIES[story]))
    assert found.failed == ()
    assert found.fired > 60


@pytest.mark.parametrize("story", STORIES)
def test_what_is_to_be_paid_is_what_the_books_ask_for(story: str) -> None:
    told = STORIES[story]
    sign = -1 if told.is_credit_note else 1
    xml = to_xml(told)
    assert read(xml, "DuePayable") == in_units(told.total - told.paid) * sign
    assert read(xml, "GrandTotal") + read(xml, "Rounding") == in_units(told.total) * sign


@pytest.mark.parametrize(
    ("term", "rule"),
    [
        ("LineTotal", "BR-CO-10"),
        ("TaxBasisTotal", "BR-CO-13"),
        ("TaxTotal", "BR-CO-14"),
        ("GrandTotal", "BR-CO-15"),
        ("DuePayable", "BR-CO-16"),
    ],
)
def test_the_rules_find_a_wrong_sum(term: str, rule: str) -> None:
    xml = to_xml(STORIES["domestic"]).decode()
    lines, mark, totals = xml.partition("<ram:SpecifiedTradeSettlementHeaderMonetarySummation>")
    wrong = lines + mark + re.sub(rf"(<ram:{term}Amount[^>]*>)\d+\.\d\d", r"\g<1>7.77", totals)
    assert wrong != xml
    assert any(one.startswith(f"{rule}:") for one in verdict(wrong.encode()).failed)


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        pytest.param("<ram:CategoryCode>S<", "<ram:CategoryCode>O<", "BR-O-02", id="category"),
        pytest.param(">PT500000000<", ">XX500000000<", "BR-CO-09", id="VAT number without country"),
        pytest.param("<ram:CountryID>PT<", "<ram:CountryID>ZZ<", "", id="no such country"),
        pytest.param("ram:InvoiceCurrencyCode", "ram:InvoiceCurrency", "XSD", id="schema"),
    ],
)
def test_the_rules_find_a_wrong_word(before: str, after: str, rule: str) -> None:
    xml = to_xml(STORIES["domestic"]).decode()
    assert before in xml
    failed = verdict(xml.replace(before, after).encode()).failed
    assert any(one.startswith(rule) for one in failed)


@pytest.mark.parametrize(
    "contradiction",
    [
        pytest.param(document(line(10_000), total=Money(12_301, "EUR")), id="lines that are not the total"),
        pytest.param(document(line(10_000, tax=Money(9_300, "EUR"))), id="tax that is not the rate"),
        pytest.param(document(line(0, tax=Money(2_300, "EUR"))), id="tax on nothing"),
    ],
)
def test_what_contradicts_itself_is_not_said(contradiction: EInvoice) -> None:
    with pytest.raises(NotStatableError):
        to_xml(contradiction)


def test_seats_times_their_price_where_that_is_the_amount_and_one_times_a_share_elsewhere() -> None:
    xml = ET.fromstring(to_xml(document(line(10_000), line(-10_000), line(3_333), line(-1_234))))
    got = [
        (
            item.findtext(".//ram:BilledQuantity", "", NAMESPACES),
            item.findtext(".//ram:ChargeAmount", "", NAMESPACES),
            item.findtext(".//ram:LineTotalAmount", "", NAMESPACES),
        )
        for item in xml.iter(f"{{{NAMESPACES['ram']}}}IncludedSupplyChainTradeLineItem")
    ]
    assert got == [
        ("5", "20.00", "100.00"),
        ("-5", "20.00", "-100.00"),
        ("1", "33.33", "33.33"),
        ("-1", "12.34", "-12.34"),
    ]


@pytest.mark.parametrize(
    ("country", "number", "said"),
    [
        ("PT", "500 000 000", "PT500000000"),
        ("PT", "PT500000000", "PT500000000"),
        ("GR", "094259216", "EL094259216"),
        ("MC", "53000004605", "FR53000004605"),
        pytest.param(
            "FR", "FR123456789", "FRFR123456789", id="a French number that begins with FR by chance"
        ),
        ("AT", "U13585627", "ATU13585627"),
        ("BR", "11222333000181", ""),
        ("GB", "434031494", ""),
        ("PT", "", ""),
    ],
)
def test_a_vat_number_begins_with_its_country(country: str, number: str, said: str) -> None:
    assert vat_identifier(country, number) == said


@pytest.mark.parametrize(
    ("buyer", "kind", "millionths", "category"),
    [
        pytest.param(AT_HOME, TaxKind.DOMESTIC, 230_000, S, id="charged at home"),
        pytest.param(AT_HOME, TaxKind.CHARGED, 230_000, S, id="charged before kinds were kept"),
        pytest.param(AT_HOME, TaxKind.DOMESTIC, 0, Z, id="a rate of zero"),
        pytest.param(AT_HOME, TaxKind.EXEMPT, 0, E, id="exempt at home"),
        pytest.param(IN_GERMANY, TaxKind.REVERSE_CHARGE, 0, AE, id="reverse charge"),
        pytest.param(IN_GERMANY, TaxKind.EXEMPT, 0, E, id="exempt abroad, with a number"),
        pytest.param(
            replace(IN_GERMANY, vat_number=""), TaxKind.REVERSE_CHARGE, 0, E, id="a number taken away since"
        ),
        pytest.param(IN_GERMANY, TaxKind.CUSTOMER_COUNTRY, 190_000, S, id="charged abroad"),
        pytest.param(IN_GERMANY, TaxKind.PENDING, 190_000, S, id="charged until the registry answers"),
        pytest.param(IN_BRAZIL, TaxKind.CUSTOMER_COUNTRY, 50_000, OUT, id="a tax that is no VAT"),
        pytest.param(IN_BRAZIL, TaxKind.EXEMPT, 0, OUT, id="exempt from a tax that is no VAT"),
        pytest.param(IN_BRAZIL, TaxKind.OUTSIDE_SCOPE, 0, OUT, id="outside the Union"),
        pytest.param(AT_HOME, TaxKind.OUTSIDE_SCOPE, 0, OUT, id="outside when it was charged"),
    ],
)
def test_the_category_follows_the_kind_that_was_frozen(
    buyer: Party, kind: TaxKind, millionths: int, category: Category
) -> None:
    assert category_of(buyer, kind, millionths) is category


def test_what_is_outside_stands_beside_nothing_else() -> None:
    alone, mixed = (line(100, OUT, 0),), (line(100, OUT, 0), line(300))
    assert beside_each_other(alone) == alone
    assert [one.category for one in beside_each_other(mixed)] == [E, S]
    assert verdict(to_xml(document(*beside_each_other(mixed)))).failed == ()
    assert any(one.startswith("BR-O") for one in verdict(to_xml(document(*mixed))).failed)


@pytest.mark.parametrize(
    ("country", "number", "currency", "expected"),
    [
        ("PT", "500000000", "EUR", True),
        ("MC", "1", "JPY", True),
        ("BR", "500000000", "BRL", False),
        ("PT", " ", "EUR", False),
        ("PT", "500000000", "KWD", False),
    ],
)
def test_sellers_in_the_union_give_e_invoices(
    country: str, number: str, currency: str, *, expected: bool
) -> None:
    assert is_expected(country, number, currency) is expected


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(5, "EUR"), "0.05"),
        (Money(-5, "EUR"), "-0.05"),
        (Money(123_456, "EUR"), "1234.56"),
        (Money(0, "EUR"), "0.00"),
        (Money(1_230, "JPY"), "1230"),
        (Money(1_230, "KWD"), "1.230"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(money: Money, said: str) -> None:
    assert amount(money) == said


def test_rates_have_the_decimals_they_need() -> None:
    assert [percent(one) for one in (230_000, 255_000, 81_000, 1_000_000, 0)] == [
        "23",
        "25.5",
        "8.1",
        "100",
        "0",
    ]


@st.composite
def documents(draw: st.DrawFn) -> EInvoice:
    currency = draw(st.sampled_from(["EUR", "JPY"]))
    buyer, kinds = draw(
        st.sampled_from([(AT_HOME, [S, E]), (IN_GERMANY, [S, AE]), (IN_BRAZIL, [OUT])]),
    )
    lines = []
    for _ in range(draw(st.integers(1, 12))):
        seats, unit = draw(st.integers(1, 40)), draw(st.integers(0, 90_000))
        whole = unit * seats
        net = (
            draw(st.sampled_from([whole, -whole]))
            if draw(st.booleans())
            else draw(st.integers(-whole, whole))
        )
        rate = draw(st.sampled_from([50_000, 81_000, 190_000, 230_000, 255_000]))
        lines.append(
            line(
                net,
                draw(st.sampled_from(kinds)),
                rate,
                currency,
                seats=seats,
                unit=Money(unit, currency),
                service=draw(periods()),
                name=draw(st.text(max_size=30)),
            )
        )
    told = document(*lines, buyer=replace(buyer, name=draw(st.text(max_size=30))))
    if told.is_credit_note:
        return told
    paid = Money(draw(st.integers(0, told.total.minor)), currency)
    return replace(told, paid=paid, transfer=draw(st.sampled_from([None, BANK])))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_any_document_is_valid_and_asks_for_what_the_books_ask_for(told: EInvoice) -> None:
    xml = to_xml(told)
    assert verdict(xml).failed == ()
    sign = -1 if told.is_credit_note else 1
    assert read(xml, "DuePayable") == in_units(told.total - told.paid) * sign
