"""The words for payments: how they came, what became of them, why one cannot be recorded."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.config import Remittance
from portal.shared.services.invoice_payments.recording import Kind, Trouble

KINDS: dict[str, LazyString] = {
    "card": lazy_gettext("Card"),
    "direct_debit": lazy_gettext("Direct debit"),
    Kind.TRANSFER: lazy_gettext("Bank transfer"),
    Kind.CHEQUE: lazy_gettext("Cheque"),
}

# The field of the form to which the sentence belongs.
TROUBLES: dict[Trouble, tuple[str, LazyString]] = {
    Trouble.NOTHING: ("amount", lazy_gettext("Enter an amount above zero.")),
    Trouble.OTHER_CURRENCY: ("amount", lazy_gettext("This account pays in another currency.")),
    Trouble.IN_THE_FUTURE: ("received_on", lazy_gettext("The day it came in cannot be in the future.")),
    Trouble.REFERENCE_MISSING: (
        "reference",
        lazy_gettext("Enter what is written on the transfer, or the number of the cheque."),
    ),
    Trouble.REFERENCE_TOO_LONG: ("reference", lazy_gettext("Write up to 140 characters.")),
    Trouble.INVOICE_NOT_OPEN: (
        "invoice",
        lazy_gettext("One of these invoices is no longer open. Choose again."),
    ),
    Trouble.ON_ITS_WAY: (
        "record-payment",
        lazy_gettext(
            "An order or a card payment of this account is on its way. Try again when it is settled."
        ),
    ),
    Trouble.KEY_REUSED: (
        "record-payment",
        lazy_gettext("This page was used for another payment. Check it and record it again."),
    ),
}


def days_overdue(days: int) -> str:
    """`12 days overdue`."""
    return str(ngettext("%(num)d day overdue", "%(num)d days overdue", days))


def remittance_facts(account: Remittance, reference: str) -> list[dict[str, Any]]:
    """Where a transfer goes and what has to stand on it, for the `facts` component."""
    told = (
        (gettext("Reference"), reference),
        (gettext("Beneficiary"), account.beneficiary),
        (gettext("Bank"), account.bank),
        ("IBAN", account.iban),
        (gettext("Bank account"), account.account),
        (gettext("Branch or routing number"), account.routing),
        ("BIC", account.bic),
    )
    return [{"label": label, "value": value} for label, value in told if value]
