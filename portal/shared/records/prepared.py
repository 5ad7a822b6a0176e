"""Questions that are asked again and again, handed to the driver without building anything anew.

SQLAlchemy writes the statement and knows the types, once a question; from the second time on, its text goes straight to
the driver with the values put in their places. Whoever listens to statements (a test, a trace) is told of them as ever,
because then SQLAlchemy asks. What fails, fails as SQLAlchemy's own error, with its care for a broken connection.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

_Change = Callable[[Any], Any] | None
LONGEST_LIST = 8  # each length is a text of its own


class _Prepared:
    """A question as the driver is asked it, and how its answer is read."""

    def __init__(self, compiled: Any, values: Mapping[str, Any]) -> None:
        self._dialect: sa.Dialect = compiled.dialect
        self._given: dict[str, Any] = compiled.construct_params(_check=False)
        # A list has as many places in the text as it has values.
        state = compiled.construct_expanded_state(values)
        self.text: str = state.statement
        self._lists: Mapping[str, Sequence[str]] = state.parameter_expansion
        self._order: Sequence[str] | None = state.positiontup
        self._into: dict[str, _Change] = {}
        for bound, name in compiled.bind_names.items():
            change = bound.type.dialect_impl(self._dialect).bind_processor(self._dialect)
            self._into.update(dict.fromkeys(self._lists.get(name, (name,)), change))
        self._columns = [(one.keyname, one.type) for one in compiled._result_columns]  # noqa: SLF001  # said nowhere else
        row = namedtuple("Row", [name for name, _ in self._columns], rename=True)  # type: ignore[misc]  # noqa: PYI024  # the columns of this question
        self._row: Callable[[Sequence[Any]], Any] = partial(tuple.__new__, row)
        self._out: list[tuple[int, Callable[[Any], Any]]] | None = None

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values of one asking, as the driver wants them."""
        whole = {**self._given, **given}
        for name, places in self._lists.items():
            whole.update(zip(places, whole.pop(name), strict=True))
        into = self._into
        if self._order is not None:
            return [
                whole[name] if (change := into[name]) is None else change(whole[name]) for name in self._order
            ]
        return {
            name: value if (change := into[name]) is None else change(value) for name, value in whole.items()
        }

    def rows(self, cursor: Any) -> Sequence[Any]:
        """What the driver answered, by the names of the columns and in the types of the house."""
        if self._out is None:  # what has to be done to a value depends on what the driver makes of it
            found = [
                (place, kind.dialect_impl(self._dialect).result_processor(self._dialect, told[1]))
                for place, ((_, kind), told) in enumerate(zip(self._columns, cursor.description, strict=True))
            ]
            self._out = [(place, change) for place, change in found if change is not None]
        if not self._out:
            return list(map(self._row, cursor.fetchall()))
        made = []
        for one in cursor.fetchall():
            values = list(one)
            for place, change in self._out:
                values[place] = change(values[place])
            made.append(self._row(values))
        return made


class _Met:
    """A question that was met before, in the words of one database; once for each length of its lists."""

    def __init__(self, question: Any, dialect: sa.Dialect) -> None:
        self._compiled = question.compile(dialect=dialect)
        # A list that the question brings along stands in its parameters; another one is given when it is asked.
        lists = {name: one.value for one, name in self._compiled.bind_names.items() if one.expanding}
        self._lists: Sequence[str] = sorted(lists)
        self._brought = {name: list(value) for name, value in lists.items() if value is not None}
        self._by_length: dict[tuple[int, ...], _Prepared] = {}

    def prepared(self, values: Mapping[str, Any]) -> _Prepared | None:
        """How it is asked with these values; none where a list is empty or long."""
        whole = {**self._brought, **values} if self._brought else values
        lengths = tuple([len(whole[one]) for one in self._lists])
        found = self._by_length.get(lengths)
        if found is None and all(0 < one <= LONGEST_LIST for one in lengths):
            found = self._by_length[lengths] = _Prepared(self._compiled, whole)
        return found


# By dialect, of which an engine has one of its own; a question that is built anew each time is never met again.
_KNOWN: WeakKeyDictionary[sa.Dialect, WeakKeyDictionary[sa.Executable, _Met | None]] = WeakKeyDictionary()


def answer(
    connection: sa.Connection, question: sa.Executable, values: Mapping[str, Any] | None = None
) -> Sequence[Any]:
    """The rows that answer a question, by the names of its columns; what is not wanted often SQLAlchemy asks itself."""
    values = values or {}
    met = None if connection.dispatch.before_cursor_execute else _met(connection.dialect, question)
    prepared = met.prepared(values) if met is not None else None
    if prepared is None:
        return connection.execute(question, values).all()
    asked, cursor = prepared.values(values), None
    try:
        cursor = connection.connection.cursor()
        cursor.execute(prepared.text, asked)
        found = prepared.rows(cursor)
        cursor.close()
    except BaseException as error:  # noqa: BLE001  # raised again as SQLAlchemy's own, as from its own asking
        connection._handle_dbapi_exception(error, prepared.text, asked, cursor, None)  # noqa: SLF001
    return found


def _met(dialect: sa.Dialect, question: sa.Executable) -> _Met | None:
    known = _KNOWN.get(dialect)
    if known is None:
        known = _KNOWN[dialect] = WeakKeyDictionary()
    if question not in known:
        known[question] = None
        return None
    found = known[question]
    if found is None:
        found = known[question] = _Met(question, dialect)
    return found
