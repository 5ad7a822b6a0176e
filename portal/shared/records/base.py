"""The ground of every table: names of constraints, and the column types both databases agree on."""

from __future__ import annotations

import enum
import importlib
import pkgutil
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: refuses naive datetimes, stores UTC, gives back UTC (SQLite would drop the zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Into the database: UTC, or ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None or value.utcoffset() is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Out of the database: aware, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only in an INTEGER column; it holds 64 bits there all the same.
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# JSONB has equality and indexes on PostgreSQL; None is SQL NULL, not the JSON word "null".
Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


# Kept as text: an enum type of PostgreSQL cannot lose a value and SQLite has none.
Choice = sa.Enum(enum.Enum, native_enum=False, values_callable=_values, length=40, validate_strings=True)


class Base(DeclarativeBase):
    """Parent of every table; `int` is 64 bits wide, because amounts in minor units outgrow 32."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: Key,
        str: sa.Text(),
        date: sa.Date(),
        datetime: UtcDateTime(),
        enum.Enum: Choice,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def index_where_told(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """An index of the rows whose last column is told: few are, and the others would be written into it for nothing."""
    told = sa.text(f"{columns[-1]} IS NOT NULL")
    return sa.Index(name, *columns, unique=unique, sqlite_where=told, postgresql_where=told)


@cache
def all_tables() -> sa.MetaData:
    """Every table of the house, with all modules of this room loaded: tables name each other in foreign keys."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"{__package__}.{module.name}")
    return Base.metadata
