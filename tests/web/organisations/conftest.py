"""An organisation of the demo cast that signs in through a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from portal.shared.gateways.identity_providers.openid import OpenIDProviders
from portal.shared.records.identity_providers import Identity, IdentityProvider
from portal.shared.records.people import Person
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.changing import Typed
from portal.shared.web.house import House
from tests.support.demo_house import DemoHouse
from tests.support.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, running_provider
from tests.support.visitor import Page, Visitor

STORY, ANDRE, DOMAIN = "corporate", "andre@horizonte.example", "horizonte.example"
SIGN_IN = "/sign-in/organisation"
PATIENCE = 1.0


@dataclass
class Organisation:
    """A demo house, a provider, and a browser in which nobody is signed in yet."""

    house: DemoHouse
    provider: Provider
    browser: Visitor

    def set_out(self, email: str = ANDRE, browser: Visitor | None = None, onto: str = "") -> Page:
        """Type an address of mail on the page that asks for it, and go where it leads."""
        browser = browser or self.browser
        page = browser.get(f"{SIGN_IN}?next={onto}" if onto else SIGN_IN)
        return browser.send(page, SIGN_IN, {"email": email})

    def onward(self, email: str = ANDRE, browser: Visitor | None = None, onto: str = "") -> str:
        """The same, as far as the provider's address."""
        page = self.set_out(email, browser, onto)
        assert page.path == f"{SIGN_IN}/onward", page.text
        return page.answer.headers["Refresh"].removeprefix("0; url=")

    def sign_in(self, email: str = ANDRE, browser: Visitor | None = None, onto: str = "") -> Page:
        """There, and back again."""
        url = self.onward(email, browser, onto)
        return (browser or self.browser).get(self.provider.visit(url))

    def another_browser(self) -> Visitor:
        """A browser of somebody else."""
        return self.house.visitor()

    def sessions(self) -> list[Any]:
        """Every session that is open."""
        return self.house.rows(SignInSession)

    def linked(self) -> list[Any]:
        """Every identity that is known."""
        return self.house.rows(Identity)

    def kept(self) -> IdentityProvider:
        """The provider as it is kept."""
        (provider,) = self.house.rows(IdentityProvider)
        assert isinstance(provider, IdentityProvider)
        return provider

    def staff_id(self) -> int:
        """Who set it up."""
        return int(self.house.rows(Person, email=self.house.email("manager"))[0].id)

    def require(self) -> None:
        """Make the provider the only way in."""
        with self.house.database.write() as session:
            number = self.house.account_id(STORY)
            found = changing.require(session, number, self.staff_id(), self.house.clock.now(), required=True)
            assert found is None

    def change_person(self, email: str, **values: Any) -> None:
        """Let something be otherwise with a person."""
        with self.house.database.write() as session:
            person = session.get_one(Person, self.house.rows(Person, email=email)[0].id)
            for name, value in values.items():
                setattr(person, name, value)


@pytest.fixture
def organisation(house: DemoHouse) -> Iterator[Organisation]:
    with running_provider(house.clock.now) as provider:
        provider.person = {"sub": "248289761001", "email": ANDRE, "email_verified": True}
        found = Organisation(house, provider, house.visitor())
        impatient = OpenIDProviders(plain_loopback=True, patience_seconds=PATIENCE)
        built: House = house.app.extensions["twodoor"]
        house.app.extensions["twodoor"] = replace(built, identity_providers=impatient)
        typed = Typed("Horizonte", provider.issuer, CLIENT_ID, CLIENT_SECRET)
        number, now = house.account_id(STORY), house.clock.now()
        with house.database.write() as session:
            seal = house.app.extensions["twodoor"].organisations.seal
            staff = found.staff_id()
            assert changing.save(session, number, typed, seal, staff, now, plain_loopback=True) is None
            assert vouching_for.confirm_domain(session, number, DOMAIN, "Seen.", staff, now) is None
        yield found
