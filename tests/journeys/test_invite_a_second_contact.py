"""A billing contact invites a second one, who reads the mail, chooses a password and arrives at the account."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody
from tests.support.live_server import CastMember

NAME, ADDRESS = "Rita Moura", "rita.moura@elsewhere.example"
PASSWORD = "quatro palavras longas, mas minhas"


def invite(contact: Somebody) -> None:
    """From the account's menu to the sent invitation."""
    contact.go("/billing/people")
    contact.heads("People")
    contact.reads("You are the only billing contact")
    contact.link("Invite somebody").click()
    page = contact.page
    page.get_by_label(contact.say("Name"), exact=True).fill(NAME)
    page.get_by_label(contact.say("Email address"), exact=True).fill(ADDRESS)
    page.get_by_role("radio", name=contact.say("Billing contact")).check()
    contact.button("Send the invitation").click()
    expect(page.get_by_role("row").filter(has_text=ADDRESS)).to_contain_text(contact.say("Waiting"))


def test_a_second_contact_is_invited_and_lands_in_the_account(enter: Enter, browser: Browser) -> None:
    contact = enter("monthly")
    invite(contact)

    context = browser.new_context(locale="pt-BR", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    newcomer = CastMember(NAME, ADDRESS, PASSWORD, "pt_BR", ())
    rita = Somebody(context.new_page(), contact.server, contact.say, newcomer)
    text = rita.mail(
        rita.say("%(name)s invites you to %(account)s", name=contact.who.name, account="").strip()
    )
    address = next(word for word in text.split() if "/invitations/" in word)
    rita.page.goto(address)
    rita.heads("Your invitation")
    rita.button("Accept the invitation").click()

    rita.heads("Choose your password")
    rita.page.get_by_label(rita.say("New password")).fill(PASSWORD)
    rita.button("Keep this password").click()
    rita.sign_in()
    rita.heads("Subscriptions")

    contact.go("/billing/people")
    row = contact.page.get_by_role("row").filter(has_text=ADDRESS)
    expect(row).to_contain_text(contact.say("Billing contact"))
    expect(contact.page.get_by_text(contact.say("You are the only billing contact"))).to_have_count(0)
    context.close()
