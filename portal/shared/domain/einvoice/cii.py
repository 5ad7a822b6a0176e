"""An electronic invoice as XML: UN/CEFACT Cross Industry Invoice, profile EN 16931 of Factur-X 1.0.

Elements stand in the order that the schema asks for; the terms of EN 16931 are named beside them.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from portal.shared.domain.calendar import Period
from portal.shared.domain.einvoice.facts import Category, EInvoice, Line
from portal.shared.domain.einvoice.parties import add_party
from portal.shared.domain.einvoice.paying import add_payment_means, add_terms
from portal.shared.domain.einvoice.sums import Sums, TaxGroup, as_written, is_statable, sums
from portal.shared.domain.einvoice.writing import NAMESPACES, add, add_day, amount, percent

PROFILE = "urn:cen.eu:en16931:2017"
_INVOICE, _CREDIT_NOTE = "380", "381"
_ONE = "C62"  # UN/ECE Recommendation 20: a piece, a seat
# The exemption codes of the European Commission (VATEX).
_CODES = {Category.REVERSE_CHARGE: "VATEX-EU-AE", Category.OUTSIDE: "VATEX-EU-O"}


class NotStatableError(ValueError):
    """The lines do not come to the total, or the tax is not a rate on them."""


def to_xml(document: EInvoice) -> bytes:
    """The document as UTF-8; the same document is the same bytes.

    Raises:
        NotStatableError: EN 16931 has no words for it.
    """
    written = as_written(document)
    if not is_statable(written):
        raise NotStatableError(document.number)
    totals = sums(written)
    for prefix, address in NAMESPACES.items():
        ET.register_namespace(prefix, address)
    root = ET.Element(f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice")
    context = add(root, "rsm:ExchangedDocumentContext")
    add(add(context, "ram:GuidelineSpecifiedDocumentContextParameter"), "ram:ID", PROFILE)  # BT-24
    _add_head(root, written)
    transaction = add(root, "rsm:SupplyChainTradeTransaction")
    for position, line in enumerate(written.lines, start=1):
        _add_line(transaction, position, line)
    _add_agreement(transaction, written, totals)
    delivery = add(
        add(transaction, "ram:ApplicableHeaderTradeDelivery"), "ram:ActualDeliverySupplyChainEvent"
    )
    add_day(
        delivery, "ram:OccurrenceDateTime", _whole_service(written).last_day
    )  # BT-72: when it is completed
    _add_settlement(transaction, written, totals)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _add_head(root: ET.Element, document: EInvoice) -> None:
    head = add(root, "rsm:ExchangedDocument")
    add(head, "ram:ID", document.number)  # BT-1
    add(head, "ram:TypeCode", _CREDIT_NOTE if document.is_credit_note else _INVOICE)  # BT-3
    add_day(head, "ram:IssueDateTime", document.issued_on)  # BT-2
    for note in document.notes:
        add(add(head, "ram:IncludedNote"), "ram:Content", note)  # BT-22


def _add_line(transaction: ET.Element, position: int, line: Line) -> None:
    item = add(transaction, "ram:IncludedSupplyChainTradeLineItem")
    add(add(item, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(position))  # BT-126
    product = add(item, "ram:SpecifiedTradeProduct")
    add(product, "ram:Name", line.name or "-")  # BT-153
    if line.detail:
        add(product, "ram:Description", line.detail)  # BT-154
    quantity, price = _quantity_and_price(line)
    agreement = add(item, "ram:SpecifiedLineTradeAgreement")
    add(add(agreement, "ram:NetPriceProductTradePrice"), "ram:ChargeAmount", price)  # BT-146
    billed = add(add(item, "ram:SpecifiedLineTradeDelivery"), "ram:BilledQuantity", str(quantity))  # BT-129
    billed.set("unitCode", _ONE)
    settlement = add(item, "ram:SpecifiedLineTradeSettlement")
    _add_category(settlement, "ram:ApplicableTradeTax", line.category, line.millionths)
    _add_period(settlement, line.service)  # BG-26
    summed = add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    add(summed, "ram:LineTotalAmount", amount(line.amount))  # BT-131


def _quantity_and_price(line: Line) -> tuple[int, str]:
    """Seats × their price where that is the amount; a share of days divides by nothing, so it is one × the amount."""
    whole = line.unit * line.seats
    if line.amount == whole:
        return line.seats, amount(line.unit)
    if line.amount == -whole:
        return -line.seats, amount(line.unit)
    if line.amount.minor < 0:
        return -1, amount(-line.amount)
    return 1, amount(line.amount)


def _add_period(parent: ET.Element, service: Period) -> None:
    period = add(parent, "ram:BillingSpecifiedPeriod")
    add_day(period, "ram:StartDateTime", service.start)
    add_day(period, "ram:EndDateTime", max(service.start, service.last_day))


def _whole_service(document: EInvoice) -> Period:
    """From the first day of service to the last."""
    periods = [line.service for line in document.lines]
    return Period(min(one.start for one in periods), max(one.end for one in periods))


def _add_category(parent: ET.Element, tag: str, category: Category, millionths: int) -> None:
    tax = add(parent, tag)
    add(tax, "ram:TypeCode", "VAT")
    add(tax, "ram:CategoryCode", category)
    if category is not Category.OUTSIDE:
        add(tax, "ram:RateApplicablePercent", percent(millionths if category is Category.CHARGED else 0))


def _add_agreement(transaction: ET.Element, document: EInvoice, totals: Sums) -> None:
    agreement = add(transaction, "ram:ApplicableHeaderTradeAgreement")
    # BR-O-02: where nothing is subject to VAT, nobody's VAT number may stand.
    bare = any(group.category is Category.OUTSIDE for group in totals.groups)
    add_party(agreement, "ram:SellerTradeParty", document.seller, without_vat=bare)
    add_party(agreement, "ram:BuyerTradeParty", document.buyer, without_vat=bare)
    if document.purchase_order:
        order = add(agreement, "ram:BuyerOrderReferencedDocument")
        add(order, "ram:IssuerAssignedID", document.purchase_order)  # BT-13


def _add_settlement(transaction: ET.Element, document: EInvoice, totals: Sums) -> None:
    settlement = add(transaction, "ram:ApplicableHeaderTradeSettlement")
    if document.transfer:
        add(settlement, "ram:PaymentReference", document.transfer.reference)  # BT-83
    add(settlement, "ram:InvoiceCurrencyCode", document.total.currency)  # BT-5
    add_payment_means(settlement, document)
    for group in totals.groups:
        _add_group(settlement, group, document)
    _add_period(settlement, _whole_service(document))  # BG-14
    for group in totals.groups:
        if group.other:
            _add_other_tax(settlement, group, document)
    add_terms(settlement, document)
    _add_sums(settlement, totals)
    for name in document.preceding:
        add(add(settlement, "ram:InvoiceReferencedDocument"), "ram:IssuerAssignedID", name)  # BT-25


def _add_group(settlement: ET.Element, group: TaxGroup, document: EInvoice) -> None:
    tax = add(settlement, "ram:ApplicableTradeTax")
    add(tax, "ram:CalculatedAmount", amount(group.tax))  # BT-117
    add(tax, "ram:TypeCode", "VAT")
    reason = document.reasons.get(group.category, "")
    if reason:
        add(tax, "ram:ExemptionReason", reason)  # BT-120
    add(tax, "ram:BasisAmount", amount(group.basis))  # BT-116
    add(tax, "ram:CategoryCode", group.category)  # BT-118
    if group.category in _CODES:
        add(tax, "ram:ExemptionReasonCode", _CODES[group.category])  # BT-121
    if group.category is not Category.OUTSIDE:
        add(tax, "ram:RateApplicablePercent", percent(group.millionths))  # BT-119


def _add_other_tax(settlement: ET.Element, group: TaxGroup, document: EInvoice) -> None:
    """Tax that is no VAT: a charge on the document (BG-21), an allowance (BG-20) where it is given back."""
    charge = add(settlement, "ram:SpecifiedTradeAllowanceCharge")
    is_charge = group.other.minor > 0
    add(add(charge, "ram:ChargeIndicator"), "udt:Indicator", "true" if is_charge else "false")
    add(charge, "ram:ActualAmount", amount(group.other if is_charge else -group.other))
    add(charge, "ram:Reason", document.other_tax or "-")
    _add_category(charge, "ram:CategoryTradeTax", group.category, 0)


def _add_sums(settlement: ET.Element, totals: Sums) -> None:
    summed = add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    add(summed, "ram:LineTotalAmount", amount(totals.lines))  # BT-106
    charged = [group.other for group in totals.groups if group.other.minor > 0]
    given = [-group.other for group in totals.groups if group.other.minor < 0]
    if charged:
        add(summed, "ram:ChargeTotalAmount", amount(sum(charged[1:], charged[0])))  # BT-108
    if given:
        add(summed, "ram:AllowanceTotalAmount", amount(sum(given[1:], given[0])))  # BT-107
    add(summed, "ram:TaxBasisTotalAmount", amount(totals.basis))  # BT-109
    add(summed, "ram:TaxTotalAmount", amount(totals.tax)).set("currencyID", totals.tax.currency)  # BT-110
    if totals.rounding:
        add(summed, "ram:RoundingAmount", amount(totals.rounding))  # BT-114
    add(summed, "ram:GrandTotalAmount", amount(totals.total))  # BT-112
    if totals.paid:
        add(summed, "ram:TotalPrepaidAmount", amount(totals.paid))  # BT-113
    add(summed, "ram:DuePayableAmount", amount(totals.due))  # BT-115
