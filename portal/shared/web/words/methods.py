"""Payment methods by their own words: a card by its brand, a bank account by how it is debited."""

from __future__ import annotations

from flask_babel import gettext

from portal.shared.domain.payment_methods import DebitScheme


def method_words(label: str) -> str:
    """`Direct debit, IBAN •••• 1234` for a label as services keep it (`SEPA •••• 1234`); a card's label is its name."""
    brand, _, digits = label.partition(" ")
    if brand == DebitScheme.SEPA:
        return str(gettext("Direct debit, IBAN %(digits)s", digits=digits))
    if brand == DebitScheme.ACH:
        return str(gettext("Direct debit, account %(digits)s", digits=digits))
    return label
