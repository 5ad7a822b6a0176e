"""Card payments: what every card processor, the built-in sandbox or a real one, must be able to do.

A card number never comes to us. The person types it on the processor's own page (a card session); we keep a token,
the brand, the last four digits and the expiry. A bank account that is debited (direct debit, ACH) is typed there in
the same way and charged by the same calls; its charges are answered later: NO_ANSWER comes first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.shared.domain.payment_methods import MethodKind


class Outcome(StrEnum):
    """What became of a charge."""

    APPROVED = "approved"
    DECLINED = "declined"
    NEEDS_CONFIRMATION = "needs_confirmation"  # the bank asks the card holder; go to `confirmation_path`
    NO_ANSWER = (
        "no_answer"  # it may have been charged: ask `charge_status` later, never charge under another key
    )
    NEVER_SEEN = "never_seen"  # only from `charge_status`: nothing was charged so far
    CANCELLED = "cancelled"  # nothing was charged, and nothing will be under this key


class DeclineReason(StrEnum):
    """Why the bank declined."""

    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    CONFIRMATION_FAILED = "confirmation_failed"


class RefundOutcome(StrEnum):
    """What became of a refund."""

    GIVEN_BACK = "given_back"  # taken from our side; a bank may take days to show it
    REFUSED = "refused"  # nothing was given back: it is more than is left, or nothing was ever charged
    NO_ANSWER = "no_answer"  # it may have been given back, or still be: ask again with the same refund key


class ProcessorUnavailable(Exception):
    """The processor cannot be reached; nothing was asked of it, so trying again is safe."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card on file at the processor, good to the end of its expiry month; or a bank account, which has none.

    The brand of a bank account is its `DebitScheme`.
    """

    token: str
    brand: str
    last4: str
    expiry_month: int | None = None
    expiry_year: int | None = None
    kind: MethodKind = MethodKind.CARD


@dataclass(frozen=True, slots=True)
class CardSession:
    """One visit to the processor's page for typing a card; `path` is where the browser goes."""

    reference: str
    path: str


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """What became of a charge: `reason` with DECLINED, `confirmation_path` with NEEDS_CONFIRMATION."""

    outcome: Outcome
    reference: str | None = None
    reason: DeclineReason | None = None
    confirmation_path: str | None = None


@dataclass(frozen=True, slots=True)
class RefundResult:
    """What became of a refund; with GIVEN_BACK, `reference` is the processor's own number for it."""

    outcome: RefundOutcome
    reference: str | None = None


class CardProcessor(Protocol):
    """A card processor. A key is charged at most once, for ever, whatever is repeated, late or lost."""

    def kinds(self, currency: str) -> Collection[MethodKind]:
        """What can be typed on its page for charges in a currency; it asks nobody."""
        ...

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        """Open the page where a card is typed; the same key gives the same session.

        `return_path` is our own path to which the browser comes back. `kinds` says what may be typed there; a bank
        account is one of the `currency` that will be charged.

        Raises:
            ValueError: `return_path` leads elsewhere, the key was used with another one, or no kind can be typed in
                this currency.
            ProcessorUnavailable: no answer.
        """
        ...

    def card_of_session(self, reference: str) -> Card | None:
        """The card typed in a session, or None as long as there is none (or no such session).

        Raises:
            ProcessorUnavailable: no answer.
        """
        ...

    def charge(
        self,
        *,
        key: str,
        amount_minor: int,
        currency: str,
        card_token: str,
        return_path: str,
        unattended: bool = False,
    ) -> ChargeResult:
        """Charge a card, in minor units; the same key gives the same answer and is never charged twice.

        `unattended` says that the card holder is not there: a renewal. Trouble on the way is no exception but
        NO_ANSWER.

        Raises:
            ValueError: the key was used with another amount, currency or card; the amount is not positive.
        """
        ...

    def charge_status(self, key: str) -> ChargeResult:
        """What became of the charge with this key, NEVER_SEEN if it did not arrive, NO_ANSWER if not known yet."""
        ...

    def cancel(self, key: str) -> ChargeResult:
        """Make sure that a charge that is not approved never will be, even if it arrives later.

        An approved or declined charge stays as it is: the answer says so.
        """
        ...

    def refund(self, *, key: str, amount_minor: int, refund_key: str) -> RefundResult:
        """Give back what was charged under a key, or a part of it; the same refund key gives back once, for ever.

        Trouble on the way is no exception but NO_ANSWER.

        Raises:
            ValueError: the amount is not positive, or the refund key was used for another charge or amount.
        """
        ...
