"""What the application depends on hangs or is down: nobody waits for it, nothing is lost, and it mends itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.domain.taxes import VatState
from portal.shared.gateways.clock import SystemClock
from portal.shared.records.accounts import Account
from portal.shared.records.outbox import OutboxMail
from portal.shared.services.organisations import changing, vouching_for
from portal.shared.services.organisations.changing import Typed
from portal.shared.services.organisations.finding import SEALED_FOR
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.sealing import Seal
from portal.worker import sweep
from tests.faults import oracle
from tests.faults.application import SECRET
from tests.faults.buyer import LONGEST_SECONDS, PATIENCE_SECONDS, Buyer
from tests.faults.identity_provider import IdentityProvider, running_identity_provider
from tests.faults.proxy import Proxy, Way, running, to_port
from tests.faults.report import note, within
from tests.faults.rig import SEATS, Customer, Rig, running_rig
from tests.support import factories
from tests.support.long_form import LONG
from tests.support.visitor import filled

pytestmark = pytest.mark.slow
GERMAN = "DE136695976"
PASSWORD = "a long password of the rig"
# In the long form on both databases; what the ones of these tests do does not depend on it.
DATABASES = ["sqlite", "postgresql"] if LONG else ["sqlite"]
NOT_ANSWERING = [pytest.param(Way.REFUSED, id="down"), pytest.param(Way.SILENT, id="hanging")]


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and the way to it, whose address is its name."""

    process: IdentityProvider
    way: Proxy

    def of(self, rig: Rig, who: Customer, name: str) -> str:
        """Let an organisation sign in there, and give the address of one of its people, who also has a password."""
        now, email = SystemClock().now(), f"ana@{name}.example"
        typed = Typed("Theirs", f"https://127.0.0.1:{self.way.port}", f"twodoor-{name}", "a secret")
        with rig.database.write() as session:
            person = factories.a_contact(session, session.get_one(Account, who.account_id))
            person.email, person.password_hash = email, Passwords(memory_kib=8, rounds=1).hash(PASSWORD)
            staff = factories.a_person(session, staff_role="manager")
            session.flush()
            seal = Seal(SECRET, SEALED_FOR)
            assert changing.save(session, who.account_id, typed, seal, staff.id, now) is None
            said = vouching_for.confirm_domain(
                session, who.account_id, f"{name}.example", "Seen.", staff.id, now
            )
            assert said is None
        return email

    def came_back(self, browser: Buyer, email: str) -> str:
        """Where the provider sends a browser back to that was sent there."""
        page = browser.session.get(f"{browser.url}/sign-in/organisation/onward", timeout=LONGEST_SECONDS)
        return self.process.visit(page.headers["Refresh"].removeprefix("0; url="), email)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """An identity provider in a process of its own."""
    with (
        running_identity_provider(tmp_path_factory.mktemp("provider")) as process,
        running(to_port(process.port)) as way,
    ):
        yield Provider(process, way)


@pytest.fixture(scope="module", params=DATABASES)
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, provider: Provider
) -> Iterator[Rig]:
    """One rig for all of these."""
    folder = tmp_path_factory.mktemp("dependencies")
    template = request.getfixturevalue(f"{request.param}_template")
    trusted = {"REQUESTS_CA_BUNDLE": str(provider.process.certificate)}
    if request.param == "sqlite":
        file = folder / "twodoor.sqlite3"
        file.write_bytes(template.read_bytes())
        with running_rig(folder, f"sqlite:///{file}", **trusted) as rig:
            yield rig
    else:
        server = request.getfixturevalue("postgres_server")
        with server.another(template=template) as url, running_rig(folder, url, **trusted) as rig:
            yield rig


def poll(what: Callable[[], bool]) -> None:
    """Come back when it is so."""
    enough = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert time.monotonic() < enough, "it never came to be"
        time.sleep(0.1)


def other_pages_are_answered(buyer: Buyer) -> None:
    for path in ("/billing/", "/billing/invoices", "/help/"):
        assert buyer.once("GET", path).status == 200, path


@pytest.mark.parametrize("way", NOT_ANSWERING)
def test_an_order_goes_through_without_the_tax_registry_and_is_corrected_later(
    standing: Rig, way: Way
) -> None:
    (who,) = standing.customers(1, country="DE")
    buyer = standing.buyer(who)
    form = buyer.get(f"/billing/subscriptions/{who.subscription_id}/edit").form("/edit")
    assert form is not None
    buyer.post(f"/billing/subscriptions/{who.subscription_id}/edit", filled(form, {"seats": str(SEATS + 1)}))
    with standing.to_registry.being(way):
        number = buyer.get("/billing/checkout").form("/vat-number")
        assert number is not None
        buyer.post(number.action, filled(number, {"vat_number": GERMAN}))
        assert account_of(standing, who).vat_state is VatState.PENDING
        other_pages_are_answered(buyer)
        assert buyer.order(SEATS + 2) is not None
    with standing.database.write() as session:
        session.execute(sa.update(Account).values(vat_next_check_at=Account.created_at))
    sweep(standing.worker())
    assert account_of(standing, who).vat_state is VatState.VALID
    within(14, f"slowest answer, tax registry {way}", buyer.slowest, LONGEST_SECONDS)
    standing.settle()
    standing.prove()
    assert OrderState.PLACED in oracle.orders_of(standing.database, who.account_id).values()


def account_of(rig: Rig, who: Customer) -> Account:
    with rig.database.read() as session:
        return session.get_one(Account, who.account_id)


@pytest.mark.parametrize("way", NOT_ANSWERING)
def test_no_order_fails_without_the_mail_server_and_each_mail_comes_once(standing: Rig, way: Way) -> None:
    people = standing.customers(3)
    with standing.to_mail.being(way):
        for who in people:
            assert standing.buyer(who).order(SEATS + 1) is not None
        poll(lambda: any(one.attempts for one in mails(standing)))
    with standing.database.write() as session:
        waiting = sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None))
        session.execute(waiting.values(next_attempt_at=OutboxMail.created_at))
    worker = standing.worker()

    def all_left() -> bool:
        sweep(worker)
        return all(one.sent_at for one in mails(standing))

    poll(all_left)
    assert len(standing.mail_server.arrived) == len(mails(standing))
    assert set(standing.mail_server.arrived.values()) == {1}
    note(15, f"{standing.mail_server.arrived.total()} mails, mail server {way}, each once")
    standing.settle()
    standing.prove()


@pytest.mark.parametrize("way", NOT_ANSWERING)
def test_passwords_and_open_sessions_need_no_identity_provider(
    standing: Rig, provider: Provider, way: Way
) -> None:
    (who,) = standing.customers(1)
    email = provider.of(standing, who, way)
    there = sent_to_the_provider(standing, email)
    inside = there.once("GET", provider.came_back(there, email))
    assert (inside.status, inside.path) == (302, "/"), "it works, to begin with"
    under_way = sent_to_the_provider(standing, email)
    came_back = provider.came_back(under_way, email)
    with provider.way.being(way):
        said = under_way.once("GET", came_back)
        assert (said.status, bool(said.retry_after)) == (503, True)
        assert "/sign-in" in said.html, "and says how to sign in otherwise"
        form = under_way.get("/sign-in/organisation").form("/organisation")
        assert form is not None
        said = under_way.once("POST", form.action, filled(form, {"email": email}))
        assert said.status == 303 or (said.status, bool(said.retry_after)) == (503, True), "known or not"
        other_pages_are_answered(standing.buyer(who))
        other_pages_are_answered(there)
        form = under_way.get("/sign-in").form("/sign-in")
        assert form is not None
        inside = under_way.post(form.action, filled(form, {"email": email, "password": PASSWORD}))
        assert inside.status == 303
        other_pages_are_answered(under_way)
    within(14, f"slowest answer, identity provider {way}", under_way.slowest, LONGEST_SECONDS)


def sent_to_the_provider(rig: Rig, email: str) -> Buyer:
    """A browser in which nobody is signed in, before it leaves for the provider."""
    stranger = rig.buyer(Customer(0, 0, ""))
    form = stranger.get("/sign-in/organisation").form("/organisation")
    assert form is not None
    assert stranger.once("POST", form.action, filled(form, {"email": email})).status == 303
    return stranger


def mails(rig: Rig) -> list[OutboxMail]:
    with rig.database.read() as session:
        return list(session.scalars(sa.select(OutboxMail)))


def test_a_card_processor_that_hangs_keeps_nobody_waiting(standing: Rig) -> None:
    """The last one: afterwards the processor is left alone for half a minute."""
    people = standing.customers(6)
    with standing.to_processor.being(Way.SILENT), ThreadPoolExecutor(len(people)) as hands:
        buyers = [standing.buyer(who) for who in people]
        ordering = [hands.submit(one.order, SEATS + 1) for one in buyers]
        other_pages_are_answered(standing.buyer(people[0]))
        ordered = [one.result() for one in ordering]
        assert all(ordered), "each of them is an order, and has a page"
        assert sum(one.failures for one in buyers) == 0, "nobody was sent away"
        slowest = max(one.slowest for one in buyers)
        within(14, "slowest answer while the card processor hangs", slowest, LONGEST_SECONDS)
    standing.settle()
    standing.prove()
    for who in people:
        (state,) = oracle.orders_of(standing.database, who.account_id).values()
        assert state is OrderState.CANCELLED, "nothing was charged, so nothing is ordered"
