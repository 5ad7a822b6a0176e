"""A representative proposes too much, a manager approves, the customer wants something better and gets it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody
from tests.support.sentences import sentences

PRODUCT = "GoToAssist Service Desk"
REASON = "Com 30 estações o desconto devia ser maior."


def the_account(account: int) -> str:
    """Where the desk looks at the account."""
    return f"/corp-billing/desk/accounts/{account}"


def propose_too_much(rep: Somebody, account: int) -> int:
    """Ask for a discount above the limit of a representative, 15 %; gives the number of the quote."""
    rep.go(the_account(account))
    rep.link("New quote").click()
    rep.builder.propose(PRODUCT, seats="30", percent="18")
    expect(rep.builder.summary).to_contain_text("30 ×")  # the figures follow the typing
    rep.builder.write("Cinco estações a mais, com 18 % de desconto.")
    rep.builder.save()
    rep.desk_quote.stands("Draft")
    expect(rep.desk_quote.button("Send to the customer")).to_have_count(0)
    rep.desk_quote.button("Ask a manager").click()
    rep.desk_quote.stands("Awaiting approval")
    expect(rep.desk_quote.button("Approve and send")).to_have_count(0)
    return rep.desk_quote.number


def accept(customer: Somebody, number: int) -> None:
    """From the quote to the order."""
    customer.go(f"/corp-billing/quotes/{number}")
    total = customer.quote.total
    customer.quote.accept()
    customer.terms.is_shown()
    customer.terms.go_on()
    customer.service_order.is_shown()
    assert customer.service_order.total == total
    customer.service_order.place()
    customer.service_order.is_placed()


@pytest.mark.parametrize(
    ("javascript", "language"),
    [(True, "pt_BR"), (False, "pt_BR"), (True, "en")],
    ids=["with-javascript", "without-javascript", "english"],
)
def test_from_too_much_to_accepted(enter: Enter, *, javascript: bool, language: str) -> None:
    rep = enter("rep", language=language)
    server = rep.server
    account = books.account_id(server, "corporate")

    number = propose_too_much(rep, account)
    customer = enter("corporate", language=language, javascript=javascript)
    customer.go(f"/corp-billing/quotes/{number}")
    expect(customer.quote.answer).to_have_count(0)  # what was not sent is not there

    manager = enter("manager", language=language)
    manager.go("/corp-billing/desk/quotes")
    manager.link("%(account)s, quote %(number)d", account="Grupo Horizonte S.A.", number=number).click()
    manager.desk_quote.button("Approve and send").click()
    manager.desk_quote.stands("Sent")

    customer.go("/corp-billing/quotes")
    customer.link("Quote %(number)d", number=number).click()
    customer.quote.is_shown(number)
    customer.quote.reject(REASON)
    customer.quote.is_shown(number)
    customer.reads("This quote was rejected.")
    expect(customer.quote.answer).to_have_count(0)

    # The representative reads why, and makes a better one that stands for the first.
    rep.go(f"{the_account(account)}/quotes/{number}")
    rep.desk_quote.stands("Rejected")
    expect(rep.page.locator("main")).to_contain_text(REASON)
    rep.desk_quote.button("Duplicate").click()
    rep.builder.propose(PRODUCT, seats="35", percent="15")
    expect(rep.builder.summary).to_contain_text("35 ×")
    rep.builder.save()
    better = rep.desk_quote.number
    assert better > number
    rep.desk_quote.button("Send to the customer").click()
    rep.desk_quote.stands("Sent")
    said = sentences(customer.who.language)  # mails follow the person, not the browser
    customer.mail(said("Quote %(number)d", number=better))

    before = books.orders_placed(server, "corporate")
    accept(customer, better)
    assert books.orders_placed(server, "corporate") == before + 1
    rep.go(f"{the_account(account)}/quotes/{better}")
    rep.desk_quote.stands("Accepted")
    books.prove(server)
