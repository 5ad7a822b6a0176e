"""Staff reads as the customer, and the customer sees it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Enter

REASON = "You asked why the seats were not free"


def test_a_representative_looks_at_an_account_and_its_contact_sees_it(enter: Enter) -> None:
    contact, rep = enter("corporate", language="en"), enter("rep", language="en")
    account = contact.who.accounts[0].name
    rep.page.get_by_role("link", name=account, exact=True).first.click()
    rep.page.get_by_text("Look at it as the customer does").click()
    rep.button("Look at the account").click()
    expect(rep.page.locator("main")).to_contain_text("Say why in at least 10 characters")
    rep.page.get_by_label("Why?").fill(REASON)
    rep.button("Look at the account").click()

    bar = rep.page.get_by_role("complementary", name="You are looking at a customer's account")
    expect(bar).to_contain_text(f"You see {account} as its billing contact does.")
    expect(bar).to_contain_text(re.compile(r"(29|30) minutes left"))
    expect(bar).to_contain_text(REASON)
    rep.page.get_by_role("link", name="Invoices", exact=True).first.click()
    rep.heads("Invoices")
    rep.page.mouse.wheel(0, 2000)
    expect(bar).to_be_in_viewport()
    rep.go("/corp-billing/billing-details")
    rep.page.locator("main form button[type=submit]").first.click()
    expect(rep.page.get_by_role("heading", level=1)).to_have_text("You are only looking")
    expect(bar).to_be_visible()

    contact.go("/corp-billing/")
    told = contact.page.get_by_text("is looking at your account since")
    expect(told).to_contain_text(rep.who.name)
    expect(told).to_contain_text(REASON)

    bar.get_by_role("button", name="Stop looking").click()
    expect(rep.page.locator(".looking")).to_have_count(0)
    contact.go("/corp-billing/")
    expect(told).to_have_count(0)
    contact.page.get_by_role("button", name=re.compile(re.escape(account))).click()
    contact.page.get_by_role("link", name="Activity", exact=True).click()
    contact.heads("Activity")
    expect(contact.page.locator("main")).to_contain_text("Our staff stopped looking at the account")
    expect(contact.page.locator("main")).to_contain_text("Pages looked at:")
