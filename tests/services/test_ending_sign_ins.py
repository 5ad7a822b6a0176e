"""Ending all sign-ins of somebody else: who may, what ends, what is kept and told. The same on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.desk import Staff, sign_ins
from portal.shared.services.sign_in import ending, signing_in
from tests.support import factories
from tests.support.factories import NOW

WHY = "The telephone was stolen."


class Scene:
    """A team, a stranger's team, Customer Care; a corporate and an online account with a person each."""

    def __init__(self, database: Database) -> None:
        with database.write() as session:
            people = {
                name: factories.a_person(session, staff_role=name.partition("-")[0])
                for name in ("manager", "manager-other", "rep", "rep-other", "care")
            }
            people["rep"].manager_id = people["manager"].id
            people["rep-other"].manager_id = people["manager-other"].id
            accounts = {
                "corporate": factories.an_online_account(session),
                "online": factories.an_online_account(session),
            }
            accounts["corporate"].type, accounts["corporate"].rep_id = "corporate", people["rep"].id
            for name, account in accounts.items():
                people[name] = factories.a_person(session)
                session.add(Membership(person_id=people[name].id, account_id=account.id, role="viewer"))
            session.flush()
            self.people = {name: one.id for name, one in people.items()}
            self.accounts = {name: one.id for name, one in accounts.items()}
        self.database = database

    def staff(self, name: str) -> Staff:
        return Staff(self.people[name], name, name.partition("-")[0])

    def signs_in(self, name: str, times: int = 1) -> list[str]:
        with self.database.write() as session:
            return [signing_in.open_session(session, self.people[name], NOW) for _ in range(times)]

    def rows(self, table: type) -> list[object]:
        with self.database.read() as session:
            return list(session.scalars(sa.select(table)))


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        ("manager", {"corporate"}),
        ("manager-other", set()),
        ("rep", set()),
        ("care", {"online"}),
    ],
    ids=["manager", "manager of another team", "representative", "Customer Care"],
)
def test_managers_and_customer_care_find_the_people_of_their_accounts(
    scene: Scene, actor: str, allowed: set[str]
) -> None:
    with scene.database.read() as session:
        found = {
            name
            for name, account_id in scene.accounts.items()
            if sign_ins.of_account(session, scene.staff(actor), account_id, scene.people[name], NOW)
        }
        crossed = sign_ins.of_account(
            session, scene.staff(actor), scene.accounts["corporate"], scene.people["online"], NOW
        )
    assert found == allowed
    assert crossed is None, "who does not serve the account is nobody there"


@pytest.mark.parametrize("actor", ["manager", "manager-other", "rep", "care"])
def test_a_manager_finds_the_team_and_nobody_else_finds_colleagues(scene: Scene, actor: str) -> None:
    with scene.database.read() as session:
        found = {
            name
            for name, person_id in scene.people.items()
            if sign_ins.of_colleague(session, scene.staff(actor), person_id, NOW)
        }
    assert found == {"manager": {"rep"}, "manager-other": {"rep-other"}}.get(actor, set())


def test_all_sign_ins_end_with_one_entry_and_one_mail_that_says_why(scene: Scene) -> None:
    tokens, others = scene.signs_in("corporate", 3), scene.signs_in("online")
    with scene.database.write() as session:
        whose = sign_ins.of_account(
            session, scene.staff("manager"), scene.accounts["corporate"], scene.people["corporate"], NOW
        )
        assert whose is not None
        assert (whose.open, whose.seen_at) == (3, NOW)
        assert sign_ins.end(session, scene.staff("manager"), whose, f" {WHY} ", NOW) == 3
    with scene.database.read() as session:
        assert all(signing_in.signed_in(session, one, NOW) is None for one in tokens)
        assert signing_in.signed_in(session, others[0], NOW) is not None
        (entry,) = session.scalars(sa.select(Activity)).all()
        assert (entry.action, entry.about_id) == ("signed-out-by-us", scene.people["corporate"])
        assert entry.person_id == scene.people["manager"]
        (mail,) = session.scalars(sa.select(OutboxMail)).all()
        assert (mail.payload["change"], mail.payload["what"]) == ("signed-out-by-us", WHY)


def test_who_is_not_signed_in_gets_no_mail(scene: Scene) -> None:
    with scene.database.write() as session:
        assert ending.end_all_of(session, scene.people["online"], None, WHY, NOW) == 0
    assert (scene.rows(Activity), scene.rows(OutboxMail)) == ([], [])


def test_a_sign_in_that_waits_for_its_second_factor_ends_in_silence(scene: Scene) -> None:
    scene.signs_in("online")
    with scene.database.write() as session:
        session.execute(sa.update(SignInSession).values(waits=True))
    with scene.database.write() as session:
        assert ending.end_all_of(session, scene.people["online"], None, WHY, NOW) == 0
    assert scene.rows(SignInSession) == []


def test_the_operator_ends_them_by_address(scene: Scene) -> None:
    scene.signs_in("care", 2)
    with scene.database.write() as session:
        email = session.get_one(Person, scene.people["care"]).email
        assert ending.end_by_address(session, "nobody@example.org", WHY, NOW) is None
        assert ending.everybody_signed_in(session) == [scene.people["care"]]
        assert ending.end_by_address(session, email.upper(), WHY, NOW) == 2
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 2
    assert scene.rows(SignInSession) == []
