"""Add new subscription: another product is bought or tried."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Walk

pytestmark = [
    pytest.mark.parametrize("language", ["pt_BR"]),
    pytest.mark.parametrize("javascript", [False], ids=["without-javascript"]),
]


def test_another_product_is_bought_or_tried(walk: Walk, language: str, javascript: bool) -> None:
    walk.sign_in("monthly")
    _open(walk, "buy", "GoToMeeting")
    walk.page.get_by_role("textbox", name=walk.words["seat_count"], exact=True).fill("2")
    walk.page.get_by_role("button", name=walk.words["proceed_to_checkout"], exact=True).click()
    walk.checkout.is_shown()
    walk.checkout.place_order()
    walk.confirmation.is_shown()

    _open(walk, "try", "GoToAssist Service Desk")
    walk.page.get_by_role("button", name=walk.words["start_trial"], exact=True).click()
    walk.page.wait_for_url("**/trial")
    walk.go("/billing/")
    expect(walk.page.get_by_role("article")).to_have_count(3)
    trial = walk.subscriptions.card("GoToAssist Service Desk")
    expect(trial.get_by_role("link", name=walk.words["subscribe_now"], exact=True)).to_be_visible()


def _open(walk: Walk, how: str, product: str) -> None:
    walk.go("/billing/")
    walk.page.get_by_role("link", name=walk.words["add_new_subscription"], exact=True).click()
    card = walk.page.get_by_role("region", name=product)
    card.get_by_role("link", name=walk.words[how], exact=True).click()
