"""An invoice is paid in two parts: with the card on file, and with a card that is used once and not kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.shared.gateways.sandbox.known_cards import card_named
from tests.journeys import books
from tests.journeys.conftest import Enter


@pytest.mark.parametrize(
    ("language", "javascript"),
    [("pt_BR", True), ("en", False)],
    ids=["with-javascript", "without-javascript"],
)
def test_two_parts_with_two_cards(enter: Enter, language: str, *, javascript: bool) -> None:
    contact = enter("corporate", language=language, javascript=javascript)
    server = contact.server
    invoice = books.documents(server, "corporate")[-1]
    assert books.cards_on_file(server, "corporate") == 1
    contact.go("/corp-billing/invoices")
    contact.page.get_by_role("link", name=invoice, exact=True).first.click()
    contact.invoice.pay()
    part = {"pt_BR": "10.000,50", "en": "10,000.50"}[language]
    contact.invoice.pay_part(part, "Visa •••• 4242")
    contact.invoice.payment_is_made()
    expect(contact.page.locator("main")).to_contain_text(part)

    contact.link("Pay the rest").click()
    rest = contact.page.get_by_role("textbox", name=contact.say("Amount")).input_value()
    contact.invoice.pay_part(rest, contact.say("A card used once"))
    contact.card_page.type_card(card_named("mastercard").spaced)
    contact.invoice.payment_is_made()
    contact.reads("The invoice is paid.")
    contact.link("See the invoice").click()
    expect(contact.page.locator("main .page-head .status")).to_have_text(contact.say("Paid"))
    expect(
        contact.page.get_by_role("table", name=contact.say("What was paid")).locator("tbody tr")
    ).to_have_count(2)
    expect(contact.page.get_by_role("link", name=contact.say("Pay"), exact=True)).to_have_count(0)

    contact.go("/corp-billing/payment-methods")
    expect(contact.page.locator("main")).to_contain_text("4242")
    expect(contact.page.locator("main")).not_to_contain_text(card_named("mastercard").number[-4:])
    assert books.cards_on_file(server, "corporate") == 1
    books.prove(server)
