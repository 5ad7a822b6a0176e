"""What an account can have on file to pay with."""

from __future__ import annotations

from portal.shared.domain.payment_methods import DebitScheme, debit_scheme


def test_bank_accounts_are_debited_in_euros_and_us_dollars() -> None:
    schemes = {currency: debit_scheme(currency) for currency in ("EUR", "USD", "BRL")}
    assert schemes == {"EUR": DebitScheme.SEPA, "USD": DebitScheme.ACH, "BRL": None}
