"""Stripe's own library, with a limit of time on every call."""

from __future__ import annotations

import stripe
from stripe import RequestsClient, StripeClient

API_VERSION = "2026-10-28.endive"  # what our calls are written for, whatever version the library prefers
CONNECT_SECONDS = 3.05
ANSWER_SECONDS = 8.0
RETRIES = 1  # with the same idempotency key; the library makes one up for a call that has none


def stripe_client(
    secret_key: str, api_base: str = "", *, answer_seconds: float = ANSWER_SECONDS, retries: int = RETRIES
) -> StripeClient:
    """A client for Stripe, or for a stand-in at `api_base`; safe to share by threads."""
    stripe.enable_telemetry = False  # how long our last call took is nobody else's
    return StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=retries,
        http_client=RequestsClient(timeout=(CONNECT_SECONDS, answer_seconds)),
    )
