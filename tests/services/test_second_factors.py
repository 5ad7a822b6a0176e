"""Second factors: codes once, in turns, by nobody else; recovery codes; what one of us may not take away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import WAITING
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.second_factors import OneTimeCodes, Passkey, RecoveryCode
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.sign_in import devices, factors, one_time_codes, recovery_codes
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.one_time_codes import PURPOSE, CodeBook
from portal.shared.services.sign_in.sealing import Seal
from portal.shared.services.sign_in.signing_in import Answer
from tests.support.factories import NOW, a_person

BOOK = CodeBook(Seal("not a secret", PURPOSE))
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HOME = "203.0.113.7"
STEP = timedelta(seconds=30)


@pytest.fixture
def ana(database: Database) -> int:
    """Somebody whose app has shown a code long ago."""
    with database.write() as session:
        person = a_person(session, "Ana Lima")
        assert one_time_codes.begin(session, BOOK, person.id, SECRET, code(NOW - 9 * STEP), NOW - 9 * STEP)
        return person.id


def code(at: datetime) -> str:
    return pyotp.TOTP(SECRET).at(at)


def waiting(database: Database, person_id: int) -> str:
    with database.write() as session:
        return signin.open_session(session, person_id, NOW)


def show(database: Database, token: str, typed: str, now: datetime = NOW) -> Answer:
    with database.write() as session:
        return factors.pass_with_code(session, BOOK, token, typed, HOME, now).answer


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(database: Database, ana: int) -> None:
    token = waiting(database, ana)
    with database.read() as session:
        assert signin.signed_in(session, token, NOW) is None
        assert signin.waits(session, token, NOW)
        assert not signin.waits(session, token, NOW + WAITING)
    with database.write() as session:
        assert not signin.choose_account(session, token, 1, NOW)
        assert signin.raise_trust(session, token, NOW) is None, "a password again is no second factor"


def test_a_right_code_opens_and_gives_a_new_secret(database: Database, ana: int) -> None:
    token = waiting(database, ana)
    with database.write() as session:
        result = factors.pass_with_code(session, BOOK, token, f" {code(NOW)[:3]} {code(NOW)[3:]} ", HOME, NOW)
    assert result.token not in (None, token)
    with database.read() as session:
        assert signin.signed_in(session, token, NOW) is None
        person = signin.signed_in(session, result.token or "", NOW)
    assert person is not None
    assert person.two_factors


@pytest.mark.parametrize(
    ("off", "taken"),
    [(-2, False), (-1, True), (0, True), (1, True), (2, False)],
    ids=["a minute slow", "half a minute slow", "right", "half a minute fast", "a minute fast"],
)
def test_a_clock_may_be_half_a_minute_off(database: Database, ana: int, off: int, taken: bool) -> None:
    answer = show(database, waiting(database, ana), code(NOW + off * STEP))
    assert (answer is Answer.WELCOME) is taken


def test_a_code_works_once_and_never_an_earlier_one(database: Database, ana: int) -> None:
    assert show(database, waiting(database, ana), code(NOW)) is Answer.WELCOME
    assert show(database, waiting(database, ana), code(NOW)) is Answer.WRONG
    assert show(database, waiting(database, ana), code(NOW - STEP)) is Answer.WRONG
    assert show(database, waiting(database, ana), code(NOW + STEP)) is Answer.WELCOME


def test_eight_at_once_use_a_code_once(database: Database, ana: int) -> None:
    tokens = [waiting(database, ana) for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda token: show(database, token, code(NOW)), tokens))
    assert answers.count(Answer.WELCOME) == 1


def test_codes_are_tried_five_times_a_quarter_of_an_hour_whatever_the_password(
    database: Database, ana: int
) -> None:
    for _ in range(5):
        assert show(database, waiting(database, ana), "000000") is Answer.WRONG
    assert show(database, waiting(database, ana), code(NOW)) is Answer.TOO_MANY
    later = NOW + timedelta(minutes=15, seconds=1)
    with database.write() as session:
        token = signin.open_session(session, ana, later)
    assert show(database, token, code(later), later) is Answer.WELCOME


def test_a_secret_lies_sealed_and_another_installation_cannot_read_it(database: Database, ana: int) -> None:
    with database.read() as session:
        kept = session.scalars(sa.select(OneTimeCodes.secret)).one()
    assert SECRET not in kept
    other = CodeBook(Seal("another secret", PURPOSE))
    with database.write() as session:
        assert not one_time_codes.take(session, other, ana, code(NOW), NOW)


def test_a_secret_of_a_former_key_is_sealed_anew_when_it_is_used(database: Database, ana: int) -> None:
    rotated = CodeBook(Seal("the next secret", PURPOSE, before=["not a secret"]))
    with database.write() as session:
        assert one_time_codes.take(session, rotated, ana, code(NOW), NOW)
    with database.read() as session:
        kept = session.scalars(sa.select(OneTimeCodes.secret)).one()
    assert CodeBook(Seal("the next secret", PURPOSE)).open(kept) == SECRET


def test_a_secret_of_the_demo_opens_nothing_outside_demo_mode(database: Database, ana: int) -> None:
    with database.write() as session:
        session.execute(sa.update(OneTimeCodes).values(secret=one_time_codes.of_the_demo(SECRET)))
    assert show(database, waiting(database, ana), code(NOW)) is Answer.WRONG
    demo = CodeBook(Seal("not a secret", PURPOSE), demo=True)
    with database.write() as session:
        assert one_time_codes.shown_in_demo(session, demo, ana, NOW) == code(NOW)
        assert one_time_codes.shown_in_demo(session, BOOK, ana, NOW) is None
        for _ in range(2):  # it stands on the screen for everybody
            assert one_time_codes.take(session, demo, ana, code(NOW), NOW)


def test_an_app_that_shows_another_code_is_not_kept(database: Database, ana: int) -> None:
    with database.write() as session:
        assert not one_time_codes.begin(session, BOOK, ana, pyotp.random_base32(), "000000", NOW)
        assert one_time_codes.take(session, BOOK, ana, code(NOW), NOW), "the one before is still good"


def test_a_recovery_code_opens_once_and_is_told_by_mail(database: Database, ana: int) -> None:
    with database.write() as session:
        codes = recovery_codes.make(session, ana, NOW)
        kept = set(session.scalars(sa.select(RecoveryCode.code_hash)))
    assert len(set(codes)) == len(kept) == 10
    assert not kept & set(codes)
    assert show(database, waiting(database, ana), codes[3].upper().replace("-", " ")) is Answer.WELCOME
    assert show(database, waiting(database, ana), codes[3]) is Answer.WRONG
    with database.read() as session:
        told = [
            one.payload["change"] for one in session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))
        ]
        assert told == ["one-time-codes-added", "recovery-codes-made", "recovery-code-used"]
        assert factors.factors_of(session, ana).recovery_codes == 9


def test_new_recovery_codes_end_those_before(database: Database, ana: int) -> None:
    with database.write() as session:
        old = recovery_codes.make(session, ana, NOW)
        recovery_codes.make(session, ana, NOW + STEP)
        assert not recovery_codes.take(session, ana, old[0], NOW)


def a_passkey(session: Session, person_id: int, name: str) -> int:
    kept = Passkey(
        person_id=person_id, credential_id=name, public_key="", sign_count=0, name=name, created_at=NOW
    )
    session.add(kept)
    session.flush()
    return kept.id


@pytest.mark.parametrize("staff", [True, False], ids=["one of us", "customer"])
def test_the_last_factor_of_one_of_us_stays(database: Database, ana: int, staff: bool) -> None:
    with database.write() as session:
        session.get_one(Person, ana).staff_role = "care" if staff else None
        key = a_passkey(session, ana, "laptop")
        recovery_codes.make(session, ana, NOW)
        assert factors.remove_codes(session, ana, NOW)
        assert factors.remove_passkey(session, ana, key, NOW) is not staff
        left = factors.factors_of(session, ana)
    assert left.any is staff
    assert bool(left.recovery_codes) is staff, "without a factor recovery codes are worth nothing"


def test_a_passkey_of_somebody_else_is_not_there(database: Database, ana: int) -> None:
    with database.write() as session:
        other = a_person(session, "Bea Sol")
        key = a_passkey(session, other.id, "theirs")
        assert not factors.remove_passkey(session, ana, key, NOW)


def test_the_first_factor_ends_sessions_that_a_password_alone_had_opened(database: Database) -> None:
    with database.write() as session:
        person_id = a_person(session, "Bea Sol").id
        here, elsewhere = (signin.open_session(session, person_id, NOW) for _ in range(2))
        who = signin.signed_in(session, here, NOW)
        assert who is not None
        assert one_time_codes.begin(session, BOOK, person_id, SECRET, code(NOW), NOW)
        fresh, first = factors.after_adding(session, who, here, "code", NOW)
        assert first
        assert signin.signed_in(session, elsewhere, NOW) is None
        assert signin.signed_in(session, here, NOW) is None
        now = signin.signed_in(session, fresh or "", NOW)
        assert now is not None
        assert now.two_factors
        assert now.session_id == who.session_id


@pytest.mark.parametrize(
    ("how", "staff", "asked"),
    [
        ("password", False, True),
        ("organisation", False, False),
        ("organisation", True, True),
        ("passkey", True, False),
    ],
    ids=["password", "organisation", "one of us by an organisation", "passkey"],
)
def test_who_is_asked_for_a_second_factor(
    database: Database, ana: int, how: signin.How, staff: bool, asked: bool
) -> None:
    with database.write() as session:
        session.get_one(Person, ana).staff_role = "rep" if staff else None
        token = signin.open_session(session, ana, NOW, how=how)
        assert signin.waits(session, token, NOW) is asked


def test_devices_are_ones_own_and_end_one_by_one_or_all_at_once(database: Database) -> None:
    with database.write() as session:
        person_id, stranger = a_person(session, "Bea Sol").id, a_person(session, "Caio Reis").id
        browser = signin.Browser("Mozilla/5.0 (X11; Linux) Firefox/140", "203.0.113.77")
        here, second, third = (
            signin.open_session(session, person_id, NOW, browser=browser) for _ in range(3)
        )
        theirs = signin.open_session(session, stranger, NOW)
        who = signin.signed_in(session, here, NOW)
        assert who is not None
        found = devices.devices_of(session, who, NOW)
        assert [one.this for one in found] == [True, False, False]
        assert found[0].network == "203.0.113.*"
        foreign = session.scalars(
            sa.select(SignInSession.id).where(SignInSession.person_id == stranger)
        ).one()
        assert not devices.end_one(session, who, foreign, NOW)
        assert devices.end_one(session, who, found[1].id, NOW)
        assert devices.end_others(session, who, NOW) == 1
        alive = [signin.signed_in(session, one, NOW) is not None for one in (here, second, third, theirs)]
    assert alive == [True, False, False, True]
