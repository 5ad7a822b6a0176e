"""The bank accounts that work in the sandbox: the number alone decides whether a direct debit is paid or returned."""

from __future__ import annotations

from dataclasses import dataclass

from portal.shared.domain.payment_methods import DebitScheme
from portal.shared.gateways.cards import DeclineReason, Outcome

_ROUTING = "110000000"


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """A bank account and its fate. Without an IBAN it has a routing number beside its own."""

    name: str
    scheme: DebitScheme
    number: str
    routing: str = ""
    outcome: Outcome = Outcome.APPROVED
    reason: DeclineReason | None = None

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number as it is written: an IBAN in groups of four."""
        if self.scheme is DebitScheme.ACH:
            return self.number
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


_RETURNED = (Outcome.DECLINED, DeclineReason.INSUFFICIENT_FUNDS)
KNOWN_ACCOUNTS = (
    KnownAccount("sepa_pays", DebitScheme.SEPA, "DE89370400440532013000"),
    KnownAccount("sepa_returned", DebitScheme.SEPA, "DE62370400440532013001", "", *_RETURNED),
    KnownAccount("ach_pays", DebitScheme.ACH, "000123456789", _ROUTING),
    KnownAccount("ach_returned", DebitScheme.ACH, "000111111116", _ROUTING, *_RETURNED),
)

_BY_NUMBER = {(account.routing, account.number): account for account in KNOWN_ACCOUNTS}
_BY_NAME = {account.name: account for account in KNOWN_ACCOUNTS}


def account_numbered(number: str, routing: str = "") -> KnownAccount | None:
    """The account with this IBAN, or with this number at this bank, without blanks; or None."""
    return _BY_NUMBER.get((routing, number))


def account_named(name: str) -> KnownAccount:
    """The account of this name. Raises KeyError for an unknown name."""
    return _BY_NAME[name]


def accounts_of(scheme: DebitScheme) -> list[KnownAccount]:
    """The accounts that can be typed where this scheme is offered."""
    return [account for account in KNOWN_ACCOUNTS if account.scheme is scheme]
