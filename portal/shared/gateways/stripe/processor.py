"""Stripe as a card processor."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

import structlog
from stripe import APIConnectionError, APIError, RateLimitError, StripeClient, StripeError

from portal.shared.domain.patience import DEPENDENCY
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.card_messages import Message
from portal.shared.gateways.cards import (
    Card,
    CardSession,
    ChargeResult,
    Outcome,
    ProcessorUnavailable,
    RefundOutcome,
    RefundResult,
)
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.own_paths import own_path
from portal.shared.gateways.patience import Line, NoAnswer, NotAsked, TooSlow
from portal.shared.gateways.stripe.amounts import charges_all_of
from portal.shared.gateways.stripe.card_sessions import CardSessions
from portal.shared.gateways.stripe.charging import Charging, Wish
from portal.shared.gateways.stripe.messages import read_message
from portal.shared.gateways.stripe.notebook import Notebook
from portal.shared.gateways.stripe.refunding import Refunding

_LARGEST_AMOUNT = 99_999_999_99  # minor units; Stripe takes fewer for most currencies and says so

Result = TypeVar("Result")
_log = structlog.stdlib.get_logger("portal.stripe")


def _is_down(error: BaseException) -> bool:
    """Whether Stripe itself is in trouble; a card that is declined is an answer."""
    return isinstance(error, (APIConnectionError, APIError, RateLimitError))


class StripeProcessor:
    """A `CardProcessor` with real money. Safe to share by threads, and to use from several processes at once."""

    def __init__(
        self, client: StripeClient, notebook: Notebook, clock: Clock, *, base_url: str, webhook_secret: str
    ) -> None:
        """`base_url` is where browsers reach us, as Stripe and the banks lead them back."""
        self._notebook = notebook
        self._charging = Charging(client, notebook, clock, base_url)
        self._cards = CardSessions(client, base_url)
        self._refunding = Refunding(client, notebook)
        self._webhook_secret = webhook_secret
        self._line = Line(_is_down)

    # The protocol

    def kinds(self, currency: str) -> Collection[MethodKind]:
        """Cards only, and none where not every amount could be charged; see `CardProcessor`."""
        return (MethodKind.CARD,) if charges_all_of(currency) else ()

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        """Open the page where a card is typed; see `CardProcessor`."""
        if not set(kinds) <= set(self.kinds(currency)):
            raise ValueError("only cards can be typed here")
        return self._reached(lambda: self._cards.open(key, return_path, language))

    def card_of_session(self, reference: str) -> Card | None:
        """The card typed in a session, or None; see `CardProcessor`."""
        return self._reached(lambda: self._cards.card(reference))

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
        """Charge a card; see `CardProcessor`."""
        own_path(return_path)
        if type(amount_minor) is not int or not 0 < amount_minor <= _LARGEST_AMOUNT:
            raise ValueError("a charge is a positive whole number of minor units")
        if not key or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise ValueError("a charge needs a key and an ISO 4217 currency")
        wish = Wish(key, amount_minor, currency, card_token, return_path, unattended)
        return self._asked(key, lambda: self._charging.charge(wish), self._charging.close_unasked)

    def charge_status(self, key: str) -> ChargeResult:
        """What became of a charge; see `CardProcessor`."""
        return self._asked(key, lambda: self._charging.status(key))

    def cancel(self, key: str) -> ChargeResult:
        """Make sure that nothing is charged any more; see `CardProcessor`."""
        return self._asked(key, lambda: self._charging.cancel(key), self._charging.close_unasked)

    def refund(self, *, key: str, amount_minor: int, refund_key: str) -> RefundResult:
        """Give back what was charged; see `CardProcessor`."""
        try:
            return self._line.call(lambda: self._refunding.refund(key, amount_minor, refund_key), DEPENDENCY)
        except (NoAnswer, StripeError) as trouble:
            _log.warning("stripe gave no answer", refund=refund_key, trouble=type(trouble).__name__)
            return RefundResult(RefundOutcome.NO_ANSWER)

    def _asked(
        self, key: str, ask: Callable[[], ChargeResult], unasked: Callable[[str], ChargeResult] | None = None
    ) -> ChargeResult:
        """What Stripe says within the time; never an exception of its: the order waits, and is asked about later."""
        try:
            return self._line.call(ask, DEPENDENCY)
        except NotAsked as trouble:
            _log.warning("stripe was not asked", charge=key, trouble=type(trouble).__name__)
            return unasked(key) if unasked is not None else ChargeResult(Outcome.NO_ANSWER)
        except (TooSlow, StripeError) as trouble:
            status = getattr(trouble, "http_status", None)
            _log.warning("stripe gave no answer", charge=key, trouble=type(trouble).__name__, status=status)
            return ChargeResult(Outcome.NO_ANSWER)

    # What our own pages around Stripe's need

    def card_page_address(self, reference: str) -> str | None:
        """Where Stripe's page for typing a card is, or None. Raises ProcessorUnavailable."""
        return self._reached(lambda: self._cards.address(reference))

    def bank_address(self, key: str) -> str | None:
        """Where the bank asks the card holder, or None. Raises ProcessorUnavailable."""
        return self._reached(lambda: self._charging.bank_address(key))

    def _reached(self, ask: Callable[[], Result]) -> Result:
        """What Stripe says within the time. Raises ProcessorUnavailable."""
        try:
            return self._line.call(ask, DEPENDENCY)
        except (NoAnswer, StripeError) as trouble:
            _log.warning("stripe gave no answer", trouble=type(trouble).__name__)
            raise ProcessorUnavailable("Stripe does not answer") from trouble

    def knows_charge(self, key: str) -> bool:
        """Whether a charge was begun under this key."""
        note = self._notebook.read(key)
        return note is not None and note.reference is not None

    def read_message(self, payload: bytes, signature: str | None) -> Message:
        """Read a message that Stripe signed. Raises ForgedMessageError."""
        return read_message(payload, signature, self._webhook_secret)
