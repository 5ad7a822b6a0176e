"""The cards that work in the sandbox: the number alone decides what the bank will say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.shared.gateways.cards import DeclineReason, Outcome


class Delivery(StrEnum):
    """How the answer to a charge travels back."""

    AT_ONCE = "at_once"
    LATE = "late"  # the bank decides only some seconds later; until then nobody knows
    LOST = "lost"  # decided at once, but the answer does not arrive; a later question is answered


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card number and its fate."""

    name: str
    number: str
    brand: str
    outcome: Outcome
    reason: DeclineReason | None = None
    delivery: Delivery = Delivery.AT_ONCE

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]

    @property
    def spaced(self) -> str:
        """The number in the groups that are embossed on the card."""
        if len(self.number) == 15:
            return f"{self.number[:4]} {self.number[4:10]} {self.number[10:]}"
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


KNOWN_CARDS = (
    KnownCard("visa", "4242424242424242", "Visa", Outcome.APPROVED),
    KnownCard("mastercard", "5555555555554444", "Mastercard", Outcome.APPROVED),
    KnownCard("amex", "378282246310005", "American Express", Outcome.APPROVED),
    KnownCard("declined", "4000000000000002", "Visa", Outcome.DECLINED, DeclineReason.DECLINED),
    KnownCard(
        "insufficient_funds", "4000000000009995", "Visa", Outcome.DECLINED, DeclineReason.INSUFFICIENT_FUNDS
    ),
    KnownCard("expired_card", "4000000000000069", "Visa", Outcome.DECLINED, DeclineReason.EXPIRED_CARD),
    KnownCard("needs_confirmation", "4000002500003155", "Visa", Outcome.NEEDS_CONFIRMATION),
    KnownCard("late_answer", "4000000000000259", "Visa", Outcome.APPROVED, delivery=Delivery.LATE),
    KnownCard("lost_after_charge", "4000000000000267", "Visa", Outcome.APPROVED, delivery=Delivery.LOST),
    KnownCard(
        "lost_after_decline",
        "4000000000000119",
        "Visa",
        Outcome.DECLINED,
        DeclineReason.DECLINED,
        Delivery.LOST,
    ),
)

_BY_NUMBER = {card.number: card for card in KNOWN_CARDS}
_BY_NAME = {card.name: card for card in KNOWN_CARDS}


def card_numbered(number: str) -> KnownCard | None:
    """The card with this number (digits only), or None."""
    return _BY_NUMBER.get(number)


def card_named(name: str) -> KnownCard:
    """The card of this name. Raises KeyError for an unknown name."""
    return _BY_NAME[name]
