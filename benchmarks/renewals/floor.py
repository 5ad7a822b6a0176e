"""R: what a renewal costs at the very least, as sets in SQL: seven rows and one change each, in chunks of 10,000.

Tables of their own in the same database, with a primary key and nothing else: no foreign keys, no rules, no chain.
"""

from __future__ import annotations

import sqlite3
import time
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from benchmarks.renewals.child import server_seconds

CHUNK = 10_000

_TABLES = (
    (
        "CREATE TABLE floor_subscriptions (id bigint PRIMARY KEY, account_id bigint, net bigint, period_start date, "
        "period_end date)"
    ),
    (
        "INSERT INTO floor_subscriptions SELECT row_number() OVER (ORDER BY id), account_id, unit_minor * seats, "
        "period_start, period_end FROM subscriptions WHERE frequency = 'monthly' AND ended_on IS NULL"
    ),
    "CREATE TABLE floor_invoices (id bigint PRIMARY KEY, account_id bigint, net bigint, tax bigint, total bigint)",
    (
        "CREATE TABLE floor_lines (id bigint PRIMARY KEY, invoice_id bigint, subscription_id bigint, "
        "first_day date, amount bigint)"
    ),
    "CREATE TABLE floor_movements (id bigint PRIMARY KEY, account_id bigint, invoice_id bigint)",
    "CREATE TABLE floor_entries (movement_id bigint, book int, amount bigint, PRIMARY KEY (movement_id, book))",
    "CREATE TABLE floor_outbox (id bigint PRIMARY KEY, dedupe_key text, invoice_id bigint)",
)
_OF_A_CHUNK = "FROM floor_subscriptions WHERE id > {first} AND id <= {last}"
_TAX = "(2 * net * 230000 + 1000000) / 2000000"
_RENEW = (
    f"INSERT INTO floor_invoices SELECT id, account_id, net, {_TAX}, net + {_TAX} {_OF_A_CHUNK}",
    f"INSERT INTO floor_lines SELECT id, id, id, period_end, net {_OF_A_CHUNK}",
    f"INSERT INTO floor_movements SELECT id, account_id, id {_OF_A_CHUNK}",
    (
        f"INSERT INTO floor_entries SELECT id, 1, net + {_TAX} {_OF_A_CHUNK} "
        f"UNION ALL SELECT id, 2, -net {_OF_A_CHUNK} UNION ALL SELECT id, 3, -{_TAX} {_OF_A_CHUNK}"
    ),
    f"INSERT INTO floor_outbox SELECT id, 'renewed:' || id, id {_OF_A_CHUNK}",
    (
        "UPDATE floor_subscriptions SET period_start = period_end, period_end = '2026-05-07' "
        "WHERE id > {first} AND id <= {last}"
    ),
)


@dataclass(slots=True)
class Floor:
    """The tables in one database, and how far they are."""

    url: str
    done: int = 0

    def prepare(self) -> None:
        """Make the tables, and let the planner know them."""
        connection = self._connection()
        for statement in (*_TABLES, "ANALYZE floor_subscriptions"):
            connection.execute(statement)
        connection.commit()
        if isinstance(connection, psycopg.Connection):  # as its own housekeeping would have done by now
            connection.execute("ANALYZE")
            connection.commit()
        connection.close()

    def renew(self, most: int) -> tuple[int, float, float]:
        """Renew so many; gives how many, the seconds they took, and the CPU seconds, with those of the server."""
        connection, before = self._connection(), self.done
        backend = connection.info.backend_pid if isinstance(connection, psycopg.Connection) else None
        began, cpu = time.perf_counter(), time.process_time() + server_seconds(backend)
        while self.done - before < most:
            last = min(self.done + CHUNK, before + most)
            for statement in _RENEW:
                connection.execute(statement.format(first=self.done, last=last))
            connection.commit()
            self.done = last
        seconds = time.perf_counter() - began
        cpu = time.process_time() + server_seconds(backend) - cpu
        connection.close()
        return self.done - before, seconds, cpu

    def _connection(self) -> sqlite3.Connection | psycopg.Connection[tuple[object, ...]]:
        url = sa.make_url(self.url)
        if url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(str(url.database))
            connection.execute("PRAGMA synchronous = FULL")
            return connection
        return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))
