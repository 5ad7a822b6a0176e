"""An organisation of the demo cast that signs in through a provider on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.gateways.identity_providers.openid import OpenIDProviders
from portal.shared.records.identity_providers import Identity, IdentityProvider, ProviderVisit
from portal.shared.records.people import Person
from portal.shared.records.sign_ins import SignInAttempt, SignInSession
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.changing import Typed
from tests.support.demo_house import NOON, DemoHouse, open_house
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
        """Make the provider the only way in, as if somebody had come through it."""
        with self.house.database.write() as session:
            session.execute(sa.update(IdentityProvider).values(proven_at=self.house.clock.now()))
            number = self.house.account_id(STORY)
            found = changing.require(session, number, self.staff_id(), self.house.clock.now(), required=True)
            assert found is None

    def change_person(self, who: str, **values: Any) -> None:
        """Let something be otherwise with a person."""
        with self.house.database.write() as session:
            person = session.get_one(Person, self.house.rows(Person, email=who)[0].id)
            for name, value in values.items():
                setattr(person, name, value)


@pytest.fixture(scope="module")
def built(demo_stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    """One house and one provider for all tests of a file; a test takes `organisation`, which is as new."""
    with (
        open_house(demo_stage, tmp_path_factory.mktemp("organisation")) as house,
        running_provider(house.clock.now) as provider,
    ):
        found = Organisation(house, provider, house.visitor())
        typed = Typed("Horizonte", provider.issuer, CLIENT_ID, CLIENT_SECRET)
        number, now, staff = house.account_id(STORY), house.clock.now(), found.staff_id()
        seal = house.app.extensions["twodoor"].organisations.seal
        with house.database.write() as session:
            assert changing.save(session, number, typed, seal, staff, now, plain_loopback=True) is None
            assert vouching_for.confirm_domain(session, number, DOMAIN, "Seen.", staff, now) is None
        yield found


@pytest.fixture
def organisation(built: Organisation) -> Organisation:
    """The organisation before anybody came through its provider, which is honest and has forgotten everything."""
    house, provider = built.house, built.provider
    house.clock.set(NOON)
    with house.database.write() as session:
        for table in (SignInSession, SignInAttempt, Identity, ProviderVisit):
            session.execute(sa.delete(table))
        session.execute(sa.update(IdentityProvider).values(enabled=True, required=False, proven_at=None))
    honest = Provider(house.clock.now, provider.issuer)
    for one in fields(Provider):
        setattr(provider, one.name, getattr(honest, one.name))
    provider.person = {"sub": "248289761001", "email": ANDRE, "email_verified": True}
    impatient = OpenIDProviders(plain_loopback=True, patience_seconds=PATIENCE)
    house.app.extensions["twodoor"] = replace(house.app.extensions["twodoor"], identity_providers=impatient)
    return Organisation(house, provider, house.visitor())
