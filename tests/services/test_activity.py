"""The activity of an account: one chain, whoever writes at the same time, and nobody touches it unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.activity import Broken, Checkpoint, Fault, Kind, Portal
from portal.shared.records.accounts import lock_account
from portal.shared.records.activity import Activity, ActivityValue
from portal.shared.services import activity
from portal.shared.services.activity import reading
from portal.shared.services.activity.reading import Wanted
from portal.shared.services.activity.verifying import verify
from tests.support.factories import NOW
from tests.support.shop import Customer, Shop

COLUMNS = "account_id, person_id, action, detail, at, portal, sequence, previous, digest"
INSERTED = f"""
    INSERT INTO activity ({COLUMNS}) SELECT {COLUMNS} FROM (
        SELECT account_id, person_id, 'renewed' AS action, detail, at, portal, 4 AS sequence, digest AS previous,
        'made up' AS digest FROM activity WHERE sequence = 3
    ) AS made
"""
THREADS, EACH = 8, 12


def do(shop: Shop, who: Customer, *actions: str, **detail: Any) -> None:
    with shop.database.write() as session:
        for action in actions:
            activity.record(session, who.id, who.person_id, action, detail, NOW)


def faults(shop: Shop, *, checkpoints: dict[int, Checkpoint] | None = None) -> list[Broken]:
    with shop.database.read() as session:
        return verify(session, checkpoints=checkpoints)


def checkpoint(shop: Shop, who: Customer) -> Checkpoint:
    with shop.database.read() as session:
        found = reading.checkpoint(session, who.id)
    assert found is not None
    return found


def behind_the_triggers(shop: Shop, *statements: str) -> None:
    """Change rows as somebody would who owns the database."""
    with shop.database.write() as session:
        if shop.database.engine.dialect.name == "postgresql":
            session.execute(sa.text("ALTER TABLE activity DISABLE TRIGGER USER"))
            session.execute(sa.text("ALTER TABLE activity_values DISABLE TRIGGER USER"))
        else:
            for name in ("activity_refuse_update", "activity_refuse_delete", "activity_values_refuse_update"):
                session.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(sa.text(statement))


def gone(session: Session, who: Customer) -> None:
    """Record something, and fail."""
    activity.record(session, who.id, None, "renewed", {}, NOW)
    lock_account(session, 0)


def test_entries_are_numbered_without_a_gap_and_point_to_the_one_before(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    do(shop, who, "renewed", "reminded")
    do(shop, other, "renewed")
    do(shop, who, "order-placed")
    rows = shop.rows(Activity, account_id=who.id)
    assert [(row.sequence, row.action) for row in rows] == [
        (1, "renewed"),
        (2, "reminded"),
        (3, "order-placed"),
    ]
    assert [row.previous for row in rows[1:]] == [row.digest for row in rows[:-1]]
    assert shop.rows(Activity, account_id=other.id)[0].sequence == 1
    assert faults(shop) == []


def test_where_it_was_done_is_kept(shop: Shop) -> None:
    who = shop.customer()
    do(shop, who, "renewed")
    with shop.database.told_from(Portal.DESK).write() as session:
        activity.record(session, who.id, None, "renewed", {}, NOW)
    assert [row.portal for row in shop.rows(Activity)] == ["command", "desk"]


def test_what_is_rolled_back_leaves_neither_entry_nor_gap(shop: Shop) -> None:
    who = shop.customer()
    with pytest.raises(sa.exc.NoResultFound), shop.database.write() as session:
        gone(session, who)
    with shop.database.write() as session:
        activity.record(session, who.id, None, "reminded", {}, NOW)
        with session.begin_nested():
            session.execute(sa.select(1))
    assert [(row.sequence, row.action) for row in shop.rows(Activity)] == [(1, "reminded")]


def test_people_have_chains_of_their_own(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        activity.record_personal(session, who.person_id, who.person_id, "password-changed", {}, NOW)
        activity.record(session, who.id, who.person_id, "renewed", {}, NOW)
    personal, own = shop.rows(Activity, about_id=who.person_id), shop.rows(Activity, account_id=who.id)
    assert [(row.account_id, row.sequence) for row in personal] == [(None, 1)]
    assert [(row.about_id, row.sequence) for row in own] == [(None, 1)]
    assert faults(shop) == []


def test_parallel_writers_never_break_a_chain_nor_wait_for_each_other_for_ever(shop: Shop) -> None:
    """Half of them take the account's lock first, as pages do, the other half records before it or without."""
    customers = [shop.customer(), shop.customer()]

    def write(number: int) -> None:
        for turn in range(EACH):
            with shop.database.write() as session:
                who = customers[(number + turn) % 2]
                if number % 2:
                    lock_account(session, who.id)
                activity.record(session, who.id, who.person_id, "renewed", {"turn": turn}, NOW)
                if number % 4 == 2:
                    lock_account(session, who.id)
                if number % 4 == 0:
                    activity.record(session, customers[0].id, None, "reminded", {}, NOW)
                    activity.record_personal(session, who.person_id, None, "password-changed", {}, NOW)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))
    rows = shop.rows(Activity)
    assert len(rows) == THREADS * EACH + 2 * 2 * EACH
    for who in customers:
        numbers = sorted(row.sequence for row in rows if row.account_id == who.id)
        assert numbers == list(range(1, len(numbers) + 1))
    assert faults(shop) == []


@pytest.mark.parametrize(
    ("statements", "number", "fault"),
    [
        pytest.param(
            ["UPDATE activity SET action = 'other' WHERE sequence = 2"], 2, Fault.CHANGED, id="changed"
        ),
        pytest.param(
            ["DELETE FROM activity WHERE sequence = 3"], 3, Fault.MISSING, id="removed in the middle"
        ),
        pytest.param(["DELETE FROM activity WHERE sequence = 5"], 5, Fault.CUT_OFF, id="removed at the end"),
        pytest.param(["DELETE FROM activity"], 1, Fault.CUT_OFF, id="all removed"),
        pytest.param(
            [
                "UPDATE activity SET sequence = 99 WHERE sequence = 2",
                "UPDATE activity SET sequence = 2 WHERE sequence = 3",
                "UPDATE activity SET sequence = 3 WHERE sequence = 99",
            ],
            2,
            Fault.CHANGED,
            id="swapped",
        ),
        pytest.param(
            [
                "UPDATE activity SET sequence = 6 WHERE sequence = 5",
                "UPDATE activity SET sequence = 5 WHERE sequence = 4",
                INSERTED,
            ],
            4,
            Fault.CHANGED,
            id="inserted",
        ),
    ],
)
def test_what_is_done_behind_the_triggers_is_found(
    shop: Shop, statements: list[str], number: int, fault: Fault
) -> None:
    who = shop.customer()
    do(shop, who, "renewed", "order-placed", "reminded", "card-added", "card-removed")
    written_down = {who.id: checkpoint(shop, who)}
    behind_the_triggers(shop, *statements)
    assert faults(shop, checkpoints=written_down) == [Broken(f"account:{who.id}", number, fault)]


def test_an_erased_value_is_no_fault_and_another_one_is(shop: Shop) -> None:
    who = shop.customer()
    do(shop, who, "invoice-recipient-added", email="ann@example.com", person_name="Ann Smith", recipient=4)
    do(shop, who, "invoice-recipient-added", email="bob@example.com", recipient=5)
    assert "example" not in str([row.detail for row in shop.rows(Activity)])
    with shop.database.write() as session:
        assert activity.forget_values(session, ["ANN@example.com", "Ann Smith", ""], 0) == 2
    assert faults(shop) == []
    with shop.database.read() as session:
        newer, older = reading.page(session, who.id, Wanted()).lines
    assert older.detail == {"email": None, "person_name": None, "recipient": 4}
    assert newer.detail["email"] == "bob@example.com"
    with shop.database.read() as session:
        assert [one.value for one in session.scalars(sa.select(ActivityValue))] == ["bob@example.com"]
    behind_the_triggers(shop, "UPDATE activity_values SET value = 'eve@example.com'")
    assert faults(shop) == [Broken(f"account:{who.id}", 2, Fault.VALUE)]


def test_entries_are_found_by_kind_person_and_day(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    do(shop, who, "order-placed", "seat-assigned", "card-added")
    with shop.database.write() as session:
        later = NOW + timedelta(days=3)
        activity.record(session, who.id, other.person_id, "card-removed", {"person": who.person_id}, later)
    do(shop, other, "card-added")

    def found(**named: Any) -> list[str]:
        with shop.database.read() as session:
            return [one.entry.action for one in reading.page(session, who.id, Wanted(**named)).lines]

    assert found() == ["card-removed", "card-added", "seat-assigned", "order-placed"]
    assert found(kinds=[Kind.MONEY]) == ["card-removed", "card-added"]
    assert found(kinds=[]) == []
    assert found(person_id=other.person_id) == ["card-removed"]
    assert found(first=NOW.date() + timedelta(days=1)) == ["card-removed"]
    assert found(last=NOW.date()) == ["card-added", "seat-assigned", "order-placed"]


def test_pages_follow_each_other_without_a_gap(shop: Shop) -> None:
    who = shop.customer()
    do(shop, who, *["reminded"] * (reading.A_PAGE + 3))
    with shop.database.read() as session:
        first = reading.page(session, who.id, Wanted())
        second = reading.page(session, who.id, Wanted(), first.older)
        numbers = [one.entry.sequence for one in (*first.lines, *second.lines)]
    assert numbers == list(range(reading.A_PAGE + 3, 0, -1))
    assert second.older is None


@pytest.mark.parametrize(
    ("detail", "refused"), [({"of": {"email": "a@example.org"}}, ValueError), ({"share": 0.5}, TypeError)]
)
def test_what_is_written_of_many_accounts_names_nobody_and_holds_no_floats(
    shop: Shop, detail: dict[str, Any], refused: type[Exception]
) -> None:
    who = shop.customer()
    with pytest.raises(refused), shop.database.write() as session:
        activity.record_for_locked(session, [who.id], "renewed", [detail], NOW)
