"""The statements that copy a table's patterns: one a table, for as many copies as one transaction takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext import compiler as extension

from benchmarks.growth.multiplying import REP, Models, Pattern, is_json, target_of
from portal.shared.domain.activity import FIRST

# Customers are numbered behind the staff, for which there is room whatever the number of accounts.
FIRST_REP, FIRST_CUSTOMER = 10_001, 100_001
# A representative keeps so many copies of the models, of which every fourth account is corporate.
COPIES_A_REP = 40


@dataclass(frozen=True, slots=True)
class Multiplied:
    """One table's patterns, and the statements that copy them."""

    patterns: sa.Table
    values: list[dict[str, Any]]
    statements: Sequence[sa.Insert]

    @classmethod
    def of(
        cls, table: sa.Table, rows: list[dict[str, Any]], models: Models, copied: sa.Table, known: sa.MetaData
    ) -> Multiplied:
        """The patterns of one table, for the copies of a table of numbers."""
        widths = {
            name: max(len(row[name].numbers) if isinstance(row[name], Pattern) else 0 for row in rows)
            for name in rows[0]
        }
        columns: list[sa.Column[Any]] = []
        for name, width in widths.items():
            column = table.columns.get(name)
            textual = column is None or is_json(column) or isinstance(column.type, sa.Text)
            kind = sa.Text() if column is None or textual else column.type
            columns.append(sa.Column(name, kind, primary_key=name == "id", autoincrement=False))
            for place in range(width):
                columns += [
                    sa.Column(_first(name, place), sa.BigInteger),
                    sa.Column(_span(name, place), sa.BigInteger),
                ]
        patterns = sa.Table(f"patterns_of_{table.name}", known, *columns, prefixes=["TEMPORARY"])
        values = [_plain(row, widths, models) for row in rows]
        return cls(patterns, values, _statements(table, patterns, copied, widths, models, rows))

    def copy(self, connection: sa.Connection, begin: int, end: int) -> int:
        """Insert the rows of some copies; gives their number."""
        return sum(
            connection.execute(statement, {"begin": begin, "end": end}).rowcount
            for statement in self.statements
        )


def _first(name: str, place: int) -> str:
    return f"{name}_{place}"


def _span(name: str, place: int) -> str:
    return f"{name}_{place}_span"


def _plain(row: dict[str, Any], widths: dict[str, int], models: Models) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name, value in row.items():
        plain[name] = value.text if isinstance(value, Pattern) else value
        if isinstance(value, Pattern) and not widths[name]:
            plain[name] = value.text.replace("%%", "%")  # nobody formats it
        numbers = value.numbers if isinstance(value, Pattern) else ()
        for place in range(widths[name]):
            table, first = numbers[place] if place < len(numbers) else ("accounts", 0)
            plain[_first(name, place)], plain[_span(name, place)] = first, models.spans[table]
    return plain


def _statements(
    table: sa.Table,
    patterns: sa.Table,
    copied: sa.Table,
    widths: dict[str, int],
    models: Models,
    rows: list[dict[str, Any]],
) -> list[sa.Insert]:
    told = {column.name: _expression(column, patterns, copied, widths, models) for column in table.columns}
    some = sa.and_(copied.c.number >= sa.bindparam("begin"), copied.c.number < sa.bindparam("end"))
    both = copied.join(patterns, sa.true())
    if table.name != "activity":
        if "digested" in patterns.c:
            told["digest"] = _hashed(_text("digested", patterns, copied, widths))
        question = sa.select(*told.values()).select_from(both).where(some)
        return [sa.insert(table).from_select(list(told), question.order_by(copied.c.number, patterns.c.id))]
    # Every entry of a chain names the digest of the one before.
    statements = []
    before = table.alias("before")
    for sequence in range(1, max(row["sequence"] for row in rows) + 1):
        source = both
        previous: sa.ColumnElement[str] = sa.literal(FIRST, sa.Text())
        if sequence > 1:
            link = sa.and_(before.c.account_id == told["account_id"], before.c.sequence == sequence - 1)
            source, previous = both.join(before, link), before.c.digest
        head = _text("digested", patterns, copied, widths)
        whole = head + sa.literal('"previous":"', sa.Text()) + previous + f'","sequence":{sequence}}}'
        own = {**told, "previous": previous, "digest": _hashed(whole)}
        question = sa.select(*own.values()).select_from(source).where(some, patterns.c.sequence == sequence)
        statements.append(
            sa.insert(table).from_select(list(own), question.order_by(copied.c.number, patterns.c.id))
        )
    return statements


def _expression(
    column: sa.Column[Any], patterns: sa.Table, copied: sa.Table, widths: dict[str, int], models: Models
) -> sa.ColumnElement[Any]:
    own = patterns.c[column.name]
    target = target_of(column) if isinstance(column.type, sa.Integer) else None
    if target is not None and target in models.spans:
        shifted: sa.ColumnElement[Any] = own + copied.c.number * models.spans[target]
        if target != "people":
            return shifted
        rep = FIRST_REP + copied.c.number // COPIES_A_REP
        return sa.case((own == REP, rep), else_=shifted)
    if is_json(column):
        return sa.type_coerce(_to_json(_text(column.name, patterns, copied, widths)), column.type)
    if isinstance(column.type, sa.Text):
        return _text(column.name, patterns, copied, widths)
    return own


def _text(name: str, patterns: sa.Table, copied: sa.Table, widths: dict[str, int]) -> sa.ColumnElement[str]:
    numbers = [
        patterns.c[_first(name, place)] + copied.c.number * patterns.c[_span(name, place)]
        for place in range(widths[name])
    ]
    own = patterns.c[name]
    # SQLite makes NULL of an empty pattern.
    return sa.case((own == "", ""), else_=sa.func.format(own, *numbers, type_=sa.Text())) if numbers else own


class _to_json(sa.sql.functions.GenericFunction[Any]):  # noqa: N801  # reads like the other functions of SQL
    """Text as JSON."""

    inherit_cache = True
    type = sa.Text()


class _hashed(sa.sql.functions.GenericFunction[str]):  # noqa: N801
    """SHA-256 of a text, in hexadecimal digits."""

    inherit_cache = True
    type = sa.Text()


@extension.compiles(_to_json, "sqlite")
def _text_is_json(element: Any, compiler: Any, **told: Any) -> str:
    return str(compiler.process(element.clauses, **told))


@extension.compiles(_to_json, "postgresql")
def _cast_to_json(element: Any, compiler: Any, **told: Any) -> str:
    return f"CAST(({compiler.process(element.clauses, **told)}) AS JSONB)"


@extension.compiles(_hashed, "sqlite")
def _hash_here(element: Any, compiler: Any, **told: Any) -> str:
    return f"sha256_hex({compiler.process(element.clauses, **told)})"


@extension.compiles(_hashed, "postgresql")
def _hash_there(element: Any, compiler: Any, **told: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **told)}, 'UTF8')), 'hex')"
