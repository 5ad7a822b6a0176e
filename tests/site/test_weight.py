"""What a page weighs for somebody who comes for the first time: bytes and requests do not vary, so they are counted."""

from __future__ import annotations

import pytest

from tests.support.demo_house import DemoHouse
from tests.support.first_view import first_view

MOST_BYTES = 60_000
MOST_REQUESTS = 8

PAGES = {
    "sign-in": (None, "/sign-in"),
    "overview": ("monthly", "/billing/"),
    "edit": ("monthly", "/billing/subscriptions/{subscription}/edit"),
    "checkout": ("cart", "/billing/checkout"),
    "invoices": ("monthly", "/billing/invoices"),
    "corporate overview": ("corporate", "/corp-billing/"),
    "desk": ("rep", "/corp-billing/desk"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_first_view_is_light(furnished: DemoHouse, name: str) -> None:
    story, path = PAGES[name]
    visitor = furnished.visitor(furnished.email(story) if story else None)
    if "{" in path:
        assert story is not None
        path = path.format(subscription=furnished.subscription_id(story))
    seen = first_view(visitor, path)
    assert seen.bytes <= MOST_BYTES, sorted(seen.sizes.items(), key=lambda one: -one[1])
    assert seen.requests <= MOST_REQUESTS, list(seen.sizes)
