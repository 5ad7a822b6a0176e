"""From the models' rows to patterns: the same rows again and again, with every number shifted, texts included."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from benchmarks.growth.models import REFERENCE, Made
from portal.shared.domain.activity import canonical
from portal.shared.records.activity import Activity, as_entry
from portal.shared.records.base import Json, all_tables

Row = dict[str, Any]

# What is empty when nothing is on its way: mails and jobs that were done go (services.privacy.retention).
_DONE = frozenset({"jobs", "job_errors", "sweeps", "outbox_mails"})
# What is kept from other rows, by the database itself or with them.
_KEPT = frozenset({"open_invoices", "account_balances", "account_words"})
_NUMBER = re.compile(r"(?<![0-9])[0-9]{13,14}(?![0-9])")
# A number of the representative, who is another one every few accounts.
REP = -1


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text as SQL's `format` takes it, and the numbers in it: of which table, and which in the first copy."""

    text: str
    numbers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Models:
    """The rows of the first copy by table, and how far from its number lies that of the next."""

    rows: Mapping[str, list[Row]]
    reference: Mapping[str, list[Row]]
    spans: Mapping[str, int]
    accounts: int


@dataclass(slots=True)
class _Reader:
    made: Made
    first_person: int
    names: dict[str, str] = field(default_factory=dict)
    _told: re.Pattern[str] | None = None

    def read(self, connection: sa.Connection) -> Models:
        tables = {one.name: one for one in all_tables().sorted_tables}
        found: dict[str, list[Row]] = {}
        for name, table in tables.items():
            if name in _DONE or name in _KEPT or name in REFERENCE:
                continue
            question = sa.select(table)
            if name in self.made.ranges.firsts:
                question = question.where(table.c.id > self.made.ranges.firsts[name]).order_by(table.c.id)
            rows = [dict(row) for row in connection.execute(question).mappings()]
            if rows:
                found[name] = rows
        self._rename(found)
        digests = _digested(found)
        spans = {
            name: len(rows) - (len(self.made.staff) if name == "people" else 0)
            for name, rows in found.items()
        }
        patterns = {
            name: [
                self._row(tables[name], row)
                for row in rows
                if not (name == "people" and row["id"] in self.made.staff)
            ]
            for name, rows in found.items()
        }
        for name, texts in digests.items():
            for row, text in zip(patterns[name], texts, strict=True):
                row["digested"] = self._pattern(text)
        reference = {
            name: [dict(row) for row in connection.execute(sa.select(tables[name])).mappings()]
            for name in REFERENCE
        }
        return Models(patterns, reference, spans, spans["accounts"])

    def _rename(self, found: Mapping[str, list[Row]]) -> None:
        """What is drawn at random or counted in a process is called after its number, everywhere it is named."""
        called = self.names
        for account in found["accounts"]:
            called[account["name"]] = f"Company {account['id']}"
            called[account["invoice_series"]] = f"S{account['id']}"
        for person in found["people"]:
            called[person["name"]] = f"Person {person['id']}"
            called[person["email"]] = f"person{person['id']}@example.org"
        for method in found["payment_methods"]:
            called[method["token"]] = f"card_{method['id']}"
        for row in (*found["orders"], *found.get("payment_attempts", ())):
            called[row["reference"]] = f"R{row['id']}"
            if row["processor_reference"]:
                called[row["processor_reference"]] = f"ch_{row['id']}"
        words = "|".join(re.escape(one) for one in sorted(called, key=len, reverse=True))
        self._told = re.compile(rf"(?<![\w@.])(?:{words})(?!\w)")
        for rows in found.values():
            for row in rows:
                row.update({name: self._renamed(value) for name, value in row.items()})

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, str):
            assert self._told is not None, "names are known first"
            return self._told.sub(lambda match: self.names[match[0]], value)
        if isinstance(value, dict):
            return {key: self._renamed(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._renamed(one) for one in value]
        return value

    def _row(self, table: sa.Table, row: Row) -> Row:
        return {column.name: self._value(column, row[column.name]) for column in table.columns}

    def _value(self, column: sa.Column[Any], value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if is_json(column):
            return self._pattern(json.dumps(value))
        if isinstance(value, int):
            return value if target_of(column) in (None, *REFERENCE) else self._number(value)
        return self._pattern(value) if type(value) is str else value

    def _number(self, number: int) -> int:
        """Its number in the first copy, from 1 on; customers come after the staff."""
        if number == self.made.rep:
            return REP
        assert number not in self.made.staff, "only the representative stands in an account's rows"
        known = self.made.ranges.table_of(number)
        assert known is not None, number
        table, before = known
        return self.first_person + before - len(self.made.staff) if table == "people" else before + 1

    def _pattern(self, text: str) -> Pattern:
        numbers: list[tuple[str, int]] = []

        def shifted(match: re.Match[str]) -> str:
            known = self.made.ranges.table_of(int(match[0]))
            if known is None:
                return match[0]
            number = self._number(int(match[0]))
            assert number != REP, "a representative is not named in a text"
            numbers.append((known[0], number))
            return "%s"

        return Pattern(_NUMBER.sub(shifted, text.replace("%", "%%")), tuple(numbers))


def read_models(made: Made, first_person: int) -> Models:
    """The patterns of what was made; customers are numbered from `first_person` on."""
    with made.database.engine.connect() as connection:
        return _Reader(made, first_person).read(connection)


def target_of(column: sa.Column[Any]) -> str | None:
    """Of which table a number is: its own, or the one it points to in the end."""
    if column.primary_key and column.name == "id":
        return column.table.name
    if column.table.name == "orders" and column.name == "approved_by":
        return "people"
    named = [key.column for key in column.foreign_keys if key.column is not column]
    return target_of(named[0]) or named[0].table.name if named else None


def is_json(column: sa.Column[Any]) -> bool:
    """Whether it holds JSON."""
    return isinstance(column.type, type(Json))


def _digested(found: Mapping[str, list[Row]]) -> dict[str, list[str]]:
    """What the digests of these tables' rows are made of, as text."""
    makers: dict[str, Callable[[Row], str]] = {"orders": _of_order, "activity": _of_entry}
    return {name: [make(row) for row in found[name]] for name, make in makers.items() if name in found}


def _of_order(row: Row) -> str:
    return json.dumps(row["summary"], sort_keys=True, separators=(",", ":"))


def _of_entry(row: Row) -> str:
    """Up to the entry before, which the copy finds for itself."""
    whole = canonical(as_entry(Activity(**row))).decode()
    head, _, _ = whole.partition(f'"previous":"{row["previous"]}"')
    return head
