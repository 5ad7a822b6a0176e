"""A contact of a large organisation asks for ten more seats while a quote still waits for an answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody

PRODUCT = "GoToAssist Remote Support v5"
PURCHASE_ORDER = "HZ-2026-0988"
LANGUAGES = pytest.mark.parametrize("language", ["pt_BR", "en"])


def ask_for_ten(contact: Somebody) -> None:
    """From the front page to the seats, over the Options of the card."""
    contact.go("/corp-billing/")
    card = contact.page.get_by_role("article", name=PRODUCT)
    card.get_by_role("button", name=contact.say("Options"), exact=True).click()
    card.get_by_role("link", name=contact.say("Add seats"), exact=True).click()
    contact.add_seats.is_shown()
    contact.add_seats.seats.fill("10")


def accept(contact: Somebody, total: str) -> None:
    """With a purchase order, on invoice, and nobody new as account admin."""
    contact.terms.is_shown()
    expect(contact.terms.on_invoice).to_be_checked()
    contact.terms.choose_purchase_order(PURCHASE_ORDER)
    expect(contact.terms.admin_name).to_have_value("")
    contact.terms.go_on()
    contact.service_order.is_shown()
    expect(contact.service_order.terms).to_contain_text(PURCHASE_ORDER)
    expect(contact.service_order.terms).to_contain_text(contact.say("Nobody new"))
    assert contact.service_order.total == total
    contact.service_order.place()
    contact.service_order.is_placed()


@LANGUAGES
def test_an_open_quote_is_replaced_knowingly(enter: Enter, language: str) -> None:
    contact = enter("corporate", language=language)
    server = contact.server
    before = books.subscription(server, "corporate")
    assert before.period_end is not None
    ask_for_ten(contact)
    expect(contact.add_seats.summary).to_contain_text("10 ×")
    expect(contact.add_seats.waiting(1)).to_be_visible()

    contact.add_seats.go_on()  # without having said what becomes of the quote
    contact.reads("Tick every open quote that these seats take the place of, or answer it first.")
    expect(contact.add_seats.seats).to_have_value("10")
    contact.add_seats.replace(1)
    total = contact.add_seats.total
    contact.add_seats.go_on()
    accept(contact, total)

    renewal = format_date(before.period_end, "long", locale=language)
    expect(contact.page.locator("main")).to_contain_text(renewal)
    after = books.subscription(server, "corporate")
    assert (after.seats, after.period_end) == (before.seats + 10, before.period_end)

    contact.service_order.see_invoice()
    due = datetime.now(ZoneInfo("America/Sao_Paulo")).date() + timedelta(days=30)
    expect(contact.invoice.fact("Due date")).to_have_text(format_date(due, "long", locale=language))
    expect(contact.invoice.fact("Purchase order")).to_have_text(PURCHASE_ORDER)
    expect(contact.page.locator("main")).to_contain_text(total)
    printed = contact.invoice.pdf_text()
    assert PURCHASE_ORDER in printed
    # Documents are set in the account's language, whoever reads them.
    assert format_date(due, "long", locale="pt_BR") in printed

    contact.go("/corp-billing/quotes/1")
    contact.reads("This quote was replaced by another one.")
    expect(contact.quote.answer).to_have_count(0)
    contact.link("See quote %(number)d, which replaced it", number=3).click()
    contact.quote.is_shown(3)
    contact.reads("This quote was accepted already.")
    contact.go("/corp-billing/purchase-orders")
    expect(contact.purchase_orders.row(PURCHASE_ORDER)).to_contain_text(total)
    document = books.documents(server, "corporate")[-1]
    assert document in contact.mail(document)
    books.prove(server)


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_the_open_quote_is_answered_first(enter: Enter, *, javascript: bool) -> None:
    contact = enter("corporate", javascript=javascript)
    before = books.subscription(contact.server, "corporate")
    ask_for_ten(contact)
    contact.add_seats.waiting(1).click()
    contact.quote.is_shown(1)
    contact.quote.reject("Precisamos de dez estações, não de quinze.")
    ask_for_ten(contact)
    expect(contact.add_seats.waiting(1)).to_have_count(0)
    if not javascript:
        contact.button("Update summary").click()
        contact.add_seats.is_shown()
    expect(contact.add_seats.summary).to_contain_text("10 ×")
    total = contact.add_seats.total
    contact.add_seats.go_on()
    accept(contact, total)
    after = books.subscription(contact.server, "corporate")
    assert (after.seats, after.period_end) == (before.seats + 10, before.period_end)
    books.prove(contact.server)
