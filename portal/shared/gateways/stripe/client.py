"""Stripe's own library, with a limit of time on every call."""

from __future__ import annotations

import requests
import stripe
from stripe import RequestsClient, StripeClient

from portal.shared.gateways.bounded import bound

API_VERSION = "2026-10-28.endive"  # what our calls are written for, whatever version the library prefers
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 4.0
LARGEST = 4 * 1024 * 1024  # a page of a hundred refunds is far smaller
RETRIES = 1  # with the same idempotency key; the library makes one up for a call that has none


def stripe_client(
    secret_key: str, api_base: str = "", *, answer_seconds: float = ANSWER_SECONDS, retries: int = RETRIES
) -> StripeClient:
    """A client for Stripe, or for a stand-in at `api_base`; safe to share by threads."""
    stripe.enable_telemetry = False  # how long our last call took is nobody else's
    session = requests.Session()
    bound(session, CONNECT_SECONDS, answer_seconds, LARGEST)
    return StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else {},
        max_network_retries=retries,
        http_client=RequestsClient(timeout=(CONNECT_SECONDS, answer_seconds), session=session),
    )
