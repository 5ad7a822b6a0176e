"""An account goes from the Billing Center to the Corporate Billing Portal and back; the books are proved each time."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody

PRODUCT = "GoToAssist Remote Support v5"
STORY = "annual"
WHY = "Agora somos 300 pessoas e precisamos de um contrato."


def ask(contact: Somebody) -> None:
    """The customer asks for the other portal."""
    contact.go("/billing/requests/new")
    contact.page.get_by_role("link", name=re.compile(contact.say("Another account type"))).click()
    field = contact.page.get_by_role(
        "textbox", name=contact.say("Why would the other portal fit you better?")
    )
    field.fill(WHY)
    contact.button("Send the request").click()
    contact.heads("Request %(number)d", number=1)


def move_to_corporate(care: Somebody, account_id: int) -> None:
    """Customer Care follows the request, agrees a representative and 30 days, reads what changes, and does it."""
    care.go("/corp-billing/desk/requests")
    care.page.get_by_role("row").filter(has_text="Livraria Maré Alta").get_by_role("link").first.click()
    expect(care.page.locator("main")).to_contain_text(WHY)
    care.link("See what the move changes").click()
    care.heads("Move to the other portal")
    care.page.get_by_label(care.say("Representative"), exact=True).select_option(label="Sofia Lemos")
    care.page.get_by_label(care.say("Terms of payment"), exact=True).select_option("30")
    care.button("Show what changes").click()
    changes = care.page.get_by_role("table", name=care.say("What changes"))
    expect(changes).to_contain_text("Sofia Lemos")
    expect(changes).to_contain_text(care.say("The price it has now, as a contract"))
    care.button("Move to the %(portal)s", portal=care.say("Corporate Billing Portal")).click()
    expect(care.page.locator("main .notice").first).to_contain_text("Camila Rocha")
    expect(care.button("Back to the %(portal)s", portal=care.say("Billing Center"))).to_be_visible()
    care.go(f"/corp-billing/desk/accounts/{account_id}")
    expect(care.page.get_by_role("heading", level=1)).not_to_contain_text("Livraria")  # not Care's any more


def buy_two_seats(contact: Somebody) -> None:
    """Two seats more, to the renewal date, on invoice."""
    contact.go("/corp-billing/")
    card = contact.page.get_by_role("article", name=PRODUCT)
    card.get_by_role("button", name=contact.say("Options"), exact=True).click()
    card.get_by_role("link", name=contact.say("Add seats"), exact=True).click()
    contact.add_seats.is_shown()
    contact.add_seats.seats.fill("2")
    expect(contact.add_seats.summary).to_contain_text("2 ×")
    contact.add_seats.go_on()
    contact.terms.is_shown()
    contact.terms.on_invoice.check()
    contact.terms.go_on()
    contact.service_order.is_shown()
    contact.service_order.place()
    contact.service_order.is_placed()


def test_online_corporate_online(enter: Enter) -> None:
    contact, care, manager = enter(STORY), enter("care"), enter("manager")
    server, say = contact.server, contact.say
    account_id, before = books.account_id(server, STORY), books.subscription(server, STORY)
    first = books.documents(server, STORY)[0]
    ask(contact)

    move_to_corporate(care, account_id)
    books.prove(server)
    moved = books.subscription(server, STORY)
    assert (moved.unit_minor, moved.seats, moved.period_end) == (
        before.unit_minor,
        before.seats,
        before.period_end,
    )
    name, portal = contact.who.accounts[0].name, say("Corporate Billing Portal")
    mail = contact.mail(say("%(account)s is now in the %(portal)s", account=name, portal=portal))
    assert "Sofia Lemos" in mail
    contact.go("/")
    expect(contact.page).to_have_url(re.compile("/corp-billing/"))
    contact.reads(
        "%(rep)s looks after the account together with you. Renewals keep the price you have now, and changes come to "
        "you as quotes.",
        rep="Sofia Lemos",
    )
    contact.go(f"/billing/invoices/{first}")  # an old link, of a mail
    expect(contact.page).to_have_url(re.compile(f"/corp-billing/invoices/{first}"))
    expect(contact.page.get_by_role("heading", level=1)).to_contain_text(first)

    buy_two_seats(contact)
    books.prove(server)
    bought = books.subscription(server, STORY)
    assert (bought.seats, bought.period_end) == (before.seats + 2, before.period_end)
    last = books.documents(server, STORY)[-1]

    manager.go(f"/corp-billing/desk/accounts/{account_id}/moving")
    manager.reads(
        "A document was written since. Undoing would rewrite what it says; move the account back instead."
    )
    manager.button("Move to the %(portal)s", portal=say("Billing Center")).click()
    expect(manager.button("Back to the %(portal)s", portal=say("Corporate Billing Portal"))).to_be_visible()
    books.prove(server)
    contact.go(f"/corp-billing/invoices/{last}")
    expect(contact.page).to_have_url(re.compile(f"/billing/invoices/{last}"))
    contact.go("/billing/")
    contact.reads(
        "Nothing was charged or credited. Seats, invoices, balance and renewal dates are the same, and old links "
        "lead to the same things."
    )
    expect(contact.page.get_by_role("article", name=PRODUCT)).to_contain_text(str(before.seats + 2))
    after = books.subscription(server, STORY)
    assert (after.unit_minor, after.seats, after.period_end) == (
        before.unit_minor,
        before.seats + 2,
        before.period_end,
    )
    books.prove(server)
