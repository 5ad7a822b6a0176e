"""Sign-in: who gets in, for how long, and how often one may try; the same on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.records.database import Database
from portal.shared.records.people import Membership, Person
from portal.shared.records.sign_ins import SignInAttempt, SignInSession
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.passwords import LONGEST, Passwords
from portal.shared.services.sign_in.signing_in import Answer, Browser, SignInResult
from tests.support.factories import NOW, a_person, an_online_account

PASSWORD = "correct horse battery staple"
HOME = "203.0.113.7"


class CountingPasswords(Passwords):
    """Counts how often the long work was done."""

    def __init__(self, *, demo: bool = False) -> None:
        super().__init__(memory_kib=8, rounds=1, demo=demo)
        self.checks = 0

    def fits(self, password: str, kept: str | None) -> bool:
        self.checks += 1
        return super().fits(password, kept)


@pytest.fixture
def passwords() -> CountingPasswords:
    return CountingPasswords()


@pytest.fixture
def ana(database: Database, passwords: CountingPasswords) -> str:
    """Somebody with a password and one account; gives the address of mail."""
    with database.write() as session:
        person = a_person(session, "Ana Lima")
        person.password_hash = passwords.hash(PASSWORD)
        session.add(
            Membership(person_id=person.id, account_id=an_online_account(session).id, role="billing_contact")
        )
        return person.email


def attempt(
    database: Database,
    passwords: Passwords,
    email: str,
    password: str = PASSWORD,
    *,
    address: str = HOME,
    after: timedelta = timedelta(),
) -> SignInResult:
    return signin.sign_in(
        database, passwords, email=email, password=password, browser=Browser(address=address), now=NOW + after
    )


def token_of(database: Database, passwords: Passwords, email: str) -> str:
    token = attempt(database, passwords, email).token
    assert token is not None
    return token


def who(database: Database, token: str, after: timedelta = timedelta()) -> signin.SignedIn | None:
    with database.read() as session:
        return signin.signed_in(session, token, NOW + after)


def test_the_right_password_opens_a_session(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    person = who(database, token_of(database, passwords, ana))
    assert person is not None
    assert (person.name, person.email) == ("Ana Lima", ana)
    (membership,) = person.memberships
    assert membership.roles == {"billing_contact"}
    assert person.account_id == membership.account_id, "the only account needs no choosing"


@pytest.mark.parametrize("case", ["wrong password", "unknown", "disabled", "no password", "demo cast"])
def test_all_who_do_not_get_in_hear_the_same_after_the_same_work(
    database: Database, passwords: CountingPasswords, ana: str, case: str
) -> None:
    with database.write() as session:
        person = session.scalars(sa.select(Person)).one()
        if case == "disabled":
            person.disabled_at = NOW
        elif case == "no password":
            person.password_hash = None
        elif case == "demo cast":
            person.password_hash = passwords.hash(PASSWORD, demo_only=True)
    result = attempt(
        database,
        passwords,
        "nobody@example.org" if case == "unknown" else ana,
        "wrong" if case == "wrong password" else PASSWORD,
    )
    assert result == SignInResult(Answer.WRONG)
    assert passwords.checks == 1


def test_the_demo_cast_gets_in_in_demo_mode(database: Database, ana: str) -> None:
    passwords = CountingPasswords(demo=True)
    with database.write() as session:
        session.scalars(sa.select(Person)).one().password_hash = passwords.hash(PASSWORD, demo_only=True)
    assert attempt(database, passwords, ana).answer is Answer.WELCOME


def test_a_password_longer_than_any_is_wrong_even_if_it_begins_right(passwords: CountingPasswords) -> None:
    kept = passwords.hash("x" * LONGEST)
    assert passwords.fits("x" * LONGEST, kept)
    assert not passwords.fits("x" * (LONGEST + 1), kept)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$broken"])
def test_a_broken_hash_opens_nothing(passwords: CountingPasswords, kept: str) -> None:
    assert not passwords.fits("plain", kept)


def test_hashes_are_argon2id_with_the_usual_cost() -> None:
    assert Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,")


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_after_five_failures_nobody_gets_in_for_a_quarter_of_an_hour(
    database: Database, passwords: CountingPasswords, ana: str, known: bool
) -> None:
    email = ana if known else "nobody@example.org"
    for minute in range(5):
        result = attempt(database, passwords, email, "wrong", after=timedelta(minutes=minute))
        assert result.answer is Answer.WRONG
    right = attempt(database, passwords, email.upper(), after=timedelta(minutes=14), address="198.51.100.1")
    assert right == SignInResult(Answer.TOO_MANY)
    assert passwords.checks == 5, "a closed door does no work"
    later = attempt(database, passwords, email, after=timedelta(minutes=15, seconds=1))
    assert later.answer is (Answer.WELCOME if known else Answer.WRONG)


def test_getting_in_forgets_the_failures_before(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    for _ in range(3):
        for _ in range(4):
            attempt(database, passwords, ana, "wrong")
        assert attempt(database, passwords, ana).answer is Answer.WELCOME


def test_fifty_failures_from_one_address_close_it_for_an_hour(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    for number in range(50):
        attempt(database, passwords, f"nobody{number}@example.org", "wrong")
    assert attempt(database, passwords, ana).answer is Answer.TOO_MANY
    assert attempt(database, passwords, ana, address="203.0.113.8").answer is Answer.WELCOME
    later = timedelta(hours=1, seconds=1)
    assert attempt(database, passwords, ana, after=later).answer is Answer.WELCOME


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_one_line_of_a_customer_is_one_address(
    sqlite_database: Database, passwords: CountingPasswords, address: str, counted: str
) -> None:
    attempt(sqlite_database, passwords, "nobody@example.org", address=address)
    with sqlite_database.read() as session:
        assert session.scalars(sa.select(SignInAttempt.address)).one() == counted


def test_attempts_at_the_same_moment_do_not_slip_through_together(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(attempt, database, passwords, ana, "wrong") for _ in range(24)]
        answers = [one.result().answer for one in tries]
    assert answers.count(Answer.WRONG) == 5
    assert answers.count(Answer.TOO_MANY) == 19


def test_the_database_holds_fingerprints_only(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    token = token_of(database, passwords, ana)
    attempt(database, passwords, ana, "wrong")
    with database.read() as session:
        assert session.scalars(sa.select(SignInSession.token_hash)).one() != token
        assert "@" not in session.scalars(sa.select(SignInAttempt.email_digest)).one()


def test_a_session_ends_at_sign_out_at_its_time_and_with_all_others_of_the_person(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    first, second, third = (token_of(database, passwords, ana) for _ in range(3))
    with database.write() as session:
        signin.sign_out(session, first)
    assert who(database, first) is None
    last = signin.LIFETIME - timedelta(seconds=1)
    signin.note_seen(database, second, NOW + last)
    signin.note_seen(database, third, NOW + last)
    person = who(database, second, last)
    assert person is not None
    assert who(database, second, signin.LIFETIME) is None
    with database.write() as session:
        signin.end_sessions_of(session, person.person_id)
    assert who(database, second) is None
    assert who(database, third) is None


def test_a_new_session_takes_the_place_of_the_one_it_names(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    old = token_of(database, passwords, ana)
    signin.sign_in(
        database,
        passwords,
        email=ana,
        password=PASSWORD,
        browser=Browser(address=HOME),
        now=NOW,
        instead_of=old,
    )
    assert who(database, old) is None


def test_ended_sessions_and_old_failures_are_swept_away(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    attempt(database, passwords, "nobody@example.org")
    token_of(database, passwords, ana)
    attempt(database, passwords, ana, after=timedelta(days=1))
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInAttempt)) == 0


def test_only_an_account_one_serves_can_be_chosen(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    with database.write() as session:
        person_id = session.scalars(sa.select(Person.id)).one()
        second, foreign = an_online_account(session).id, an_online_account(session).id
        for role in ("account_admin", "viewer"):
            session.add(Membership(person_id=person_id, account_id=second, role=role))
    token = token_of(database, passwords, ana)
    person = who(database, token)
    assert person is not None
    assert person.account_id is None
    with database.write() as session:
        assert signin.choose_account(session, token, second, NOW)
        assert not signin.choose_account(session, token, foreign, NOW)
        assert not signin.choose_account(session, "no such token", second, NOW)
        assert not signin.choose_account(session, token, second, NOW + signin.LIFETIME)
    person = who(database, token)
    assert person is not None
    assert person.account_id == second
    assert [membership.roles for membership in person.memberships][1] == {"account_admin", "viewer"}
    with database.write() as session:
        session.execute(sa.delete(Membership).where(Membership.account_id == second))
    person = who(database, token)
    assert person is not None
    assert person.account_id is None, "an account no longer served is no choice any more"


def test_a_person_is_known_in_one_statement(
    database: Database, passwords: CountingPasswords, ana: str
) -> None:
    token = token_of(database, passwords, ana)
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as session:
        session.connection()
        statements.clear()
        assert signin.signed_in(session, token, NOW) is not None
    assert len(statements) == 1
