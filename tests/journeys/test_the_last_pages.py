"""A subscription in trouble and at its end: cancelled and taken back, settled with a good card, renewed afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.shared.gateways.sandbox.known_cards import card_named
from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.pages.subscriptions import PRODUCT
from tests.journeys.somebody import Somebody

BOTH_WAYS = pytest.mark.parametrize(
    ("language", "javascript"),
    [("pt_BR", True), ("en", False)],
    ids=["with-javascript", "without-javascript"],
)


def add_card(who: Somebody, name: str) -> None:
    who.go("/billing/payment-method")
    who.button("Update payment method").click()
    who.card_page.type_card(card_named(name).spaced)
    who.heads("Payment method")


@BOTH_WAYS
def test_cancel_and_take_it_back(enter: Enter, language: str, *, javascript: bool) -> None:
    contact = enter("monthly", language=language, javascript=javascript)
    card = contact.page.get_by_role("article", name=PRODUCT)
    card.get_by_role("button", name=contact.say("Options"), exact=True).click()
    card.get_by_role("link", name=contact.say("Cancel subscription"), exact=True).click()
    contact.reads("You can take the cancellation back until that day.")
    contact.button("Yes, cancel").click()
    contact.heads("Your subscription is cancelled")
    contact.page.get_by_role("radio", name=contact.say("We hardly use it")).check()
    contact.button("Send the answer").click()
    expect(card).to_contain_text(contact.say("Pending cancellation"))
    card.get_by_role("button", name=contact.say("Options"), exact=True).click()
    menu = card.locator(".menu-list")
    menu.get_by_role("button", name=contact.say("Keep subscription"), exact=True).click()
    expect(card).to_contain_text(contact.say("Next renewal"))
    books.prove(contact.server)


@BOTH_WAYS
def test_a_card_that_needs_confirmation_and_then_a_good_one(
    enter: Enter, language: str, *, javascript: bool
) -> None:
    contact = enter("past-due", language=language, javascript=javascript)
    add_card(contact, "needs_confirmation")
    contact.reads("The bank wants you to confirm the payment yourself.")
    contact.link("Pay and confirm").click()
    contact.button("Pay this amount").click()
    contact.page.wait_for_url("**/sandbox-processor/**")
    contact.page.locator("button[value=approve]").click()
    contact.heads("Your payment is made")
    contact.go("/billing/")
    expect(contact.page.get_by_role("article", name=PRODUCT)).to_contain_text(contact.say("Next renewal"))
    books.prove(contact.server)


def test_a_good_card_settles_an_overdue_account(enter: Enter) -> None:
    contact = enter("past-due")
    add_card(contact, "mastercard")
    contact.reads("Nothing of it is open any more, and what it is for goes on.")
    books.prove(contact.server)


@BOTH_WAYS
def test_renew_an_expired_account(enter: Enter, language: str, *, javascript: bool) -> None:
    contact = enter("expired", language=language, javascript=javascript)
    contact.reads("Everything but renewing is closed. Renew what you need, and the rest opens again.")
    contact.link("Renew").click()
    contact.heads("Renew subscription")
    contact.button("Proceed to checkout").click()
    contact.button("Place order").click()
    contact.heads("Your order is placed")
    contact.go("/billing/payment-method")
    contact.heads("Payment method")
    books.prove(contact.server)
