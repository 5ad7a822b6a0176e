"""Typing a card: a page of Stripe's own (Checkout in setup mode), so that no card number ever comes to us."""

from __future__ import annotations

import re

from stripe import IdempotencyError, InvalidRequestError, StripeClient
from stripe.checkout import Session

from portal.shared.gateways.cards import Card, CardSession
from portal.shared.gateways.own_paths import own_path
from portal.shared.gateways.stripe.addresses import card_back_path, card_path

# The languages of Stripe's pages that ours may ask for; any other is left to the browser.
_LANGUAGES = frozenset(
    "bg cs da de el en en-GB es es-419 et fi fr fr-CA hr hu id it ja ko lt lv mt nb nl pl pt pt-BR ro ru sk sl sv th tr"
    " vi zh zh-HK zh-TW".split()
)
_BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos Australia",
    "elo": "Elo",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
_SESSION = re.compile(r"cs_[A-Za-z0-9_]+")


class CardSessions:
    """Visits to Stripe's page for typing a card. Everything may raise StripeError: no answer."""

    def __init__(self, client: StripeClient, base_url: str) -> None:
        self._sessions = client.v1.checkout.sessions
        self._base_url = base_url

    def open(self, key: str, return_path: str, language: str) -> CardSession:
        """Open the page; see `CardProcessor`."""
        if not key:
            raise ValueError("a card session needs a key")
        own_path(return_path)
        locale = language.replace("_", "-")
        # Stripe replaces this word by the session's number, in the path as anywhere.
        back = card_back_path("{CHECKOUT_SESSION_ID}", return_path)
        try:
            session = self._sessions.create(
                {
                    "mode": "setup",
                    "allowed_payment_method_types": ["card"],
                    "customer_creation": "always",  # a card is charged later only when a customer holds it
                    "locale": locale if locale in _LANGUAGES else "auto",
                    "success_url": self._base_url + back,
                    "cancel_url": self._base_url + return_path,
                    "metadata": {"card_key": key},
                },
                {"idempotency_key": f"card-{key}"},
            )
        except IdempotencyError as trouble:
            raise ValueError("this key was used with another return path") from trouble
        return CardSession(session.id, card_path(session.id, return_path))

    def card(self, reference: str) -> Card | None:
        """The card that was typed, or None; see `CardProcessor`."""
        session = self._read(reference, expand=True)
        if session is None or session.status != "complete":
            return None
        method = getattr(session.setup_intent, "payment_method", None)
        card, customer = getattr(method, "card", None), getattr(method, "customer", None)
        if method is None or card is None or customer is None:
            return None
        brand = _BRANDS.get(card.brand, card.brand.replace("_", " ").title())
        holder = customer if isinstance(customer, str) else customer.id
        return Card(f"{holder}/{method.id}", brand, card.last4, card.exp_month, card.exp_year)

    def address(self, reference: str) -> str | None:
        """Where Stripe's page is; None when it was used or has expired (after a day)."""
        session = self._read(reference)
        return session.url if session is not None and session.status == "open" else None

    def _read(self, reference: str, *, expand: bool = False) -> Session | None:
        if not _SESSION.fullmatch(reference):
            return None
        try:
            return self._sessions.retrieve(
                reference, {"expand": ["setup_intent.payment_method"]} if expand else {}
            )
        except InvalidRequestError:
            return None
