"""How a document is paid, in the XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from portal.shared.domain.einvoice.facts import EInvoice, Transfer
from portal.shared.domain.einvoice.writing import add, add_day

# UN/EDIFACT 4461: credit transfer, SEPA credit transfer, bank card.
_TRANSFER, _SEPA, _CARD = "30", "58", "48"


def add_payment_means(settlement: ET.Element, document: EInvoice) -> None:
    """The card that paid it, or the account that waits for a transfer (BG-16); nothing where neither is known."""
    if document.card:
        means = add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
        add(means, "ram:TypeCode", _CARD)
        card = add(means, "ram:ApplicableTradeSettlementFinancialCard")
        add(card, "ram:ID", document.card)  # BT-87: the last digits only
    if document.transfer:
        _add_transfer(settlement, document.transfer, document.total.currency)


def _add_transfer(settlement: ET.Element, transfer: Transfer, currency: str) -> None:
    means = add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    iban, bic = ("".join(text.split()) for text in (transfer.iban, transfer.bic))
    add(means, "ram:TypeCode", _SEPA if iban and currency == "EUR" else _TRANSFER)
    account = add(means, "ram:PayeePartyCreditorFinancialAccount")
    if iban:
        add(account, "ram:IBANID", iban)  # BT-84
    add(account, "ram:AccountName", transfer.beneficiary)  # BT-85
    if not iban:
        add(account, "ram:ProprietaryID", transfer.account)
    if bic:
        add(add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution"), "ram:BICID", bic)  # BT-86


def add_terms(settlement: ET.Element, document: EInvoice) -> None:
    """How it is paid in words (BT-20), and until when (BT-9); a credit note is never due."""
    terms = add(settlement, "ram:SpecifiedTradePaymentTerms")
    if document.terms:
        add(terms, "ram:Description", document.terms)
    if not document.is_credit_note:
        add_day(terms, "ram:DueDateDateTime", document.due_on)
    if len(terms) == 0:
        settlement.remove(terms)
