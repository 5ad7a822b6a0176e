"""The router between database and rules: the visitor it builds, and the log it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import STRANGER, AccountType, Role, StaffRole, Visitor
from portal.shared.domain.subscriptions import Standing
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.people import Membership, Person
from portal.shared.records.routing import RoutingDecision
from portal.shared.services.arriving import routing
from portal.shared.services.desk import Staff
from portal.shared.services.desk.arrivals import arrivals
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import SignedIn
from tests.support.factories import (
    NOW,
    TODAY,
    a_catalogue,
    a_contact,
    a_monthly_subscription,
    a_past_due_subscription,
    a_person,
    a_seat,
    a_trial,
    an_online_account,
)


def who_is(session: Session, person: Person) -> SignedIn:
    token = signin.open_session(session, person.id, NOW)
    session.flush()
    who = signin.signed_in(session, token, NOW)
    assert who is not None
    return who


def visitor(session: Session, person: Person) -> Visitor:
    return routing.visitor_of(session, who_is(session, person), NOW)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", count)
    yield seen
    sa.event.remove(database.engine, "before_cursor_execute", count)


def test_nobody_signed_in_is_a_stranger(database: Database) -> None:
    with database.read() as session:
        assert routing.visitor_of(session, None, NOW) is STRANGER


def test_a_visitor_knows_accounts_roles_and_where_subscriptions_stand(database: Database) -> None:
    with database.write() as session:
        plans = a_catalogue(session)
        account = an_online_account(session)
        paid = a_monthly_subscription(session, account, plans.standard)
        trial = a_trial(session, account, plans.basic, ends=TODAY)
        person = a_contact(session, account)
        session.add(Membership(person_id=person.id, account_id=account.id, role="account_admin"))
        corporate = an_online_account(session)
        corporate.type = "corporate"
        corporate.expired_on = TODAY
        session.add(Membership(person_id=person.id, account_id=corporate.id, role="viewer"))
        session.flush()
        found = visitor(session, person)
    first, second = sorted(found.memberships, key=lambda one: one.account_id)
    assert (found.signed_in, found.staff_role, found.chosen) == (True, None, None)
    assert first.roles == {Role.BILLING_CONTACT, Role.ACCOUNT_ADMIN}
    assert {(one.id, one.product, one.standing) for one in first.subscriptions} == {
        (paid.id, "assist", Standing.ACTIVE),
        (trial.id, "meet", Standing.TRIAL_ENDED),
    }
    assert (second.account_type, second.roles) == (AccountType.CORPORATE, frozenset({Role.VIEWER}))
    assert (second.expired, tuple(second.subscriptions)) == (True, ())


def test_a_day_is_the_accounts_own(database: Database) -> None:
    """10 March, 10:00 UTC is already the 11th in Kiritimati: a trial that ends on the 11th has ended there only."""
    with database.write() as session:
        plans = a_catalogue(session)
        standings = {}
        for zone in ("Europe/Lisbon", "Pacific/Kiritimati"):
            account = an_online_account(session, time_zone=zone)
            a_trial(session, account, plans.basic, ends=TODAY + timedelta(days=1))
            person = a_contact(session, account)
            standings[zone] = visitor(session, person).memberships[0].subscriptions[0].standing
    assert standings == {
        "Europe/Lisbon": Standing.TRIAL_RUNNING,
        "Pacific/Kiritimati": Standing.TRIAL_ENDED,
    }


def test_staff_carry_their_role(database: Database) -> None:
    with database.write() as session:
        rep = a_person(session, staff_role="rep")
        assert visitor(session, rep).staff_role is StaffRole.REP


def test_many_accounts_cost_as_many_statements_as_one(database: Database) -> None:
    with database.write() as session:
        plans = a_catalogue(session)
        person = a_person(session)
        for _ in range(6):
            account = an_online_account(session)
            a_past_due_subscription(session, account, plans.standard)
            a_trial(session, account, plans.basic)
            session.add(Membership(person_id=person.id, account_id=account.id, role="billing_contact"))
        session.flush()
        who = who_is(session, person)
    with database.read() as session, statements(database) as seen:
        session.connection()
        seen.clear()
        found = routing.visitor_of(session, who, NOW)
        # None for those whom the question about the session has told of the accounts already.
        assert len(seen) == 1
        held = [one.subscriptions for one in found.memberships]
        assert len(seen) == 1, "nobody has asked what there is"
        assert [len(one) for one in held] == [2] * 6
        assert {one[-1].standing for one in held} == {Standing.TRIAL_ENDED}
    assert len(seen) == 2


def test_what_may_be_picked_has_the_sellers_names_and_its_seats(database: Database) -> None:
    with database.write() as session:
        plans = a_catalogue(session)
        account = an_online_account(session)
        first = a_monthly_subscription(session, account, plans.pro, seats=3)
        second = a_monthly_subscription(session, account, plans.standard)
        a_seat(session, first)
        person = a_contact(session, account)
        facts = visitor(session, person).memberships[0].subscriptions
        offered = routing.offered(session, account.id, facts, "pt_BR")
        strangers = routing.offered(session, an_online_account(session).id, facts, "en")
    assert [(one.id, one.product, one.plan, one.held, one.seats) for one in offered] == [
        (second.id, "Assist", "Standard", 0, 5),
        (first.id, "Meet", "Pro", 1, 3),
    ]
    assert strangers == []


@pytest.fixture
def somebody(database: Database) -> tuple[SignedIn, Account]:
    with database.write() as session:
        account = an_online_account(session)
        return who_is(session, a_contact(session, account)), account


def test_a_decision_is_kept_with_its_reason(database: Database, somebody: tuple[SignedIn, Account]) -> None:
    who, account = somebody
    there = Destination(pages.EDIT, {"subscription_id": 7}, Reason.TRIAL_ENDED, account.id)
    routing.record_decision(database, who, Task.CHANGE_PLAN, there, NOW, product="assist")
    routing.record_decision(
        database,
        who,
        None,
        Destination(pages.SUBSCRIPTIONS, {}, Reason.UNKNOWN_TASK),
        NOW + timedelta(minutes=1),
    )
    with database.read() as session:
        latest, first = arrivals(session, Staff(who.person_id, "Care", "care")).rows
    assert (latest.task, latest.reason) == ("", "unknown-task")
    assert (first.at, first.account_id, first.task) == (NOW, account.id, "change-plan")
    assert (first.endpoint, first.reason, first.product) == (pages.EDIT, "trial-ended", "assist")


def test_the_same_again_within_a_minute_is_one_line(
    database: Database, somebody: tuple[SignedIn, Account]
) -> None:
    who, account = somebody
    there = Destination(pages.INVOICES, {}, Reason.PAGE_DOES_IT, account.id)
    nowhere = Destination(pages.CHOOSE_ACCOUNT, {}, Reason.CHOOSE_ACCOUNT)
    for place in (there, nowhere):
        for seconds in (0, 10, 59, 61, 90):
            when = NOW + timedelta(seconds=seconds)
            routing.record_decision(database, who, Task.INVOICES, place, when)
    routing.record_decision(database, who, Task.PAY_INVOICE, there, NOW + timedelta(seconds=92))
    routing.record_decision(
        database, who, Task.PAY_INVOICE, there, NOW + timedelta(seconds=93), product="assist"
    )
    with database.read() as session:
        rows = session.scalars(sa.select(RoutingDecision).order_by(RoutingDecision.id)).all()
    assert [(row.task, (row.at - NOW).seconds) for row in rows] == [
        ("invoices", 0),
        ("invoices", 61),
        ("invoices", 0),
        ("invoices", 61),
        ("pay-invoice", 92),
        ("pay-invoice", 93),
    ]


def test_strangers_leave_no_line(database: Database) -> None:
    routing.record_decision(database, None, Task.INVOICES, Destination(pages.SIGN_IN), NOW)
    with database.read() as session:
        assert session.scalar(sa.text("SELECT count(*) FROM routing_decisions")) == 0


def test_a_database_that_cannot_write_stops_nobody(somebody: tuple[SignedIn, Account]) -> None:
    class Locked:
        def write(self) -> AbstractContextManager[Session]:
            raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    routing.record_decision(Locked(), somebody[0], Task.INVOICES, Destination(pages.INVOICES), NOW)
