"""A monthly account is moved to its renewal, and its contact reads the invoice that came of it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.support.live_server import LiveServer
from tests.support.source_files import ROOT


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_an_account_is_moved_to_its_renewal_and_the_invoice_is_read(
    enter: Enter, fresh_server: LiveServer, javascript: bool
) -> None:
    before = books.documents(fresh_server, "monthly")
    contact = enter("monthly", javascript=javascript)
    contact.page.get_by_role("link", name=contact.say("Move the clock")).click()
    contact.heads("The demo’s clock")
    account = contact.who.accounts[0].name
    contact.button("Move to the renewal of %(account)s", account=account).click()
    for _ in range(60):
        if "/invoices/" in contact.page.url:
            break
        contact.page.wait_for_timeout(500)
        again = contact.link("Look again")
        if not javascript and again.count():
            again.click()
    (name,) = [one for one in books.documents(fresh_server, "monthly") if one not in before]
    expect(contact.page.get_by_role("heading", level=1)).to_contain_text(name)
    contact.page.goto(f"{fresh_server.url}/billing/")  # the session lives on a month later
    expect(contact.page.get_by_role("article").first).to_be_visible()

    books.prove(fresh_server)
    verify = [sys.executable, "-m", "portal.cli", "verify", "--database-url", fresh_server.database_url]
    assert subprocess.run(verify, cwd=ROOT, capture_output=True, text=True, check=True).stdout == (
        "The books are right.\n"
    )
