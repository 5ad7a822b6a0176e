"""Our own addresses around Stripe's: where a browser is led on to it, and where it comes back."""

from __future__ import annotations

from urllib.parse import quote

from portal.shared.gateways.own_paths import own_path

MOUNTED_AT = "/stripe"
WEBHOOKS = "/webhooks/stripe"


def card_path(session: str, return_path: str) -> str:
    """The page that leads on to Stripe's for typing a card."""
    return f"{MOUNTED_AT}/cards/{session}?to={quote(own_path(return_path), safe='')}"


def card_back_path(session: str, return_path: str) -> str:
    """The page to which Stripe leads back after a card was typed."""
    return f"{MOUNTED_AT}/cards/{session}/back?to={quote(own_path(return_path), safe='')}"


def confirmation_path(key: str, return_path: str) -> str:
    """The page that leads on to the bank."""
    return f"{MOUNTED_AT}/confirmations/{quote(key, safe='')}?to={quote(own_path(return_path), safe='')}"


def confirmation_back_path(key: str, return_path: str) -> str:
    """The page to which the bank leads back."""
    return f"{MOUNTED_AT}/confirmations/{quote(key, safe='')}/back?to={quote(own_path(return_path), safe='')}"
