"""Questions handed straight to the driver are answered as SQLAlchemy answers them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from portal.shared.domain.calendar import Frequency
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.database import Database
from portal.shared.records.plain_rows import plain_rows, rows_of
from portal.shared.records.prepared import LONGEST_LIST, answer
from portal.shared.records.signs import ACCOUNT
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.counting import counting
from tests.support.factories import a_catalogue, a_monthly_subscription, an_online_account

_ROWS = (
    sa.select(SubscriptionRow.__table__)
    .where(SubscriptionRow.account_id == ACCOUNT)
    .order_by(SubscriptionRow.id)
)
_SOME = sa.select(SubscriptionRow.id).where(SubscriptionRow.id.in_(sa.bindparam("ids", expanding=True)))
_OWN_LIST = sa.select(SubscriptionRow.id).where(
    SubscriptionRow.frequency.in_([Frequency.MONTHLY, Frequency.ANNUAL]),
    SubscriptionRow.account_id == ACCOUNT,
)
_SINCE = sa.select(Account.id, Account.created_at, sa.literal(7).label("seven")).where(
    Account.created_at >= sa.bindparam("since", type_=Account.created_at.type)
)
_HELD = sa.select(SubscriptionRow).where(SubscriptionRow.account_id == ACCOUNT)
_NONSENSE = sa.select(sa.text("one")).select_from(sa.text("no_such_table"))


@pytest.fixture
def account_id(database: Database) -> int:
    with database.write() as session:
        plans = a_catalogue(session)
        account = an_online_account(session)
        for _ in range(3):
            a_monthly_subscription(session, account, plans.standard)
        return account.id


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_question_is_answered_alike_however_often_it_is_asked(
    database: Database, account_id: int, times: int
) -> None:
    asked: list[tuple[Any, dict[str, Any]]] = [
        (_ROWS, {"account_id": account_id}),
        (_OWN_LIST, {"account_id": account_id}),
        (_SINCE, {"since": datetime(2020, 1, 1, tzinfo=UTC)}),
        *((_SOME, {"ids": tuple(range(length))}) for length in (0, 1, 3, LONGEST_LIST + 1)),
    ]
    with database.read() as session:
        connection = session.connection()
        for question, values in asked:
            found = [answer(connection, question, values) for _ in range(times)]
            assert found == [connection.execute(question, values).all()] * times


def test_values_come_in_the_types_of_the_house(database: Database, account_id: int) -> None:
    with database.read() as session:
        rows = [answer(session.connection(), _ROWS, {"account_id": account_id}) for _ in range(3)]
        years = [
            answer(session.connection(), _SINCE, {"since": datetime(2020, 1, 1, tzinfo=UTC)})
            for _ in range(3)
        ]
    row, since = rows[-1][0], years[-1][0]
    assert (type(row.period_start), row.frequency, row.waiting) == (date, Frequency.MONTHLY, False)
    assert (since.created_at.tzinfo, since.seven) == (UTC, 7)


def test_an_instant_without_a_zone_is_refused_however_often_it_is_asked(database: Database) -> None:
    with database.read() as session:
        for _ in range(3):
            with pytest.raises((exc.StatementError, ValueError), match="time zone"):
                answer(session.connection(), _SINCE, {"since": datetime(2020, 1, 1)})  # noqa: DTZ001  # the point


def test_what_fails_fails_as_an_error_of_the_database(database: Database) -> None:
    for _ in range(3):
        with database.read() as session, pytest.raises(exc.DBAPIError, match="no_such_table") as caught:
            answer(session.connection(), _NONSENSE)
        assert not caught.value.connection_invalidated


def test_a_connection_that_broke_is_known_as_broken(database: Database, account_id: int) -> None:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("a file has no connection that breaks")
    with database.read() as session:
        for _ in range(3):
            answer(session.connection(), _ROWS, {"account_id": account_id})
        session.connection().connection.driver_connection.close()  # type: ignore[union-attr]  # as a server that ended
        with pytest.raises(exc.DBAPIError) as caught:
            answer(session.connection(), _ROWS, {"account_id": account_id})
        session.rollback()
    assert caught.value.connection_invalidated
    with database.read() as session:
        assert len(answer(session.connection(), _ROWS, {"account_id": account_id})) == 3


def test_who_listens_hears_of_every_question(database: Database, account_id: int) -> None:
    with database.read() as session:
        for _ in range(3):
            answer(session.connection(), _ROWS, {"account_id": account_id})
    with counting(database.engine) as sent, database.read() as session:
        for _ in range(3):
            answer(session.connection(), _ROWS, {"account_id": account_id})
    assert len(sent) == 3


def test_a_reading_session_asks_once_and_what_it_shows_cannot_be_changed(
    database: Database, account_id: int
) -> None:
    with counting(database.engine) as sent, database.read() as session:
        first, again = (rows_of(session, _HELD, {"account_id": account_id}) for _ in range(2))
        assert first == again
        assert len(sent) == 1
        with pytest.raises(AttributeError):
            first[0].seats = 99
        account = account_by_id(session, account_id)
        assert account is not None
        with pytest.raises(AttributeError):
            account.name = "Somebody else"


def test_a_writing_session_gets_rows_that_it_may_change(database: Database, account_id: int) -> None:
    with database.write() as session:
        rows_of(session, _HELD, {"account_id": account_id})[0].seats = 99
        assert max(row.seats for row in plain_rows(session, _ROWS, {"account_id": account_id})) == 99
