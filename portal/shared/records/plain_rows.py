"""Plain rows: answers of a question that become no objects, which takes half the time on pages that only read."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.database import ReadSession
from portal.shared.records.prepared import answer

T = TypeVar("T")
_ANSWERS, _LOOKING = "answers", "only looking"
# A question for objects, the same for plain rows, and the table whose rows these are.
_PLAIN: WeakKeyDictionary[Any, sa.Select[Any]] = WeakKeyDictionary()
_TABLES: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def plain_rows(
    session: Session, question: sa.Executable, values: Mapping[str, Hashable] | None = None
) -> Sequence[Any]:
    """The rows that answer a question, by its columns' names.

    What a writing session has not written yet is written first. A reading session, whose snapshot does not change, is
    asked the same only once.
    """
    if not isinstance(session, ReadSession):
        session.flush()
        return answer(session.connection(), question, values)
    answers: dict[Any, Sequence[Any]] = session.info.setdefault(_ANSWERS, {})
    asked = (question, *(values or {}).values())
    found = answers.get(asked)
    if found is None:
        found = answers[asked] = answer(session.connection(), question, values)
    return found


@contextmanager
def only_looking(session: Session) -> Iterator[None]:
    """Around what asks a writing session and changes nothing of what it is answered: it gets plain rows as well."""
    before = session.info.get(_LOOKING, False)
    session.info[_LOOKING] = True
    try:
        yield
    finally:
        session.info[_LOOKING] = before


def _may_change(session: Session) -> bool:
    return not (isinstance(session, ReadSession) or session.info.get(_LOOKING, False))


def rows_of(
    session: Session, question: sa.Select[T], values: Mapping[str, Hashable] | None = None
) -> Sequence[T]:
    """The rows of one table that answer a question: objects in a writing session, which may change them.

    In a reading session, and where somebody only looks, plain rows with the same names; who tries to change one of
    those hears so at once.
    """
    if _may_change(session):
        return session.scalars(question, values).all()
    return cast(Sequence[T], plain_rows(session, _plain(question), values))


def row_by_id(session: Session, table: type[T], number: int) -> T | None:
    """The row of a table with this number, as `rows_of` gives it."""
    if not isinstance(session, ReadSession):
        return session.get(table, number)
    of: Any = table
    return next(iter(rows_of(session, _by_id(of), {"id": number})), None)


@cache
def _by_id(table: Any) -> sa.Select[Any]:
    return sa.select(table).where(table.id == sa.bindparam("id"))


def rows_with(
    session: Session, question: sa.Select[*tuple[Any, ...]], values: Mapping[str, Hashable] | None = None
) -> Sequence[Any]:
    """As `rows_of`, where other values are asked for beside the row of the one table: the row first, then these."""
    if _may_change(session):
        return session.execute(question, values).all()
    plain = _plain(question)
    table = _TABLES[plain]
    width = len(columns_of(table))
    return [(row_of(table, one[:width]), *one[width:]) for one in plain_rows(session, plain, values)]


def _plain(question: sa.Select[*tuple[Any, ...]]) -> sa.Select[Any]:
    """The same question for the columns of its table."""
    plain = _PLAIN.get(question)
    if plain is None:
        first, *others = question.column_descriptions
        columns = [*columns_of(first["entity"]), *(one["expr"] for one in others)]
        plain = _PLAIN[question] = question.with_only_columns(*columns)
        _TABLES[plain] = first["entity"]
    return plain


def is_plain(row: object) -> bool:
    """Whether a row is a plain one: a value, which nobody can change and which equals others like it."""
    return isinstance(row, tuple)


def row_of(entity: type[T], values: Sequence[Any]) -> T:
    """A plain row of a table, from the values of `columns_of` it, which were asked for beside others."""
    kind: Any = entity
    return cast(T, _row_class(kind)._make(values))


@cache
def _row_class(entity: Any) -> Any:
    return namedtuple(entity.__name__, [one.key for one in columns_of(entity)])  # noqa: PYI024  # its own columns


@cache
def columns_of(entity: Any) -> list[sa.Column[Any]]:
    """The columns of a table's class, each called as its attribute."""
    mapper = sa.inspect(entity)
    columns = list(mapper.columns)
    assert [mapper.get_property_by_column(one).key for one in columns] == [one.key for one in columns]
    return columns
