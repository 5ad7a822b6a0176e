"""Sessions for reading and writing, and the column types, the same on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.orm import Session

from portal.shared.records.database import Database, WriteInReadSession, is_passing
from portal.shared.records.people import Person, person_with_email
from portal.shared.records.sign_ins import SignInAttempt

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def add(session: Session, email: str = "ana@example.org") -> Person:
    person = Person(name="Ana", email=email)
    session.add(person)
    session.flush()
    return person


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def test_a_block_that_ends_well_is_kept_and_its_values_stay_readable(database: Database) -> None:
    with database.write() as session:
        person = add(session)
    assert people(database) == 1
    assert person.name == "Ana"


def test_a_block_that_raises_is_undone(database: Database) -> None:
    def block() -> None:
        with database.write() as session:
            add(session)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        block()
    assert people(database) == 0


def by_unit_of_work(session: Session) -> None:
    add(session)


def by_statement(session: Session) -> None:
    session.execute(sa.insert(Person).values(name="Ana", email="ana@example.org"))


def by_hand(session: Session) -> None:
    session.execute(sa.text("INSERT INTO people (name, email) VALUES ('Ana', 'ana@example.org')"))


def behind_the_session(session: Session) -> None:
    session.connection().exec_driver_sql("DELETE FROM people")


@pytest.mark.parametrize("write", [by_unit_of_work, by_statement, by_hand, behind_the_session])
def test_a_reading_session_cannot_write_in_any_way(
    database: Database, write: Callable[[Session], None]
) -> None:
    with database.write() as session:
        add(session, "first@example.org")
    with (
        pytest.raises((WriteInReadSession, exc.OperationalError, exc.InternalError)) as refused,
        database.read() as session,
    ):
        write(session)
    assert not is_passing(refused.value), "a mistake of ours is not told as 'try again'"
    assert people(database) == 1
    with database.write() as session:
        add(session)
    assert people(database) == 2, "the connection writes again when it is asked to"


def test_a_reading_session_sees_one_moment(database: Database) -> None:
    with database.read() as session:
        assert person_with_email(session, "ana@example.org") is None
        with database.write() as writing:
            add(writing)
        assert person_with_email(session, "ana@example.org") is None
    assert people(database) == 1


def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    with database.write() as writing:
        add(writing)
        assert people(database) == 0


def test_a_second_transaction_inside_the_first_is_a_mistake_said_at_once(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="already open"), database.write():
        pass
    with database.write() as session:
        add(session)
    assert people(database) == 1


def test_eight_writers_who_read_first_all_get_through(database: Database) -> None:
    def write(number: int) -> None:
        for step in range(25):
            with database.write() as session:
                session.scalar(sa.select(sa.func.count()).select_from(Person))
                add(session, f"{number}.{step}@example.org")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert people(database) == 200


def test_a_lock_that_is_not_given_in_time_passes(sqlite_url: str) -> None:
    database = Database(sqlite_url, patience_seconds=1)
    errors: list[BaseException] = []

    def wait() -> None:
        try:
            with database.write() as session:
                add(session)
        except exc.SQLAlchemyError as error:
            errors.append(error)

    with database.write() as session:
        add(session, "first@example.org")
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    database.dispose()
    assert [is_passing(error) for error in errors] == [True]


@pytest.mark.postgresql
def test_a_server_that_is_not_there_passes() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing", patience_seconds=1)
    with pytest.raises(exc.OperationalError) as away, database.read() as session:
        session.connection()
    assert is_passing(away.value)


@pytest.mark.parametrize(
    "mistake",
    ["SELECT nothing FROM nowhere", "SELEC 1", "INSERT INTO people (name) VALUES ('x')"],
)
def test_a_mistake_of_ours_does_not_pass(database: Database, mistake: str) -> None:
    with pytest.raises(exc.DBAPIError) as mistaken, database.write() as session:
        session.execute(sa.text(mistake))
    assert not is_passing(mistaken.value)


def test_an_error_does_not_quote_what_was_typed(database: Database) -> None:
    with database.write() as session:
        add(session)
    with pytest.raises(exc.IntegrityError) as twice, database.write() as session:
        add(session)
    assert "Ana" not in str(twice.value)


@pytest.mark.parametrize(
    "instant",
    [NOON, NOON.astimezone(timezone(timedelta(hours=-3))), NOON.replace(microsecond=1)],
    ids=["UTC", "São Paulo", "with microseconds"],
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database, instant: datetime) -> None:
    with database.write() as session:
        session.add(SignInAttempt(email_digest="x", address="x", at=instant))
    with database.read() as session:
        kept = session.scalars(sa.select(SignInAttempt.at)).one()
        found = session.scalars(sa.select(SignInAttempt.at).where(SignInAttempt.at == instant)).all()
    assert kept == instant
    assert kept.tzinfo is UTC
    assert found == [kept]


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(exc.StatementError, match="time zone"), database.write() as session:
        session.add(SignInAttempt(email_digest="x", address="x", at=datetime(2026, 3, 10)))  # noqa: DTZ001


def test_an_address_of_mail_is_kept_in_one_spelling(database: Database) -> None:
    with database.write() as session:
        add(session, "  Ana@Example.ORG ")
    with database.read() as session:
        assert person_with_email(session, "ANA@example.org") is not None
    with pytest.raises(exc.IntegrityError), database.write() as session:
        session.execute(sa.insert(Person).values(name="B", email="B@example.org"))


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_an_address_we_cannot_use_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite needs a file|DATABASE_URL must begin"):
        Database(url)


def test_sqlite_is_set_up_to_survive_a_power_cut_and_to_hold_its_keys(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        kept = {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.postgresql
def test_what_postgresql_has_prepared_outlives_a_reading_session(postgresql_database: Database) -> None:
    """Otherwise it would plan every statement of every page anew, which took half of its work."""
    for _ in range(8):  # psycopg prepares what it has sent five times on a connection
        people(postgresql_database)
    with postgresql_database.read() as session:
        prepared = session.scalars(sa.text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("count(*)" in one and "FROM people" in one for one in prepared)
