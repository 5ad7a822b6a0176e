"""What only a real browser can show: passkeys, and a copied cookie."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.journeys.pages.sign_in import SignIn
from tests.support.live_server import LiveServer


def test_a_copied_cookie_is_refused_after_sign_out(browser: Browser, fresh_server: LiveServer) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    SignIn(page, fresh_server).as_person(fresh_server.person("rep"))
    copied = context.cookies()
    page.get_by_role("button", name="Sofia Lemos").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    thief = browser.new_context(locale="en-GB")
    for _ in range(3):
        thief.add_cookies(copied)  # type: ignore[arg-type]  # what the browser itself gave
        other = thief.new_page()
        other.goto(f"{fresh_server.url}/corp-billing/desk")
        assert urlsplit(other.url).path == "/sign-in"
    thief.close()
    context.close()


def test_a_passkey_is_made_and_opens_the_door_as_second_factor_and_alone(
    browser: Browser, fresh_server: LiveServer
) -> None:
    port = urlsplit(fresh_server.url).port
    server = LiveServer(
        f"http://localhost:{port}",  # passkeys want a name
        fresh_server.people,
        fresh_server.database_url,
        fresh_server.process,
    )
    context = browser.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    page = context.new_page()
    _plug_in_an_authenticator(page)
    who, door = server.person("rep"), SignIn(page, server)
    door.as_person(who, at="/sign-in?next=/profile/passkeys/new")
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    page.goto(f"{server.url}/profile/security")
    expect(page.get_by_role("heading", name="My laptop")).to_be_visible()

    # As a second factor, after the password.
    _sign_out(page, who.name)
    page.locator("input[name=email]").fill(who.email)
    page.locator("input[name=password]").fill(who.password)
    page.locator("input[name=password]").press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/corp-billing/desk")

    # In the place of everything, and counted by its own count.
    for _ in range(2):
        _sign_out(page, who.name)
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/corp-billing/desk")
    context.close()


def _sign_out(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def _plug_in_an_authenticator(page: Page) -> None:
    """Chromium's own, virtual one, which knows its person."""
    told = page.context.new_cdp_session(page)
    told.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    told.send("WebAuthn.addVirtualAuthenticator", {"options": options})
