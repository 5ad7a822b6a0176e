"""The seven steps of the how-to article, as a billing contact walks them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import expect

from tests.journeys.conftest import Walk
from tests.journeys.pages.subscriptions import PRODUCT

PLANS = {"pt_BR": ("Básico", "Profissional"), "en": ("Basic", "Professional")}


def test_with_an_empty_cart_the_change_goes_straight_to_checkout(
    walk: Walk, language: str, javascript: bool
) -> None:
    who = walk.sign_in("monthly")
    walk.subscriptions.is_shown()
    walk.subscriptions.choose_option("edit_subscription")

    walk.edit.is_shown()
    walk.edit.choose(plan=PLANS[language][1], seats="7")
    if javascript:
        expect(walk.edit.summary).to_contain_text("7 ×")
    walk.edit.go_on("proceed_to_checkout")

    walk.checkout.is_shown()
    today = datetime.now(ZoneInfo("America/Sao_Paulo")).date()
    expect(walk.checkout.fact("billing_period")).to_contain_text(format_date(today, "long", locale=language))
    expect(walk.checkout.fact("seat_count")).to_contain_text("7")
    expect(walk.checkout.payment_method).to_be_visible()
    expect(walk.checkout.vat_number).to_be_visible()
    total = walk.checkout.total

    walk.checkout.edit_order()
    expect(walk.edit.seats).to_have_value("7")
    expect(walk.page.get_by_role("radio", name=PLANS[language][1], exact=True)).to_be_checked()
    walk.edit.go_on("proceed_to_checkout")
    assert walk.checkout.total == total

    walk.checkout.place_order()
    walk.confirmation.is_shown()
    assert walk.confirmation.total == total
    walk.confirmation.assign("Ana Prado <ana.prado@padaria-aurora.example>\nbruno@padaria-aurora.example")
    walk.confirmation.is_shown()

    walk.go("/billing/")
    card = walk.subscriptions.card()
    expect(card).to_contain_text(PLANS[language][1])
    expect(card).to_contain_text("5")
    _wait_for_mail(walk, who.email)


def test_with_something_in_the_cart_the_change_joins_it(walk: Walk, language: str) -> None:
    walk.sign_in("cart")
    walk.subscriptions.is_shown()
    walk.subscriptions.choose_option("edit_subscription", PRODUCT)
    walk.edit.is_shown()
    walk.edit.choose(seats="6", frequency="annual")
    button = walk.page.get_by_role("button", name=walk.words["proceed_to_checkout"], exact=True)
    expect(button).to_have_count(0)
    walk.edit.go_on("add_to_cart")
    walk.cart.holds(2)
    walk.cart.check_out()
    walk.checkout.is_shown()
    expect(walk.page.locator("dl.facts")).to_have_count(2)
    total = walk.checkout.total
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    assert walk.confirmation.total == total
    walk.go("/billing/cart")
    expect(walk.page.locator("main section.card")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True], ids=["with-javascript"])
def test_a_trial_that_ended_offers_to_subscribe_and_says_when_it_ended(walk: Walk, language: str) -> None:
    walk.sign_in("trial-ended")
    card = walk.subscriptions.card()
    expect(card.get_by_role("button", name=walk.words["options"], exact=True)).to_have_count(0)
    expect(card.locator(".notice")).to_be_visible()
    card.get_by_role("link", name=walk.words["subscribe_now"], exact=True).click()
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.is_shown()
    # No card is on file: it is typed on the processor's own page.
    walk.page.locator("#main form[action$='/checkout/card'] button").click()
    _type_card(walk, "4242 4242 4242 4242")
    walk.page.wait_for_url("**/billing/checkout")
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    walk.go("/billing/")
    expect(
        walk.subscriptions.card().get_by_role("button", name=walk.words["options"], exact=True)
    ).to_be_visible()


@pytest.mark.parametrize("javascript", [False], ids=["without-javascript"])
@pytest.mark.parametrize("language", ["pt_BR"])
def test_a_cheaper_selection_asks_for_no_payment_details(walk: Walk, language: str) -> None:
    walk.sign_in("monthly")
    walk.subscriptions.choose_option("edit_subscription")
    walk.edit.choose(seats="3")
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.is_shown()
    expect(walk.checkout.vat_number).to_have_count(0)
    expect(walk.checkout.payment_method).to_have_count(0)
    walk.checkout.place_order()
    walk.confirmation.is_shown()


@pytest.mark.parametrize("javascript", [True], ids=["with-javascript"])
@pytest.mark.parametrize("language", ["en"])
def test_the_bank_may_want_a_confirmation(walk: Walk, language: str) -> None:
    walk.sign_in("monthly")
    walk.go("/billing/payment-method")
    walk.page.locator("#main form[action$='/payment-method/card'] button").click()
    _type_card(walk, "4000 0025 0000 3155")
    walk.page.wait_for_url("**/billing/payment-method*")
    walk.go("/billing/")
    walk.subscriptions.choose_option("edit_subscription")
    walk.edit.choose(seats="9")
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.place_order()
    walk.page.wait_for_url("**/sandbox-processor/challenge/*")
    walk.page.locator("button[type=submit]").first.click()
    walk.confirmation.is_shown()


def _type_card(walk: Walk, number: str) -> None:
    walk.page.wait_for_url("**/sandbox-processor/cards/*")
    page = walk.page
    page.locator("[autocomplete=cc-number]").fill(number)
    page.locator("[autocomplete=cc-exp]").fill("12/34")
    page.locator("[autocomplete=cc-csc]").fill("123")
    page.locator("[autocomplete=cc-name]").fill("Marina Duarte")
    page.locator("[autocomplete=cc-name]").press("Enter")


def _wait_for_mail(walk: Walk, address: str) -> None:
    for _ in range(120):
        if address in walk.mails():
            return
        walk.page.wait_for_timeout(500)
    raise AssertionError("the confirmation was not sent")
