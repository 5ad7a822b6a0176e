"""Many accounts renewed in one transaction leave the same books as account by account; `shop` proves them."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.records import renewal_chunks
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.renewals import Renewal
from portal.shared.services import ledger
from portal.shared.services.activity.verifying import verify
from portal.shared.services.background.sweeps import FEW_RENEWALS, SWEEPS, leave_to_jobs
from portal.shared.services.background.tasks import RENEW, RENEW_MANY
from portal.shared.services.jobs import overview
from portal.shared.services.renewals.chunks import Chunk, renew_chunk
from portal.shared.services.renewals.plain import Known
from portal.shared.services.renewals.renewing import renew_account
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.webhooks import telling
from tests.support import factories
from tests.support.counting import counting
from tests.support.crash_worker import tools_with, work_off
from tests.support.factories import SELLER
from tests.support.long_form import times
from tests.support.renewal_stories import DAY, furnish
from tests.support.shop import Shop

NIGHT = datetime(2026, 4, 1, 12, tzinfo=UTC)
# Numbers of rows, and what is drawn by chance.
_BY_CHANCE = {"webhook_events": {"name"}}


@pytest.fixture
def copied(shop: Shop, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Database]]:
    """Makes another database that is exactly like the shop's."""
    made: list[Database] = []
    name = f"{shop.database.url.database}_copy"
    is_file = shop.database.url.get_backend_name() == "sqlite"

    def copy() -> Database:
        shop.database.dispose()
        if is_file:
            file = tmp_path / "copy.sqlite3"
            shutil.copyfile(str(shop.database.url.database), file)
            made.append(Database(f"sqlite:///{file}"))
        else:
            server = request.getfixturevalue("postgres_server")
            made.append(Database(server.create(name, template=shop.database.url.database)))
        return made[-1]

    yield copy
    for one in made:
        one.dispose()
        if not is_file:
            request.getfixturevalue("postgres_server").drop(name)


def everything(database: Database) -> dict[str, Counter[str]]:
    """All rows of all tables by what they say: numbers of documents, movements and mails are told by their names."""
    with database.read() as session:
        rows = {
            table.name: [dict(row) for row in session.execute(sa.select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
        if database.url.get_backend_name() == "postgresql":
            asked = "SELECT task_name AS task, args AS arguments, queueing_lock AS dedupe_key FROM procrastinate_jobs"
            rows["jobs"] = [dict(row) for row in session.execute(sa.text(asked)).mappings()]
    names = _names(rows)
    told: dict[str, Counter[str]] = {}
    for table, found in rows.items():
        left_out = {"id", *_BY_CHANCE.get(table, ())}
        told[table] = Counter(_told(row, names, left_out) for row in found)
    return told


def _names(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[Any, str]]:
    """By which name a number is told, for each kind of number."""
    invoices = {row["id"]: row["name"] for row in rows["invoices"]}
    counted: Counter[Any] = Counter()
    movements = {}
    for row in sorted(rows["ledger_movements"], key=lambda one: one["id"]):
        own = (row["account_id"], row["kind"], invoices.get(row["invoice_id"], ""))
        counted[own] += 1
        movements[row["id"]] = f"{own} {counted[own]}"
    mails = {
        row["id"]: re.sub(r"^(invoice-issued:)(\d+)", lambda m: m[1] + invoices[int(m[2])], row["dedupe_key"])
        for row in rows["outbox_mails"]
    }
    return {"invoice_id": invoices, "movement_id": movements, "mail_id": mails}


def _told(row: Mapping[str, Any], names: Mapping[str, Mapping[Any, str]], left_out: set[str]) -> str:
    said = {}
    for key, value in sorted(row.items()):
        if key in left_out:
            continue
        said[key] = names[key].get(value, value) if key in names else value
    key = str(said.get("dedupe_key") or "")
    if key.startswith("invoice-issued:"):
        said["dedupe_key"] = names["mail_id"][row["id"]]
    if key.startswith("deliver-mail:"):
        number = row["arguments"]["mail_id"]
        said["dedupe_key"] = said["arguments"] = names["mail_id"][number]
    return repr(said)


def one_by_one(database: Database) -> None:
    """The one way."""
    with database.read() as session:
        due = renewal_chunks.due_accounts(session, date(2026, 4, 2))
    for account_id in due:
        list(renew_account(database, account_id, SELLER, NIGHT))


@pytest.mark.parametrize("seed", range(times(2, 40)))
def test_both_ways_write_the_same_rows(shop: Shop, copied: Callable[[], Database], seed: int) -> None:
    chance = random.Random(seed)
    with shop.database.write() as session:
        plain, others = furnish(session, shop.catalogue, chance)
    before = everything(shop.database)
    copy = copied()
    for database in (shop.database, copy):
        telling.watch(database, lambda: NIGHT)
    list(renew_due(shop.database, SELLER, NIGHT, size=chance.choice((1, 4, 100))))
    one_by_one(copy)
    many, single = everything(shop.database), everything(copy)
    assert {table: many[table] - single[table] for table in many} == {table: Counter() for table in many}
    assert {table: single[table] - many[table] for table in many} == {table: Counter() for table in many}
    written = {table for table in many if many[table] != before[table]}
    assert {"outbox_mails", "webhook_events", "collections", "renewals", "activity", "jobs"} <= written
    with shop.database.read() as session:
        assert verify(session) == []
        renewed = set(session.scalars(sa.select(Renewal.account_id).where(Renewal.period_start == DAY)))
    assert set(plain) <= renewed
    assert others


def chunk(shop: Shop, accounts: list[int]) -> Chunk:
    with shop.database.write() as session:
        return renew_chunk(session, SELLER, NIGHT, accounts, Known())


@pytest.mark.parametrize("seed", range(2))
def test_exactly_the_plain_accounts_are_renewed_together(shop: Shop, seed: int) -> None:
    with shop.database.write() as session:
        plain, others = furnish(session, shop.catalogue, random.Random(seed))
        every = list(session.scalars(sa.text("SELECT id FROM accounts ORDER BY id")))
    found = chunk(shop, every)
    assert sorted(one.account_id for one in found.renewed) == sorted(plain)
    assert sorted(found.others) == sorted(others)
    assert found.busy == []


def test_how_much_is_asked_does_not_grow_with_the_accounts(shop: Shop) -> None:
    def company() -> int:
        with shop.database.write() as session:
            account = factories.a_corporate_account(session, invoice_terms_days=30)
            factories.a_contact(session, account)
            factories.a_monthly_subscription(session, account, shop.catalogue.standard)
            return account.id

    asked = []
    for count in (2, 12):
        accounts = [company() for _ in range(count)]
        with counting(shop.database.engine) as sent:
            assert len(chunk(shop, accounts).renewed) == count
        asked.append(len(sent))
    # PostgreSQL takes more than a few rows of a table by COPY, which is no statement that is counted here.
    assert asked[1] <= asked[0] <= 35


def test_an_account_that_somebody_holds_is_passed_by_and_renewed_in_the_end(shop: Shop) -> None:
    if shop.database.url.get_backend_name() != "postgresql":
        pytest.skip("SQLite has one lock for everybody")
    held, free = (shop.customer() for _ in range(2))
    for who in (held, free):
        shop.monthly(who)
    other = Database(shop.database.libpq_address())
    with other.engine.begin() as somebody:
        somebody.execute(sa.text("SELECT 1 FROM accounts WHERE id = :id FOR UPDATE"), {"id": held.id})
        found = chunk(shop, [held.id, free.id])
    other.dispose()
    assert [one.account_id for one in found.renewed] == [free.id]
    assert found.busy == [held.id]
    assert [one.account_id for one in renew_due(shop.database, SELLER, NIGHT)] == [held.id]


def test_an_account_whose_tax_is_not_known_keeps_no_other_back(shop: Shop) -> None:
    lost, fine = shop.customer(), shop.customer()
    for who in (lost, fine):
        shop.monthly(who)
    with shop.database.write() as session:
        session.execute(sa.text("UPDATE accounts SET country = 'FR' WHERE id = :id"), {"id": lost.id})
    found = chunk(shop, [lost.id, fine.id])
    assert [one.account_id for one in found.renewed] == [fine.id]
    assert found.others == [lost.id]


def test_numbers_of_documents_have_no_gap_whichever_way(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    for month in (4, 5, 6):
        now = datetime(2026, month, 1, 12, tzinfo=UTC)
        if month == 5:
            list(renew_account(shop.database, who.id, SELLER, now))
        else:
            list(renew_due(shop.database, SELLER, now))
    numbers: defaultdict[int, list[int]] = defaultdict(list)
    for row in shop.rows(Invoice):
        numbers[row.account_id].append(row.number)
    assert numbers[who.id] == [1, 2, 3, 4]
    with shop.database.read() as session:
        assert ledger.verify(session) == []


def test_a_worker_renews_many_together_and_leaves_what_fails_to_a_job_of_its_own(shop: Shop) -> None:
    with shop.database.write() as session:
        accounts = [factories.an_online_account(session).id for _ in range(FEW_RENEWALS + 2)]
        for account_id in accounts:
            account = session.get_one(Account, account_id)
            factories.a_monthly_subscription(session, account, shop.catalogue.standard)
        lost = accounts[3]
        session.get_one(Account, lost).country = "FR"  # whose tax nobody knows
    shop.clock.set(NIGHT)
    tools = tools_with(shop.database, shop.processor, shop.clock)
    [sweep] = [one for one in SWEEPS if one.name == "renewals"]
    for _ in range(2):  # what is in the queue already stays there once
        leave_to_jobs(tools, sweep)
    assert [one.task for one in waiting(shop)] == [RENEW_MANY]
    work_off(tools)
    assert {row.account_id for row in shop.rows(Renewal)} == set(accounts) - {lost}
    [left] = waiting(shop)
    assert (left.task, left.arguments) == (RENEW, {"account_id": lost})


def waiting(shop: Shop) -> list[overview.JobView]:
    with shop.database.read() as session:
        return [one for one in overview.jobs(session, NIGHT) if one.task.startswith("renew")]
