"""A card processor with faults: the real sandbox, broken off or with lost answers where a test says so."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import (
    Card,
    CardProcessor,
    CardSession,
    ChargeResult,
    Outcome,
    RefundResult,
)


class PowerCut(Exception):
    """The process ended here, as far as everybody else can tell."""


def cut() -> None:
    """End here."""
    raise PowerCut


def nothing() -> None:
    """No fault."""


@dataclass
class FaultyProcessor:
    """`before` and `after` run on either side of a charge; `lose_charge` and `lose_status` swallow the answers."""

    inner: CardProcessor
    before: Callable[[], None] = nothing
    after: Callable[[], None] = nothing
    lose_charge: bool = False
    lose_status: bool = False

    def kinds(self, currency: str) -> Collection[MethodKind]:
        return self.inner.kinds(currency)

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        return self.inner.open_card_session(
            key=key, return_path=return_path, language=language, kinds=kinds, currency=currency
        )

    def card_of_session(self, reference: str) -> Card | None:
        return self.inner.card_of_session(reference)

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
        self.before()
        result = self.inner.charge(
            key=key,
            amount_minor=amount_minor,
            currency=currency,
            card_token=card_token,
            return_path=return_path,
            unattended=unattended,
        )
        self.after()
        return ChargeResult(Outcome.NO_ANSWER) if self.lose_charge else result

    def charge_status(self, key: str) -> ChargeResult:
        return ChargeResult(Outcome.NO_ANSWER) if self.lose_status else self.inner.charge_status(key)

    def cancel(self, key: str) -> ChargeResult:
        return ChargeResult(Outcome.NO_ANSWER) if self.lose_status else self.inner.cancel(key)

    def refund(self, *, key: str, amount_minor: int, refund_key: str) -> RefundResult:
        return self.inner.refund(key=key, amount_minor=amount_minor, refund_key=refund_key)
