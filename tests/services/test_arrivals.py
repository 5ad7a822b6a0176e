"""The router's log as the desk reads it: whose lines are whose, how they are found, and how long they are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.database import Database
from portal.shared.records.letters import LetterToContact
from portal.shared.records.people import Membership, Person
from portal.shared.records.routing import RoutingDecision
from portal.shared.services.desk import Staff
from portal.shared.services.desk.arrivals import A_PAGE, arrivals, forget
from tests.support.factories import NOW, a_contact, a_corporate_account, a_person, an_online_account


def a_line(
    session: Session,
    person: Person,
    account_id: int | None = None,
    *,
    at: datetime = NOW,
    task: str = "invoices",
) -> None:
    session.add(
        RoutingDecision(
            at=at,
            person_id=person.id,
            account_id=account_id,
            task=task,
            endpoint="front.home",
            reason="no-account",
        )
    )
    session.flush()


@pytest.fixture
def people(database: Database) -> dict[str, Person]:
    """Contacts of an online account, of a team and of another one; somebody of both kinds, and of none."""
    with database.write() as session:
        manager = a_person(session, "Manager", staff_role="manager")
        rep, other = a_person(session, "Rep", staff_role="rep"), a_person(session, "Other", staff_role="rep")
        rep.manager_id = manager.id
        online, mine = an_online_account(session), a_corporate_account(session, rep)
        theirs = a_corporate_account(session, other)
        mine.name = "Horizonte 100% S.A."
        found = {
            "online": a_contact(session, online),
            "mine": a_contact(session, mine),
            "theirs": a_contact(session, theirs),
            "both": a_contact(session, online),
            "none": a_person(session),
        }
        session.add(Membership(person_id=found["both"].id, account_id=mine.id, role="viewer"))
        session.flush()
        for name, account in (
            ("online", online),
            ("mine", mine),
            ("theirs", theirs),
            ("both", None),
            ("none", None),
        ):
            a_line(session, found[name], account.id if account else None)
        a_line(session, rep)
        return found | {"manager": manager, "rep": rep, "care": a_person(session, staff_role="care")}


def seen(database: Database, staff: Person, search: str = "") -> set[str]:
    with database.read() as session:
        found = arrivals(session, Staff(staff.id, staff.name, staff.staff_role or ""), search)
    return {row.email for row in found.rows}


@pytest.mark.parametrize(
    ("who", "whose"),
    [("rep", {"mine", "both"}), ("manager", {"mine", "both"}), ("care", {"online", "both", "none"})],
)
def test_everybody_at_the_desk_sees_their_own_accounts_only(
    database: Database, people: dict[str, Person], who: str, whose: set[str]
) -> None:
    assert seen(database, people[who]) == {people[name].email for name in whose}


def test_a_line_is_found_by_mail_address_and_by_account_and_by_nothing_else(
    database: Database, people: dict[str, Person]
) -> None:
    rep, mine = people["rep"], people["mine"]
    assert seen(database, rep, mine.email.upper()) == {mine.email}
    assert seen(database, rep, "horizonte 100%") == {mine.email}
    assert seen(database, rep, "%") == {mine.email}, "a sign of the database is a sign like others"
    assert seen(database, rep, people["theirs"].email) == set()


def test_the_newest_come_first_a_page_at_a_time(database: Database) -> None:
    with database.write() as session:
        account = an_online_account(session)
        person, care = a_contact(session, account), a_person(session, "Care", staff_role="care")
        for number in range(A_PAGE + 3):
            a_line(session, person, account.id, at=NOW + timedelta(minutes=number))
    staff = Staff(care.id, care.name, "care")
    with database.read() as session:
        first = arrivals(session, staff)
        rest = arrivals(session, staff, before=first.older)
    assert first.rows[0].at == NOW + timedelta(minutes=A_PAGE + 2)
    assert (len(first.rows), len(rest.rows), rest.older) == (A_PAGE, 3, None)
    assert rest.rows[-1].at == NOW


def test_what_is_older_than_its_days_is_let_go_of(database: Database) -> None:
    with database.write() as session:
        account = an_online_account(session)
        person = a_contact(session, account)
        for days in (0, 89, 91):
            at = NOW - timedelta(days=days)
            a_line(session, person, account.id, at=at)
            session.add(LetterToContact(at=at, person_id=person.id, account_id=account.id, task=""))
    forget(database, NOW, 90)
    with database.read() as session:
        for table in (RoutingDecision, LetterToContact):
            assert session.scalar(sa.select(sa.func.min(table.at))) == NOW - timedelta(days=89)
