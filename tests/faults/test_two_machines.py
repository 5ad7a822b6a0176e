"""Two application servers and two workers on one PostgreSQL: what holds on one machine holds on both together."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.sign_in.limits import FAILURES_OF_ONE_EMAIL
from portal.shared.gateways.clock import SystemClock
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.records.renewals import Renewal
from portal.shared.services.background.sweeps import SWEEPS, leave_to_jobs
from portal.worker import tools_of
from tests.faults import oracle
from tests.faults.application import Application, running_application
from tests.faults.buyer import PATIENCE_SECONDS, Buyer
from tests.faults.report import note
from tests.faults.rig import SEATS, Customer, Rig, running_rig
from tests.support import factories
from tests.support.visitor import filled

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]

BUYERS, ORDERS, DUE = 4, 3, 6


@dataclass(frozen=True, slots=True)
class Machines:
    """The rig, whose application is the first of them, and the second one."""

    rig: Rig
    second: Application

    @property
    def urls(self) -> tuple[str, str]:
        """Where they answer."""
        return self.rig.application.url, self.second.url

    def at_both(self, who: Customer) -> tuple[Buyer, Buyer]:
        """One person with a browser at each: the same sign-in."""
        first = self.rig.buyer(who)
        return first, Buyer(self.second.url, who.subscription_id, who.token, first.chance)


@contextmanager
def _both(folder: Path, url: str) -> Iterator[Machines]:
    with running_rig(folder, url) as rig:
        settings = {**rig.settings(), "DATABASE_URL": url}
        home = folder / "second"
        with running_application(home, {**settings, "DATA_DIR": str(home)}) as second:
            yield Machines(rig, second)


def test_two_machines_on_one_database_keep_every_promise(postgresql_url: str, tmp_path: Path) -> None:
    with _both(tmp_path, postgresql_url) as machines:
        due = _accounts_to_renew(machines.rig)
        _everybody_buys_at_both(machines)
        _each_period_is_renewed_once(machines.rig, due)
        _a_new_price_is_seen_at_both(machines)
        _wrong_passwords_are_counted_together(machines)
        _who_signs_out_at_one_is_out_at_both(machines)
        _each_mail_goes_once(machines.rig)
        machines.rig.settle()
        machines.rig.prove()


def _accounts_to_renew(rig: Rig) -> list[int]:
    """Accounts with a month that has ended, and money in their favour for the next one."""
    with rig.database.write() as session:
        began = SystemClock().now().date() - timedelta(days=31)
        found = []
        for _ in range(DUE):
            account = factories.an_online_account(session, balance=10_000_000)
            factories.a_contact(session, account)
            factories.a_monthly_subscription(session, account, rig.catalogue.standard, began=began)
            found.append(account.id)
    return found


def _everybody_buys_at_both(machines: Machines) -> None:
    """The forms come from one machine, and the button is pressed at both at the same moment."""
    people = machines.rig.customers(BUYERS)

    def buy(who: Customer) -> set[str]:
        bought = set()
        for number in range(ORDERS):
            here, there = machines.at_both(who)[:: 1 if number % 2 else -1]
            edit = f"/billing/subscriptions/{who.subscription_id}/edit"
            form = here.get(edit).form("/edit")
            assert form is not None
            here.post(edit, filled(form, {"seats": str(SEATS + 1 + number)}))
            place = there.get("/billing/checkout").form("/place")
            assert place is not None, "what was put into the cart at one lies in it at the other"
            with ThreadPoolExecutor(2) as hands:
                pressed = [hands.submit(one.post, place.action, place.fields) for one in (here, there)]
                answers = [one.result() for one in pressed]
            found = {
                path for one in answers for path in re.findall(r"/billing/orders/[0-9A-Z]{10}", one.path)
            }
            assert len(found) == 1, [one.path for one in answers]
            bought |= found
        return bought

    with ThreadPoolExecutor(BUYERS) as hands:
        all_bought = list(hands.map(buy, people))
    assert [len(one) for one in all_bought] == [ORDERS] * BUYERS
    _wait_until(lambda: not _open_orders(machines.rig), "every order has ended")
    for who, bought in zip(people, all_bought, strict=True):
        orders = oracle.orders_of(machines.rig.database, who.account_id)
        assert {f"/billing/orders/{one}" for one in orders} == bought
        assert set(orders.values()) == {OrderState.PLACED}
        assert oracle.seats(machines.rig.database, who.subscription_id) == SEATS + ORDERS
    note(4, f"two machines: {BUYERS * ORDERS} orders, each button pressed at both")


def _open_orders(rig: Rig) -> int:
    with rig.database.read() as session:
        question = sa.select(sa.func.count()).select_from(Order).where(Order.state.not_in(oracle.FINAL))
        return session.execute(question).scalar_one()


def _each_period_is_renewed_once(rig: Rig, due: list[int]) -> None:
    """The minute comes for both workers at once, and more than once."""
    tools = tools_of(rig.worker())
    (renewals,) = (one for one in SWEEPS if one.name == "renewals")
    with ThreadPoolExecutor(4) as hands:
        for done in [hands.submit(leave_to_jobs, tools, renewals) for _ in range(4)]:
            done.result()

    def renewed() -> Counter[int]:
        with rig.database.read() as session:
            return Counter(session.scalars(sa.select(Renewal.account_id)))

    _wait_until(lambda: len(renewed()) == DUE, "every period is renewed")
    assert renewed() == dict.fromkeys(due, 1)
    with rig.database.read() as session:
        invoices = Counter(session.scalars(sa.select(Invoice.account_id).where(Invoice.account_id.in_(due))))
    assert invoices == dict.fromkeys(due, 2), "the first month and the second"


def _a_new_price_is_seen_at_both(machines: Machines) -> None:
    (who,) = machines.rig.customers(1)
    summary = f"/billing/subscriptions/{who.subscription_id}/summary?seats=1&frequency=monthly"
    both = machines.at_both(who)
    assert all("€20.00" in one.get(summary).html for one in both)
    with machines.rig.database.write() as session:
        today = SystemClock().now().date()
        factories.a_price(
            session, machines.rig.catalogue.standard, Frequency.MONTHLY, 4_100, valid_from=today
        )
    for _ in range(4):  # whichever of their processes answers
        assert all("€41.00" in one.get(summary).html for one in machines.at_both(who))


def _wrong_passwords_are_counted_together(machines: Machines) -> None:
    (who,) = machines.rig.customers(1)
    with machines.rig.database.read() as session:
        email = session.scalar(
            sa.select(Person.email).join(Membership).where(Membership.account_id == who.account_id)
        )
    said = []
    for number in range(FAILURES_OF_ONE_EMAIL + 2):
        one = machines.at_both(who)[number % 2]
        one.session.cookies.clear()
        form = one.get("/sign-in").form("/sign-in")
        assert form is not None
        said.append(one.post("/sign-in", filled(form, {"email": str(email), "password": "no"})).status)
    assert said == [said[0]] * FAILURES_OF_ONE_EMAIL + [429] * 2
    assert said[0] != 429


def _who_signs_out_at_one_is_out_at_both(machines: Machines) -> None:
    (who,) = machines.rig.customers(1)
    here, there = machines.at_both(who)
    assert (here.get("/billing/").status, there.get("/billing/").status) == (200, 200)
    form = here.get("/billing/").form("/sign-out")
    assert form is not None
    here.post(form.action, form.fields)
    answer = there.get("/billing/")
    assert (answer.status, "/sign-in" in answer.path) == (303, True)


def _each_mail_goes_once(rig: Rig) -> None:
    """Both workers take mails from one outbox; the mail server counts what arrives."""

    def waiting() -> int:
        with rig.database.read() as session:
            question = sa.select(sa.func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))
            return session.execute(question).scalar_one()

    _wait_until(lambda: not waiting(), "every mail is sent")
    with rig.database.read() as session:
        written = session.execute(sa.select(sa.func.count()).select_from(OutboxMail)).scalar_one()
    assert written >= BUYERS * ORDERS
    assert set(rig.mail_server.arrived.values()) == {1}
    assert len(rig.mail_server.arrived) == written


def _wait_until(there: Callable[[], bool], what: str) -> None:
    enough = time.monotonic() + 2 * PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < enough, f"not in time: {what}"
        time.sleep(0.1)
