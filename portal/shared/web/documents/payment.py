"""Where a document is paid by transfer, and what has to stand on it."""

from __future__ import annotations

from portal.config import Remittance
from portal.shared.domain.payment_references import PaymentReference
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.house import house


def bank_of(view: InvoiceWhole) -> Remittance | None:
    """The account that transfers for this document go to; online accounts pay otherwise."""
    if view.account_type != "corporate":
        return None
    return house().settings.seller.remittance.get(view.head.total.currency)


def reference_of(view: InvoiceWhole) -> str:
    """What has to stand on a transfer: proof against typing errors where it fits, else the document's name."""
    try:
        return PaymentReference(view.head.name.rpartition("-")[0], view.head.number).text
    except ValueError:
        return view.head.name
