"""Our application as the processor sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal.shared.gateways.cards import Card, ChargeResult
from portal.shared.gateways.sandbox.processor import SandboxProcessor


@dataclass
class Shop:
    """What our application was told, and shorthands for what it asks."""

    processor: SandboxProcessor
    saved: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    def card(self, name: str = "visa") -> Card:
        return self.processor.issue_card(name, expiry_month=12, expiry_year=2031)

    def charge(self, key: str, card: Card, amount_minor: int = 63000, currency: str = "BRL") -> ChargeResult:
        return self.processor.charge(
            key=key,
            amount_minor=amount_minor,
            currency=currency,
            card_token=card.token,
            return_path=f"/billing/orders/{key}",
        )
