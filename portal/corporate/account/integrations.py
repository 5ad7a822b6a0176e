"""Programs that work for the account: their tokens, and the addresses that are told what changed."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.shared.web.integrations import pages, webhooks

_DOOR = pages.Door("corporate")


def overview() -> ResponseReturnValue:
    """The tokens and the addresses."""
    return pages.overview(_DOOR)


def create_token() -> ResponseReturnValue:
    """Make a token and show it once."""
    return pages.create_token(_DOOR)


def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token."""
    return pages.revoke_token(_DOOR, token_id)


def add_webhook() -> ResponseReturnValue:
    """Let an address hear of the account."""
    return webhooks.add(_DOOR)


def webhook(endpoint_id: int) -> ResponseReturnValue:
    """One address, and what it was told."""
    return webhooks.show(_DOOR, endpoint_id)


def change_webhook_secret(endpoint_id: int) -> ResponseReturnValue:
    """Give it another secret."""
    return webhooks.change_secret(_DOOR, endpoint_id)


def test_webhook(endpoint_id: int) -> ResponseReturnValue:
    """Send a test."""
    return webhooks.send_test(_DOOR, endpoint_id)


def switch_webhook(endpoint_id: int) -> ResponseReturnValue:
    """Switch it off or on."""
    return webhooks.switch(_DOOR, endpoint_id)


def remove_webhook(endpoint_id: int) -> ResponseReturnValue:
    """Remove it."""
    return webhooks.remove(_DOOR, endpoint_id)


def send_webhook_again(endpoint_id: int, delivery_id: int) -> ResponseReturnValue:
    """Tell something once more."""
    return webhooks.send_again(_DOOR, endpoint_id, delivery_id)
