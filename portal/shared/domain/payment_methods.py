"""What an account can have on file to pay with."""

from __future__ import annotations

from enum import StrEnum


class MethodKind(StrEnum):
    """A card, or an account at a bank that may be debited."""

    CARD = "card"
    DIRECT_DEBIT = "direct_debit"


class DebitScheme(StrEnum):
    """By which rules a bank account is debited; it stands where a card has its brand."""

    SEPA = "SEPA"  # in euros, by IBAN
    ACH = "ACH"  # in US dollars, by routing and account number


_SCHEMES = {"EUR": DebitScheme.SEPA, "USD": DebitScheme.ACH}


def debit_scheme(currency: str) -> DebitScheme | None:
    """How a bank account is debited in a currency; none where that is not offered."""
    return _SCHEMES.get(currency)
