"""The register of personal data knows every column of every table, and keeps the books out of every erasure."""

from __future__ import annotations

import pytest

from portal.shared.records.base import all_tables
from portal.shared.services.privacy.register import BOOKS, NOTHING, PERSONAL, placed
from portal.shared.services.privacy.retention import RUNS_OUT
from portal.shared.services.privacy.treatment import Fate

TABLES = {table.name: table for table in all_tables().sorted_tables}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_placed(name: str) -> None:
    columns = {column.name for column in TABLES[name].columns}
    assert placed(name) == columns, (
        "Say in portal/shared/services/privacy/register.py whether these hold something about a person, "
        "why it is kept, and what an erasure does with it."
    )


def test_the_register_names_no_table_that_is_not_there() -> None:
    assert {*NOTHING, *PERSONAL} == TABLES.keys()
    assert not NOTHING.keys() & PERSONAL.keys()
    assert set(RUNS_OUT) <= PERSONAL.keys() | NOTHING.keys()


@pytest.mark.parametrize("name", PERSONAL)
def test_what_an_entry_says_about_its_table_is_so(name: str) -> None:
    held, columns = PERSONAL[name], TABLES[name].columns
    named = [*held.whose.split(), *held.addressed.split(), *held.digested.split(), *held.told.split()]
    assert set(named) <= set(columns.keys())
    assert not set(held.columns) & set(held.plain.split()), "a column is personal, or it is not"
    if held.within:
        column, parent = held.within.split()
        assert column in columns
        assert "account_id" in TABLES[parent].columns


@pytest.mark.parametrize("name", PERSONAL)
def test_who_points_to_a_person_is_personal(name: str) -> None:
    pointing = {
        column.name
        for column in TABLES[name].columns
        if any(key.column.table.name == "people" for key in column.foreign_keys)
    }
    assert pointing <= set(PERSONAL[name].columns)


def test_no_table_without_people_points_to_one() -> None:
    for name in NOTHING:
        assert not any(key.column.table.name == "people" for key in TABLES[name].foreign_keys), name


@pytest.mark.parametrize("name", BOOKS)
def test_an_erasure_writes_nothing_into_the_books(name: str) -> None:
    fates = {one.fate for one in PERSONAL[name].columns.values()} if name in PERSONAL else set()
    assert fates <= {Fate.KEEP, Fate.PSEUDONYM}
