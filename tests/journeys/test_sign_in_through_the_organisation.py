"""From a task link of a help article, through somebody else's identity provider, onto the task; and out again."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from portal.shared.gateways.clock import SystemClock
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.people import Person
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.changing import Typed
from portal.shared.services.organisations.finding import SEALED_FOR
from portal.shared.services.sign_in.sealing import Seal
from tests.support.live_server import LiveServer
from tests.support.mock_provider import running_mock_provider


def set_up(server: LiveServer, account: str, domain: str, issuer: str) -> None:
    """What a manager does at the desk."""
    database, now = Database(server.database_url), SystemClock().now()
    folder = Path(server.database_url.removeprefix("sqlite:///")).parent
    seal = Seal((folder / "secret-key").read_text().strip(), SEALED_FOR)
    typed = Typed("Horizonte", issuer, "twodoor", "a secret")
    with database.write() as session:
        number = session.scalars(sa.select(Account.id).where(Account.name == account)).one()
        staff = session.scalars(sa.select(Person.id).where(Person.staff_role == "manager")).first()
        assert staff is not None
        assert changing.save(session, number, typed, seal, staff, now, plain_loopback=True) is None
        assert vouching_for.confirm_domain(session, number, domain, "Seen.", staff, now) is None
    database.dispose()


def test_from_a_task_link_through_the_provider_onto_the_task(
    browser: Browser, fresh_server: LiveServer
) -> None:
    who = fresh_server.person("corporate")
    claims: dict[str, object] = {"email": who.email, "email_verified": True, "name": who.name}
    with running_mock_provider("248289761001", claims) as issuer:
        set_up(fresh_server, who.accounts[0].name, who.email.rpartition("@")[2], issuer)
        context = browser.new_context(locale="en-GB")
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto(f"{fresh_server.url}/go/purchase-orders")
        page.get_by_role("link", name="Sign in with your organisation").click()
        page.get_by_role("textbox").fill(who.email)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(f"{issuer}/**")
        page.get_by_role("button", name="248289761001").first.click()
        page.wait_for_url(f"{fresh_server.url}/corp-billing/purchase-orders**")
        expect(page.get_by_role("heading", level=1)).to_have_text("Purchase orders")
        copied = context.cookies()
        page.locator("form[action='/sign-out'] button").first.evaluate("button => button.form.submit()")
        page.wait_for_url(f"{issuer}/**")
        page.get_by_role("button", name="End session").click()
        page.wait_for_url(f"{fresh_server.url}/sign-in")
        thief = browser.new_context(locale="en-GB")
        thief.add_cookies(copied)  # type: ignore[arg-type]  # what one gives, the other takes
        stolen = thief.new_page()
        stolen.goto(f"{fresh_server.url}/corp-billing/purchase-orders")
        expect(stolen).to_have_url(f"{fresh_server.url}/sign-in?next=/corp-billing/purchase-orders")
        thief.close()
        context.close()
