"""What stands in an e-invoice, term by term: each part of the XML as it is read, without its outer elements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from portal.shared.domain.calendar import Period
from portal.shared.domain.einvoice.cii import NotStatableError, to_xml
from portal.shared.domain.einvoice.facts import Category, EInvoice, Line, Party, Transfer, vat_identifier
from portal.shared.domain.einvoice.sums import as_written, is_statable, sums
from portal.shared.domain.einvoice.writing import NAMESPACES
from portal.shared.domain.money import Money, zero
from portal.shared.domain.taxes import MILLION

S, Z, E, AE, OUT = (
    Category.CHARGED,
    Category.ZERO_RATED,
    Category.EXEMPT,
    Category.REVERSE_CHARGE,
    Category.OUTSIDE,
)
MARCH, APRIL = (Period(date(2026, month, 1), date(2026, month + 1, 1)) for month in (3, 4))
SELLER = Party(
    "Exemplo, Lda.",
    "PT",
    ("Rua 1", "", "Bloco B", "Piso 2", "Porta 3"),
    *("1000-001", "Lisboa", "Lisboa", "PT500000000"),
    contact="Billing",
    phone="+351 1",
    email="billing@exemplo.example",
)
BUYER = Party(
    "Padaria", "BR", city="Recife", region="PE", number="11222333000181", email="ana@padaria.example"
)


def euros(minor: int, currency: str = "EUR") -> Money:
    return Money(minor, currency)


def line(net: int, category: Category = S, millionths: int = 230_000, **changes: Any) -> Line:
    money = euros(net, changes.pop("currency", "EUR"))
    told: dict[str, Any] = {
        "name": "Assist: Plus",
        "detail": "5 × €20.00",
        "seats": 5,
        "unit": Money(2_000, money.currency),
        "amount": money,
        "tax": money.share(millionths if category in {S, OUT} else 0, MILLION),
        "service": MARCH,
        "category": category,
        "millionths": millionths,
    }
    return Line(**told | changes)


def document(*lines: Line, **changes: Any) -> EInvoice:
    nothing = zero(lines[0].amount.currency)
    total = sum((one.amount + one.tax for one in lines), nothing)
    told: dict[str, Any] = {
        "number": "GH-12",
        "is_credit_note": total.minor < 0,
        "issued_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 3),
        "seller": SELLER,
        "buyer": BUYER,
        "lines": lines,
        "total": total,
        "paid": nothing,
        "other_tax": "ISS",
        "reasons": {AE: "Reverse charge.", OUT: "Outside."},
    }
    return EInvoice(**told | changes)


def said(told: EInvoice, name: str) -> list[list[str]]:
    """Of every element of this name, each text below it: the way to it, its attributes, and what it says."""
    root = ET.fromstring(to_xml(told))
    return [list(_texts(one, "")) for one in root.iter() if _local(one) == name]


def _texts(element: ET.Element, way: str) -> list[str]:
    if len(element) == 0:
        marks = "".join(f" {key}={value}" for key, value in element.attrib.items())
        return [f"{way}{marks}: {element.text or ''}"]
    return [text for one in element for text in _texts(one, f"{way}/{_local(one)}" if way else _local(one))]


def _local(element: ET.Element) -> str:
    return element.tag.partition("}")[2]


def test_it_begins_as_xml_in_utf_8_and_says_which_profile_it_follows() -> None:
    told = document(line(10_000))
    assert to_xml(told).startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rsm:CrossIndustryInvoice ")
    assert b">\n  <rsm:ExchangedDocumentContext>\n    <ram:" in to_xml(told)
    assert said(told, "ExchangedDocumentContext") == [
        ["GuidelineSpecifiedDocumentContextParameter/ID: urn:cen.eu:en16931:2017"]
    ]
    assert NAMESPACES == {
        "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
        "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
        "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
        "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    }


@pytest.mark.parametrize(("net", "code"), [(10_000, "380"), (0, "380"), (-10_000, "381")])
def test_the_head_says_number_kind_day_and_notes(net: int, code: str) -> None:
    assert said(document(line(net), notes=("First.", "Second.")), "ExchangedDocument") == [
        [
            "ID: GH-12",
            f"TypeCode: {code}",
            "IssueDateTime/DateTimeString format=102: 20260302",
            "IncludedNote/Content: First.",
            "IncludedNote/Content: Second.",
        ]
    ]


def test_a_line_says_what_how_many_when_and_which_tax() -> None:
    later = line(-3_333, E, name="", detail="", service=APRIL)
    first, second = said(document(line(10_000), later), "IncludedSupplyChainTradeLineItem")
    settled = "SpecifiedLineTradeSettlement"
    period = f"{settled}/BillingSpecifiedPeriod"
    assert first == [
        "AssociatedDocumentLineDocument/LineID: 1",
        "SpecifiedTradeProduct/Name: Assist: Plus",
        "SpecifiedTradeProduct/Description: 5 × €20.00",
        "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount: 20.00",
        "SpecifiedLineTradeDelivery/BilledQuantity unitCode=C62: 5",
        f"{settled}/ApplicableTradeTax/TypeCode: VAT",
        f"{settled}/ApplicableTradeTax/CategoryCode: S",
        f"{settled}/ApplicableTradeTax/RateApplicablePercent: 23",
        f"{period}/StartDateTime/DateTimeString format=102: 20260301",
        f"{period}/EndDateTime/DateTimeString format=102: 20260331",
        f"{settled}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount: 100.00",
    ]
    assert second == [
        "AssociatedDocumentLineDocument/LineID: 2",
        "SpecifiedTradeProduct/Name: -",
        "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount: 33.33",
        "SpecifiedLineTradeDelivery/BilledQuantity unitCode=C62: -1",
        f"{settled}/ApplicableTradeTax/TypeCode: VAT",
        f"{settled}/ApplicableTradeTax/CategoryCode: E",
        f"{settled}/ApplicableTradeTax/RateApplicablePercent: 0",
        f"{period}/StartDateTime/DateTimeString format=102: 20260401",
        f"{period}/EndDateTime/DateTimeString format=102: 20260430",
        f"{settled}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount: -33.33",
    ]


def test_a_line_for_nothing_is_one_times_nothing() -> None:
    [[*texts]] = said(document(line(0)), "SpecifiedLineTradeDelivery")
    assert texts == ["BilledQuantity unitCode=C62: 1"]


def test_the_whole_service_is_from_the_first_day_of_all_lines_to_the_last() -> None:
    told = document(line(10_000, service=APRIL), line(10_000), line(10_000, service=APRIL))
    assert said(told, "BillingSpecifiedPeriod")[-1] == [
        "StartDateTime/DateTimeString format=102: 20260301",
        "EndDateTime/DateTimeString format=102: 20260430",
    ]
    assert said(told, "ActualDeliverySupplyChainEvent") == [
        ["OccurrenceDateTime/DateTimeString format=102: 20260430"]
    ]


def test_a_party_says_everything_that_is_known_of_it() -> None:
    [seller] = said(document(line(10_000)), "SellerTradeParty")
    contact, address = "DefinedTradeContact", "PostalTradeAddress"
    assert seller == [
        "Name: Exemplo, Lda.",
        f"{contact}/DepartmentName: Billing",
        f"{contact}/TelephoneUniversalCommunication/CompleteNumber: +351 1",
        f"{contact}/EmailURIUniversalCommunication/URIID: billing@exemplo.example",
        f"{address}/PostcodeCode: 1000-001",
        f"{address}/LineOne: Rua 1",
        f"{address}/LineTwo: Bloco B",
        f"{address}/LineThree: Piso 2, Porta 3",
        f"{address}/CityName: Lisboa",
        f"{address}/CountryID: PT",
        f"{address}/CountrySubDivisionName: Lisboa",
        "URIUniversalCommunication/URIID schemeID=EM: billing@exemplo.example",
        "SpecifiedTaxRegistration/ID schemeID=VA: PT500000000",
    ]


def test_a_party_of_which_little_is_known_says_that() -> None:
    [buyer] = said(document(line(10_000), buyer=Party("", "PT")), "BuyerTradeParty")
    assert buyer == ["Name: -", "PostalTradeAddress/CountryID: PT"]
    [buyer] = said(document(line(10_000), buyer=replace(BUYER, contact="Ana")), "BuyerTradeParty")
    assert buyer == [
        "ID: 11222333000181",
        "Name: Padaria",
        "DefinedTradeContact/DepartmentName: Ana",
        "DefinedTradeContact/EmailURIUniversalCommunication/URIID: ana@padaria.example",
        "PostalTradeAddress/CityName: Recife",
        "PostalTradeAddress/CountryID: BR",
        "PostalTradeAddress/CountrySubDivisionName: PE",
        "URIUniversalCommunication/URIID schemeID=EM: ana@padaria.example",
    ]


def test_outside_the_scope_a_vat_number_stands_where_any_other_number_does() -> None:
    told = document(line(10_000, OUT, 0))
    [seller], [buyer] = said(told, "SellerTradeParty"), said(told, "BuyerTradeParty")
    assert (seller[0], buyer[0]) == ("ID: PT500000000", "ID: 11222333000181")
    assert not [one for one in seller if one.startswith("SpecifiedTaxRegistration")]
    unnumbered = document(line(10_000, OUT, 0), buyer=replace(BUYER, number=""))
    assert said(unnumbered, "BuyerTradeParty")[0][0] == "Name: Padaria"


def test_a_purchase_order_and_what_went_before_are_named() -> None:
    told = document(line(-10_000), purchase_order="PO-7", preceding=("GH-1", "GH-2"))
    assert said(told, "BuyerOrderReferencedDocument") == [["IssuerAssignedID: PO-7"]]
    assert said(told, "InvoiceReferencedDocument") == [["IssuerAssignedID: GH-1"], ["IssuerAssignedID: GH-2"]]
    bare = document(line(10_000))
    assert said(bare, "BuyerOrderReferencedDocument") == said(bare, "InvoiceReferencedDocument") == []


IBAN = Transfer("Exemplo", "RF73", iban="PT50 0002 0123", bic="EXPL PTPL")
MEANS, ACCOUNT = "TypeCode", "PayeePartyCreditorFinancialAccount"
PAID: dict[str, tuple[dict[str, Any], str, list[list[str]]]] = {
    "a card": (
        {"card": "4242"},
        "EUR",
        [[f"{MEANS}: 48", "ApplicableTradeSettlementFinancialCard/ID: 4242"]],
    ),
    "euros to an IBAN": (
        {"transfer": IBAN},
        "EUR",
        [
            [
                *(f"{MEANS}: 58", f"{ACCOUNT}/IBANID: PT5000020123", f"{ACCOUNT}/AccountName: Exemplo"),
                "PayeeSpecifiedCreditorFinancialInstitution/BICID: EXPLPTPL",
            ]
        ],
    ),
    "dollars to an IBAN without a bank's code": (
        {"transfer": replace(IBAN, bic=" ")},
        "USD",
        [[f"{MEANS}: 30", f"{ACCOUNT}/IBANID: PT5000020123", f"{ACCOUNT}/AccountName: Exemplo"]],
    ),
    "euros to an account": (
        {"transfer": Transfer("Exemplo", "RF73", account="000123")},
        "EUR",
        [[f"{MEANS}: 30", f"{ACCOUNT}/AccountName: Exemplo", f"{ACCOUNT}/ProprietaryID: 000123"]],
    ),
    "nothing that is known": ({}, "EUR", []),
}


@pytest.mark.parametrize("case", PAID)
def test_how_it_is_paid(case: str) -> None:
    told, currency, means = PAID[case]
    found = document(line(10_000, OUT, 0, currency=currency), **told)
    assert said(found, "SpecifiedTradeSettlementPaymentMeans") == means
    [settlement] = said(found, "ApplicableHeaderTradeSettlement")
    assert ("PaymentReference: RF73" in settlement) is ("transfer" in told)
    assert f"InvoiceCurrencyCode: {currency}" in settlement


def test_until_when_and_in_which_words() -> None:
    due = "DueDateDateTime/DateTimeString format=102: 20260403"
    assert said(document(line(10_000)), "SpecifiedTradePaymentTerms") == [[due]]
    assert said(document(line(10_000), terms="Soon."), "SpecifiedTradePaymentTerms") == [
        ["Description: Soon.", due]
    ]
    assert said(document(line(-10_000), terms="Yours."), "SpecifiedTradePaymentTerms") == [
        ["Description: Yours."]
    ]
    assert said(document(line(-10_000)), "SpecifiedTradePaymentTerms") == []


def header_taxes(told: EInvoice) -> list[list[str]]:
    return [one for one in said(told, "ApplicableTradeTax") if one[0].startswith("CalculatedAmount")]


def test_each_rate_and_category_has_its_row_with_reason_and_code() -> None:
    told = document(line(10_000), line(20_000, S, 60_000), line(-1_000), line(5_000, AE), line(700, E))
    assert header_taxes(told) == [
        [
            *("CalculatedAmount: 20.70", "TypeCode: VAT", "BasisAmount: 90.00", "CategoryCode: S"),
            "RateApplicablePercent: 23",
        ],
        [
            *("CalculatedAmount: 12.00", "TypeCode: VAT", "BasisAmount: 200.00", "CategoryCode: S"),
            "RateApplicablePercent: 6",
        ],
        [
            *("CalculatedAmount: 0.00", "TypeCode: VAT", "ExemptionReason: Reverse charge."),
            *("BasisAmount: 50.00", "CategoryCode: AE", "ExemptionReasonCode: VATEX-EU-AE"),
            "RateApplicablePercent: 0",
        ],
        [
            *("CalculatedAmount: 0.00", "TypeCode: VAT", "BasisAmount: 7.00", "CategoryCode: E"),
            "RateApplicablePercent: 0",
        ],
    ]


def test_categories_without_tax_are_one_row_whatever_rate_was_kept() -> None:
    assert len(header_taxes(document(line(5_000, AE, 190_000), line(700, AE, 0)))) == 1


TOTALS = "SpecifiedTradeSettlementHeaderMonetarySummation"


def test_a_tax_that_is_no_vat_is_a_charge_and_given_back_an_allowance() -> None:
    charged = document(line(10_000, OUT, 50_000), line(100, OUT, 50_000))
    tax = ["CategoryTradeTax/TypeCode: VAT", "CategoryTradeTax/CategoryCode: O"]
    assert said(charged, "SpecifiedTradeAllowanceCharge") == [
        ["ChargeIndicator/Indicator: true", "ActualAmount: 5.05", "Reason: ISS", *tax]
    ]
    assert said(charged, TOTALS) == [
        [
            *("LineTotalAmount: 101.00", "ChargeTotalAmount: 5.05", "TaxBasisTotalAmount: 106.05"),
            *("TaxTotalAmount currencyID=EUR: 0.00", "GrandTotalAmount: 106.05", "DuePayableAmount: 106.05"),
        ]
    ]
    assert header_taxes(charged) == [
        [
            *("CalculatedAmount: 0.00", "TypeCode: VAT", "ExemptionReason: Outside."),
            *("BasisAmount: 106.05", "CategoryCode: O", "ExemptionReasonCode: VATEX-EU-O"),
        ]
    ]
    given = document(line(10_000, OUT, 0), line(-5_000, OUT, 50_000), other_tax="")
    assert said(given, "SpecifiedTradeAllowanceCharge") == [
        ["ChargeIndicator/Indicator: false", "ActualAmount: 2.50", "Reason: -", *tax]
    ]
    assert said(given, TOTALS) == [
        [
            *("LineTotalAmount: 50.00", "AllowanceTotalAmount: 2.50", "TaxBasisTotalAmount: 47.50"),
            *("TaxTotalAmount currencyID=EUR: 0.00", "GrandTotalAmount: 47.50", "DuePayableAmount: 47.50"),
        ]
    ]


def test_the_sums_of_an_invoice_that_is_part_paid() -> None:
    told = document(line(10_000), line(-1_000), paid=euros(70))
    assert said(told, TOTALS) == [
        [
            *("LineTotalAmount: 90.00", "TaxBasisTotalAmount: 90.00", "TaxTotalAmount currencyID=EUR: 20.70"),
            *("GrandTotalAmount: 110.70", "TotalPrepaidAmount: 0.70", "DuePayableAmount: 110.00"),
        ]
    ]
    assert said(told, "SpecifiedTradeAllowanceCharge") == []


def test_a_credit_note_says_what_is_given_back_without_a_sign() -> None:
    told = document(line(-10_000), line(1_000), paid=euros(-70))
    assert said(told, TOTALS) == [
        [
            *("LineTotalAmount: 90.00", "TaxBasisTotalAmount: 90.00", "TaxTotalAmount currencyID=EUR: 20.70"),
            *("GrandTotalAmount: 110.70", "TotalPrepaidAmount: 0.70", "DuePayableAmount: 110.00"),
        ]
    ]
    written = as_written(told)
    assert [(one.amount.minor, one.tax.minor) for one in written.lines] == [(10_000, 2_300), (-1_000, -230)]
    assert as_written(document(line(5))).lines == (line(5),)


@pytest.mark.parametrize(
    ("currency", "apart", "tax", "rounding"),
    [
        ("EUR", 99, 2_399, 0),
        ("EUR", 100, 2_300, 100),
        ("EUR", -99, 2_201, 0),
        ("EUR", -100, 2_300, -100),
        ("JPY", 0, 2_300, 0),
        ("JPY", 1, 2_300, 1),
        ("JPY", -1, 2_300, -1),
    ],
)
def test_the_tax_is_the_one_of_the_books_while_it_is_less_than_one_unit_from_the_rate(
    currency: str, apart: int, tax: int, rounding: int
) -> None:
    """With so many lines that all of it may come of rounding each for itself."""
    small = [line(0, currency=currency, seats=0)] * 60
    whole = line(10_000, currency=currency, tax=Money(2_300 + apart, currency))
    told = sums(as_written(document(whole, *small)))
    assert (told.tax.minor, told.rounding.minor, told.due.minor) == (tax, rounding, 12_300 + apart)


@pytest.mark.parametrize(
    ("lines", "apart", "statable"),
    [(1, 99, True), (1, 100, False), (49, 100, False), (50, 100, True), (50, 101, False), (50, -100, True)],
)
def test_two_minor_units_a_line_come_of_rounding_and_what_is_less_than_one_unit_always_may(
    lines: int, apart: int, *, statable: bool
) -> None:
    first = line(10_000, tax=euros(2_300 + apart))
    told = document(first, *[line(0)] * (lines - 1))
    assert is_statable(as_written(told)) is statable


def test_one_rate_that_cannot_be_explained_is_enough() -> None:
    wrong = line(10_000, S, 60_000, tax=euros(2_300))
    assert is_statable(as_written(document(line(10_000))))
    assert not is_statable(as_written(document(line(10_000), wrong)))
    assert not is_statable(as_written(document(wrong, line(10_000))))


def test_without_decimals_nine_tenths_of_a_unit_are_less_than_one() -> None:
    told = document(line(10, S, 190_000, currency="JPY", tax=Money(1, "JPY")))
    found = sums(as_written(told))
    assert (found.tax.minor, found.rounding.minor, found.due.minor) == (1, 0, 11)


def test_the_least_tax_that_is_no_vat_is_a_charge() -> None:
    told = document(line(100, OUT, 10_000))
    [charge] = said(told, "SpecifiedTradeAllowanceCharge")
    assert charge[:2] == ["ChargeIndicator/Indicator: true", "ActualAmount: 0.01"]
    assert "ChargeTotalAmount: 0.01" in said(told, TOTALS)[0]


def test_without_lines_nothing_can_be_said_and_the_error_names_the_document() -> None:
    with pytest.raises(NotStatableError, match=r"^GH-12$"):
        to_xml(replace(document(line(10_000)), lines=()))


def test_the_numbers_of_monaco_and_greece_and_of_no_country_of_the_union() -> None:
    assert vat_identifier("MC", "53000004605") == "FR53000004605"
    assert vat_identifier("GR", "EL094259216") == "EL094259216"
    assert vat_identifier("CH", "123") == ""
