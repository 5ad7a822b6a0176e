"""A subscription is cancelled and taken back, an overdue one is settled by a card, and the invoice is read as a PDF."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from portal.shared.gateways.sandbox.known_cards import card_named
from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody
from tests.support.live_server import LiveServer

WAYS = pytest.mark.parametrize(
    ("language", "javascript"),
    [("pt_BR", True), ("en", False)],
    ids=["portuguese-with-javascript", "english-without"],
)


def card_of(contact: Somebody) -> Locator:
    """The first product of the subscriptions page."""
    contact.go("/billing/")
    return contact.page.get_by_role("article").first


def choose_option(contact: Somebody, option: str) -> None:
    card = card_of(contact)
    card.get_by_role("button", name=contact.say("Options"), exact=True).click()
    card.get_by_role("link", name=contact.say(option), exact=True).click()


def add_card(contact: Somebody, name: str) -> None:
    """Type a card of the sandbox on the page of payment methods."""
    contact.go("/billing/payment-method")
    contact.button("Update payment method").click()
    contact.card_page.type_card(card_named(name).spaced)
    contact.page.wait_for_url("**/billing/payment-method*")


@WAYS
def test_cancelling_and_taking_it_back(
    enter: Enter, fresh_server: LiveServer, language: str, *, javascript: bool
) -> None:
    contact = enter("monthly", language=language, javascript=javascript)
    ends_on = books.subscription(fresh_server, "monthly").period_end
    choose_option(contact, "Cancel subscription")
    contact.heads("Cancel subscription")
    contact.button("Yes, cancel").click()
    contact.heads("Your subscription is cancelled")
    contact.link("Skip").click()
    expect(card_of(contact)).to_contain_text(contact.say("Pending cancellation"))
    assert books.subscription(fresh_server, "monthly").pending_cancellation
    contact.mail("Cancelada")  # mails speak the language of her account, whatever this browser speaks

    card = card_of(contact)
    card.locator(".buttons").get_by_role("button", name=contact.say("Keep subscription"), exact=True).click()
    expect(card).not_to_contain_text(contact.say("Pending cancellation"))
    kept = books.subscription(fresh_server, "monthly")
    assert (kept.pending_cancellation, kept.period_end) == (False, ends_on)


@WAYS
def test_a_good_card_settles_what_is_overdue(
    enter: Enter, fresh_server: LiveServer, language: str, *, javascript: bool
) -> None:
    contact = enter("past-due", language=language, javascript=javascript)
    expect(card_of(contact)).to_contain_text(contact.say("Past due"))
    invoice = books.documents(fresh_server, "past-due")[-1]
    add_card(contact, "visa")
    contact.reads("Your card paid invoice %(name)s", name=invoice)
    expect(card_of(contact)).not_to_contain_text(contact.say("Past due"))
    assert books.subscription(fresh_server, "past-due").past_due_since is None
    books.prove(fresh_server)


@WAYS
def test_a_card_that_needs_confirmation_is_confirmed_and_settles_it_too(
    enter: Enter, fresh_server: LiveServer, language: str, *, javascript: bool
) -> None:
    contact = enter("past-due", language=language, javascript=javascript)
    invoice = books.documents(fresh_server, "past-due")[-1]
    add_card(contact, "needs_confirmation")
    contact.reads("Invoice %(name)s could not be charged", name=invoice)
    contact.link("Pay and confirm").click()
    contact.button("Pay this amount").click()
    contact.page.wait_for_url("**/sandbox-processor/challenge/*")
    contact.page.locator("button[value=approve]").click()
    contact.invoice.payment_is_made()
    contact.reads("The invoice is paid.")
    expect(card_of(contact)).not_to_contain_text(contact.say("Past due"))
    books.prove(fresh_server)


@pytest.mark.parametrize("language", ["pt_BR"])
def test_the_pdf_says_what_the_page_says(enter: Enter, language: str) -> None:
    contact = enter("annual", language=language)
    contact.go("/billing/invoices")
    contact.page.locator("main table tbody tr").first.get_by_role("link").first.click()
    name, total = contact.invoice.name, contact.page.locator("main tfoot td").last.inner_text()
    text = contact.invoice.pdf_text()
    assert name in text
    assert total.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " ")
