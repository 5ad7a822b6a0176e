"""On PostgreSQL one role may own and migrate while another one serves (docs/running/roles.sql)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from portal.shared.services.jobs.enqueueing import enqueue
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Shop, want
from tests.support.source_files import ROOT

OWNER, SERVES = "twodoor_owner", "twodoor"
STATEMENTS = (ROOT / "docs" / "running" / "roles.sql").read_text()

pytestmark = pytest.mark.postgresql


@pytest.fixture
def roles(empty_postgresql_url: str, worker_id: str) -> Iterator[tuple[str, str]]:
    """The addresses of the owner and of who serves, as roles of this process alone: a server has one set of them."""
    names = {OWNER: f"{OWNER}_{worker_id}", SERVES: f"{SERVES}_{worker_id}"}
    mine = STATEMENTS.replace(OWNER, "{owner}").replace(f" {SERVES}", f" {names[SERVES]}")
    mine = mine.replace("{owner}", names[OWNER])
    url = sa.make_url(empty_postgresql_url)
    with psycopg.connect(empty_postgresql_url, autocommit=True) as superuser:
        superuser.execute(mine.encode())
        yield tuple(url.set(username=names[one]).render_as_string(hide_password=False) for one in names)  # type: ignore[misc]  # two
        for name in names.values():
            superuser.execute(f"DROP OWNED BY {name} CASCADE".encode())
            superuser.execute(f"DROP ROLE {name}".encode())


def test_who_serves_does_everything_but_change_tables(roles: tuple[str, str], tmp_path: Path) -> None:
    owner = Database(roles[0])
    migrate(owner)
    owner.dispose()
    database, clock = Database(roles[1]), FixedClock(NOW)
    with closing(SandboxProcessor(tmp_path / "processor", clock=clock)) as processor:
        with database.write() as session:
            shop = Shop(database, processor, clock, a_catalogue(session))
            enqueue(session, "tidy-up", {}, NOW)
        who = shop.customer(balance=100)
        shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5))
        shop.prove()
    with database.read() as session:
        found = (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_entries'::regclass AND NOT tgisinternal"
        )
        triggers = session.scalars(sa.text(found)).all()
    assert triggers
    for statement in (
        *(f'DROP TRIGGER "{one}" ON ledger_entries' for one in triggers),
        "ALTER TABLE ledger_entries DISABLE TRIGGER ALL",
        "DROP TABLE ledger_entries CASCADE",
        "TRUNCATE ledger_entries CASCADE",
        "ALTER TABLE accounts ADD COLUMN more text",
        "CREATE TABLE elsewhere (id int)",
        f"SET ROLE {sa.make_url(roles[0]).username}",
    ):
        with pytest.raises(DBAPIError) as refused, database.write() as session:
            session.execute(sa.text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege), statement
    database.dispose()
