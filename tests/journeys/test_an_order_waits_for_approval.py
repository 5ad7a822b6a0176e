"""Somebody orders above their limit: an approver of the same organisation refuses the first and approves the second."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody

SUBJECT = "%(name)s asks for your approval"


def ask(buyer: Somebody, seats: str) -> None:
    """From the subscription to the request that waits."""
    buyer.go("/billing/")
    edit = buyer.page.locator("main a[href$='/edit']").first.get_attribute("href")
    buyer.go(edit or "")
    buyer.page.locator("input[name=seats]").fill(seats)
    buyer.button("Proceed to checkout").or_(buyer.button("Add to cart")).first.click()
    buyer.page.wait_for_url(re.compile(r"/billing/(checkout|cart)"))
    buyer.go("/billing/checkout")
    buyer.reads("This order needs approval")
    expect(buyer.button("Place order")).to_have_count(0)
    buyer.button("Ask for approval").click()
    buyer.reads("Waiting for an approver")


def open_the_mail(approver: Somebody, buyer: Somebody, number: int) -> None:
    """Follow the link of the mail."""
    text = approver.mail(approver.say(SUBJECT, name=buyer.who.name))
    address = next(word for word in text.split() if re.search(r"/billing/approvals/\d+$", word))
    approver.page.goto(re.sub(r"\d+$", str(number), address))
    approver.heads("Request %(number)d", number=number)


def test_an_order_above_the_limit_is_refused_then_approved_with_both_names(enter: Enter) -> None:
    buyer, approver = enter("limit", language="en"), enter("approver", language="en")
    ask(buyer, "9")
    open_the_mail(approver, buyer, 1)
    approver.page.get_by_label(approver.say("Why you refuse it")).fill("Next quarter.")
    approver.button("Refuse").click()
    approver.reads("No request waits for an approver.")

    ask(buyer, "7")
    approver.go("/billing/")
    approver.reads("What waits for you")
    open_the_mail(approver, buyer, 2)
    total = approver.page.locator(".summary tfoot td").inner_text()
    approver.button("Approve and place the order").click()
    approver.reads("The order is placed and in effect.")

    assert "Next quarter." in buyer.mail(buyer.say("Your order was not approved"))
    buyer.go("/billing/approvals/2")
    buyer.page.locator("main a[href*='/orders/']").first.click()
    buyer.heads("Your order is placed")
    buyer.reads(
        "Asked by %(asker)s, approved by %(approver)s.",
        asker=buyer.who.name,
        approver=approver.who.name,
    )
    expect(buyer.page.locator(".summary tfoot td")).to_have_text(total)
    receipt = buyer.mail("placed")
    assert buyer.who.name in receipt
    assert approver.who.name in receipt
