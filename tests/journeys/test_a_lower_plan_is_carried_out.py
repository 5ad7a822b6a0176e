"""A small company asks for a lower plan in the Billing Center; Customer Care carries it out; everything is told."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter

PRODUCT = "GoToAssist Remote Support v5"
NOTE = "Confirmamos: plano Básico a partir de hoje?"
ANSWER = "Feito hoje. O crédito está no saldo da conta."


def test_asked_for_followed_and_carried_out(enter: Enter) -> None:
    contact, care = enter("annual"), enter("care")
    server, say = contact.server, contact.say
    before = books.subscription(server, "annual")

    contact.go("/billing/")
    card = contact.page.get_by_role("article", name=PRODUCT)
    card.get_by_role("button", name=say("Options"), exact=True).click()
    card.get_by_role("link", name=say("Edit subscription"), exact=True).click()
    contact.link("Ask for this plan").first.click()
    contact.heads("Ask for a lower plan")
    contact.reads("If it were done today")
    contact.button("Send the request").click()
    contact.heads("Request %(number)d", number=1)
    contact.reads("Waiting for Customer Care")
    contact.mail(say("We have received your request #%(number)d", number=1))
    unchanged = books.subscription(server, "annual")
    assert (unchanged.plan_id, unchanged.period_end) == (before.plan_id, before.period_end)

    care.go("/corp-billing/desk/requests")
    care.page.get_by_role("row").filter(has_text="Livraria Maré Alta").get_by_role("link").first.click()
    care.button("Take it").click()
    contact.page.reload()
    contact.reads("Being worked on")
    contact.reads("%(person)s takes care of it.", person=care.who.name)
    contact.mail(say("%(owner)s takes care of your request #%(number)d", owner=care.who.name, number=1))

    answer = care.page.get_by_role("textbox", name=say("Answer to the customer"), exact=True)
    answer.fill(NOTE)
    care.button("Send as a note").click()
    contact.page.reload()
    expect(contact.page.locator("main")).to_contain_text(NOTE)
    assert NOTE in contact.mail(say("A note about your request #%(number)d", number=1))

    answer.fill(ANSWER)
    care.button("Carry it out today").click()
    care.heads("Requests")  # the queue, with a word about what was done
    care.page.get_by_role("row").filter(has_text="Livraria Maré Alta").first.wait_for(state="detached")
    contact.page.reload()
    expect(contact.page.locator("main .page-head .status")).to_have_text(say("Done"))
    expect(contact.page.locator("main")).to_contain_text(ANSWER)
    contact.reads("%(person)s has done it.", person=care.who.name)
    assert ANSWER in contact.mail(say("Your request #%(number)d is done", number=1))

    after = books.subscription(server, "annual")
    assert after.plan_id != before.plan_id
    contact.go("/billing/")
    expect(contact.page.get_by_role("article", name=PRODUCT)).to_contain_text("Básico")
    assert books.documents(server, "annual")
    books.prove(server)
