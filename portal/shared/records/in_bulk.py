"""Rows without an object for each: one, or many in one go, asked for by a list of numbers or numbered beforehand."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from portal.shared.records.base import Base

# The name under which a question that is asked about many gets its numbers.
IDS = "ids"
# So many rows fit into one statement; more of them are a stream.
_A_FEW = 12
_NUMBERED = "RETURNING id"


class _Numbers(sa.types.TypeDecorator[Sequence[int]]):
    """A list of numbers as one value: an array on PostgreSQL, the text of a JSON array on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """The type that the database has for it."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(sa.BigInteger()))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: sa.Dialect) -> Any:
        """Into the database."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _Among(sa.ColumnElement[bool]):
    """Whether a column is one of the numbers in `ids`; the statement is the same for any number of them."""

    type = sa.Boolean()
    inherit_cache = True
    _traverse_internals = [("column", sa.sql.visitors.InternalTraversal.dp_clauseelement)]  # noqa: RUF012  # as SQLAlchemy has it

    def __init__(self, column: Any) -> None:
        self.column = column.__clause_element__() if hasattr(column, "__clause_element__") else column

    def self_group(self, against: Any = None) -> Any:
        """As it is: SQLite would not look into an index for `(… IN …) = 1`."""
        return self

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects  # noqa: SLF001  # the one way to say which table it is about


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **named: Any) -> str:
    bound = compiler.process(sa.bindparam(IDS, type_=_Numbers()), **named)
    return f"{compiler.process(element.column, **named)} IN (SELECT value FROM json_each({bound}))"  # noqa: S608  # two parts that SQLAlchemy made


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **named: Any) -> str:
    bound = compiler.process(sa.bindparam(IDS, type_=_Numbers()), **named)
    return f"{compiler.process(element.column, **named)} = ANY ({bound})"


def among(column: Any) -> sa.ColumnElement[bool]:
    """Whether a column is one of the numbers that the question is given as `ids`."""
    return _Among(column)


def new_numbers(session: Session, table: type[Base], count: int) -> Sequence[int]:
    """So many numbers for new rows of a table, in ascending order, which nobody else gets.

    On SQLite the transaction holds the only write lock, so that they are the next ones.
    """
    if session.get_bind().dialect.name == "postgresql":
        asked = sa.text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
        given = {"name": table.__tablename__, "count": count}
        return sorted(session.scalars(asked, given).all())
    column = table.__table__.c["id"]
    last = session.scalar(sa.select(sa.func.coalesce(sa.func.max(column), 0))) or 0
    return range(last + 1, last + 1 + count)


@dataclass(frozen=True, slots=True)
class _Way:
    """How rows of some columns of a table get into a database."""

    copy: sql.Composed
    insert: str  # without the values
    values: str  # of one row
    insert_row: str
    into_database: tuple[tuple[int, Callable[[Any], Any]], ...]
    constants: tuple[Any, ...]


_ways: dict[tuple[str, str, tuple[str, ...]], _Way] = {}


def insert_rows(
    session: Session, table: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Write rows, told by these columns; what is not told has the value that the table gives by itself.

    PostgreSQL takes a few in one statement and many by COPY, in one stream; SQLite all by one prepared statement.
    Where a mapping belongs, its JSON may be told as a text that is written already.

    Raises:
        sqlalchemy.exc.DBAPIError: the database refuses one of them.
    """
    if not rows:
        return
    session.flush()
    connection = session.connection()
    way = _way(connection.dialect, table, tuple(columns))
    by_column: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for place, into_database in way.into_database:
        by_column[place] = _converted(by_column[place], into_database)
    by_column.extend([one] * len(rows) for one in way.constants)
    ready = list(zip(*by_column, strict=True))
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(way.insert_row, ready)
        return
    if len(ready) <= _A_FEW:
        rows_of_values = ", ".join([way.values] * len(ready))
        connection.exec_driver_sql(
            f"{way.insert} {rows_of_values}", tuple(itertools.chain.from_iterable(ready))
        )
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection), "the driver of this address"
    try:
        with driver.cursor() as cursor, cursor.copy(way.copy) as copy:
            for row in ready:
                copy.write_row(row)
    except psycopg.Error as error:
        kind = exc.OperationalError if isinstance(error, psycopg.OperationalError) else exc.DBAPIError
        raise kind(f"COPY {table.__tablename__}", None, error, hide_parameters=True) from error


def insert_row(session: Session, table: type[Base], row: Mapping[str, Any]) -> int:
    """Write one row and give its number; what is not told has the value that the table gives by itself.

    A third of what an object costs, for rows that nobody looks at again in their transaction. Whoever watches objects
    of a session (`services/webhooks/telling.py`) does not see it.

    Raises:
        sqlalchemy.exc.DBAPIError: the database refuses it.
    """
    number = _insert_row(session, table, row, _NUMBERED)
    assert number is not None, "a row that is written has a number"
    return number


def insert_unless_there(session: Session, table: type[Base], row: Mapping[str, Any]) -> int | None:
    """The same, but where the table has a row already that may be there only once: then it stays, and None is told."""
    return _insert_row(session, table, row, f"ON CONFLICT DO NOTHING {_NUMBERED}")


def _insert_row(session: Session, table: type[Base], row: Mapping[str, Any], end: str) -> int | None:
    session.flush()
    connection = session.connection()
    way = _way(connection.dialect, table, tuple(row))
    ready = list(row.values())
    for place, into_database in way.into_database:
        ready[place] = into_database(ready[place])
    answer = connection.exec_driver_sql(f"{way.insert_row} {end}", (*ready, *way.constants))
    number: int | None = answer.scalar()
    return number


def _way(dialect: sa.Dialect, table: type[Base], told: tuple[str, ...]) -> _Way:
    key = (dialect.name, table.__tablename__, told)
    if key not in _ways:
        every = table.__table__.c
        usual = [
            column
            for column in every
            if column.name not in told and isinstance(column.default, sa.ColumnDefault)
        ]
        names = [*told, *(column.name for column in usual)]
        into_database = [_processor(every[name], dialect) for name in names]
        constants = []
        for column, process in zip(usual, into_database[len(told) :], strict=True):
            value = column.default.arg
            constants.append(process(value) if process else value)
        insert = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES"
        values = "({})".format(", ".join(["%s" if dialect.name == "postgresql" else "?"] * len(names)))
        _ways[key] = _Way(
            sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table.__tablename__), sql.SQL(", ").join(map(sql.Identifier, names))
            ),
            insert,
            values,
            f"{insert} {values}",
            tuple((place, one) for place, one in enumerate(into_database[: len(told)]) if one),
            tuple(constants),
        )
    return _ways[key]


def _processor(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None or not isinstance(column.type, sa.JSON):
        return process
    return lambda value: value if type(value) is str else process(value)


def _converted(values: Iterable[Any], into_database: Callable[[Any], Any]) -> list[Any]:
    """The values as the database takes them; days and words come again and again, and are converted once."""
    values = tuple(values)
    try:
        known = {one: into_database(one) for one in set(values)}
    except TypeError:  # a mapping is not kept
        return [into_database(one) for one in values]
    return list(map(known.__getitem__, values))
