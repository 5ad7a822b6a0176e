"""A new password: by the old one, or by the link of a mail; and what ends with it. The same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.domain.sign_in.limits import FIRST_LINK, RESET_LINK
from portal.shared.domain.sign_in.passwords import PasswordProblem
from portal.shared.records.activity import Activity
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.sign_ins import PasswordLink, PasswordRequest, SignInSession
from portal.shared.services.sign_in import password_changes, password_links
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.password_changes import LinkOwner, Proof
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.signing_in import Browser, SignedIn
from tests.support.factories import NOW, a_person

OLD, NEW = "correct horse battery staple", "seven herons over the weir"
HOME = Browser("Firefox", "203.0.113.7")
PASSWORDS = Passwords(memory_kib=8, rounds=1)


@pytest.fixture
def ana(database: Database) -> int:
    with database.write() as session:
        person = a_person(session, "Ana Lima")
        person.password_hash = PASSWORDS.hash(OLD)
        return person.id


def opened(database: Database, person_id: int) -> str:
    with database.write() as session:
        return signin.open_session(session, person_id, NOW)


def who(database: Database, token: str) -> SignedIn | None:
    with database.read() as session:
        return signin.signed_in(session, token, NOW)


def count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def link(database: Database, person_id: int, *, first: bool = False) -> str:
    with database.write() as session:
        make = password_links.first_link if first else password_links.reset_link
        return make(session, person_id, NOW)


def fits(database: Database, password: str) -> bool:
    with database.read() as session:
        return PASSWORDS.fits(password, session.scalars(sa.select(Person.password_hash)).one())


def test_a_change_keeps_this_browser_with_a_new_secret_and_ends_all_others(
    database: Database, ana: int
) -> None:
    here, elsewhere = opened(database, ana), opened(database, ana)
    person = who(database, here)
    assert person is not None
    changed = password_changes.change(database, PASSWORDS, person, OLD, NEW, NOW, browser=HOME)
    assert changed.token is not None
    assert fits(database, NEW)
    assert who(database, here) is None, "the secret of before is dead"
    assert who(database, elsewhere) is None
    assert who(database, changed.token) is not None
    with database.read() as session:
        (mail,) = session.scalars(sa.select(OutboxMail)).all()
        assert (mail.kind, mail.payload["change"]) == ("sign-in-changed", "password-changed")
        (entry,) = session.scalars(sa.select(Activity)).all()
        assert entry.action == "password-changed"


def test_a_wrong_old_password_changes_nothing_and_is_counted(database: Database, ana: int) -> None:
    person = who(database, opened(database, ana))
    assert person is not None
    for _ in range(5):
        changed = password_changes.change(database, PASSWORDS, person, "wrong", NEW, NOW, browser=HOME)
        assert changed.proof is Proof.WRONG
    changed = password_changes.change(database, PASSWORDS, person, OLD, NEW, NOW, browser=HOME)
    assert changed.proof is Proof.TOO_MANY
    assert fits(database, OLD)


def test_a_password_that_is_not_taken_costs_no_attempt(database: Database, ana: int) -> None:
    person = who(database, opened(database, ana))
    assert person is not None
    for _ in range(9):
        changed = password_changes.change(database, PASSWORDS, person, OLD, "short", NOW, browser=HOME)
        assert changed.problem is PasswordProblem.TOO_SHORT
    assert password_changes.change(database, PASSWORDS, person, OLD, NEW, NOW, browser=HOME).token


def test_a_link_sets_the_password_once_and_signs_every_device_out(database: Database, ana: int) -> None:
    token, device = link(database, ana), opened(database, ana)
    answer = password_changes.set_by_link(database, PASSWORDS, token, NEW, NOW)
    assert isinstance(answer, LinkOwner)
    assert fits(database, NEW)
    assert who(database, device) is None
    assert password_changes.set_by_link(database, PASSWORDS, token, "another good one 77", NOW) is None
    assert fits(database, NEW)


def test_only_the_newest_link_opens(database: Database, ana: int) -> None:
    older, newer = link(database, ana), link(database, ana)
    assert password_changes.set_by_link(database, PASSWORDS, older, NEW, NOW) is None
    assert password_changes.set_by_link(database, PASSWORDS, newer, NEW, NOW)


@pytest.mark.parametrize(
    ("first", "lives"), [(False, RESET_LINK), (True, FIRST_LINK)], ids=["reset", "first"]
)
def test_a_link_lives_for_its_time(database: Database, ana: int, first: bool, lives: timedelta) -> None:
    token, last = link(database, ana, first=first), NOW + lives
    with database.read() as session:
        assert password_changes.owner_of(session, token, last - timedelta(seconds=1)) is not None
        assert password_changes.owner_of(session, token, last) is None


def test_a_link_does_nothing_for_a_disabled_person_and_after_a_change(database: Database, ana: int) -> None:
    token = link(database, ana)
    with database.write() as session:
        session.execute(sa.update(Person).values(disabled_at=NOW))
    assert password_changes.set_by_link(database, PASSWORDS, token, NEW, NOW) is None


def test_a_poor_password_leaves_the_link_alive(database: Database, ana: int) -> None:
    token = link(database, ana)
    for poor, problem in (
        ("short", PasswordProblem.TOO_SHORT),
        ("ana lima 12345", PasswordProblem.ABOUT_YOU),
    ):
        assert password_changes.set_by_link(database, PASSWORDS, token, poor, NOW) is problem
    assert isinstance(password_changes.set_by_link(database, PASSWORDS, token, NEW, NOW), LinkOwner)


def test_eight_at_once_use_a_link_once(database: Database, ana: int) -> None:
    token = link(database, ana)

    def use(number: int) -> object:
        return password_changes.set_by_link(database, PASSWORDS, token, f"{NEW} {number}", NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(use, range(8)))
    assert len([one for one in answers if isinstance(one, LinkOwner)]) == 1


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_asking_for_a_link_leaves_the_same_behind_whoever_asks(
    database: Database, ana: int, known: bool
) -> None:
    with database.write() as session:
        email = session.scalars(sa.select(Person.email)).one() if known else "nobody@example.org"
        statements: list[str] = []
        connection = session.connection()
        sa.event.listen(connection, "before_cursor_execute", lambda *said: statements.append(said[2]))
        assert password_changes.ask_for_link(session, email.upper(), "de", "203.0.113.7", NOW)
        session.flush()
    assert not [one for one in statements if "people" in one], "nobody looked who it is"
    assert count(database, PasswordRequest) == 1
    assert count(database, PasswordLink) == 0
    with database.write() as session:
        for _ in range(2):  # a worker may do it again
            password_changes.answer_request(session, 1, NOW)
    assert count(database, PasswordRequest) == 0
    assert count(database, OutboxMail) == (1 if known else 0)


def test_the_database_holds_no_link_that_opens(database: Database, ana: int) -> None:
    token = link(database, ana)
    with database.read() as session:
        assert session.scalars(sa.select(PasswordLink.token_hash)).one() != token


def test_links_are_asked_for_five_times_a_quarter_of_an_hour(database: Database, ana: int) -> None:
    def ask(minutes: int) -> bool:
        with database.write() as session:
            at = NOW + timedelta(minutes=minutes)
            return password_changes.ask_for_link(session, "ana@example.org", "en", "203.0.113.7", at)

    assert [ask(minute) for minute in range(7)] == [True] * 5 + [False] * 2
    assert ask(16)


def test_a_link_shows_who_one_is_so_the_door_opens_again(database: Database, ana: int) -> None:
    with database.read() as session:
        email = session.scalars(sa.select(Person.email)).one()
    for _ in range(6):
        signin.sign_in(database, PASSWORDS, email=email, password="wrong", browser=HOME, now=NOW)
    password_changes.set_by_link(database, PASSWORDS, link(database, ana), NEW, NOW)
    result = signin.sign_in(database, PASSWORDS, email=email, password=NEW, browser=HOME, now=NOW)
    assert result.token is not None
    assert count(database, SignInSession) == 1
