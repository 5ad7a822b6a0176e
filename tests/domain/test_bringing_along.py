"""The files of accounts that come along: read as spreadsheets save them, every fault by file and line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.bringing_along import COLUMNS, AccountComing, Fault, read_files, totals
from tests.support.coming_along import FILES, LANGUAGES


def read(**changed: str) -> tuple[list[AccountComing], list[Fault]]:
    return read_files({**FILES, **changed}, LANGUAGES)


def edited(name: str, old: str, new: str) -> list[str]:
    assert old in FILES[name]
    return [str(one) for one in read(**{name: FILES[name].replace(old, new, 1)})[1]]


def test_whole_files_are_read_whole() -> None:
    accounts, faults = read()
    assert faults == []
    assert [(one.key, one.opening_minor) for one in accounts] == [("A1", 1250), ("B2", 0)]
    assert accounts[1].line.cells["name"] == "Bento, Filhos"
    assert totals(accounts) == {"accounts": 2, "people": 4, "subscriptions": 1, "seats": 2}


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolon", "tab"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "with-a-mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_they_are_read_as_spreadsheets_save_them(separator: str, start: str, end: str) -> None:
    people = start + FILES["people"].replace(",", separator).replace("\n", end) + end
    accounts, faults = read(people=people)
    assert faults == []
    assert totals(accounts)["people"] == 4


FAULTS = {
    "a-key-that-no-invoice-can-carry": ("accounts", "A1,Au", "a-1,Au", "accounts.csv, line 2: the key a-1"),
    "an-unknown-type": ("accounts", "online", "offline", "accounts.csv, line 2: the type is one of"),
    "a-name-is-missing": ("accounts", "Aurora Lda", "", "accounts.csv, line 2: name is empty"),
    "an-unknown-language": ("accounts", "Lisbon,en", "Lisbon,xx", "accounts.csv, line 2: the language"),
    "half-a-yen": (
        "accounts",
        "Asia/Tokyo,en,",
        "Asia/Tokyo,en,0.5",
        "accounts.csv, line 3: opening_balance",
    ),
    "a-debt": ("accounts", "12.50", "-12.50", "accounts.csv, line 2: opening_balance"),
    "a-column-is-misspelt": ("accounts", "country", "county", "accounts.csv, line 1: the column country is"),
    "a-cell-too-many": ("people", "Bo,b", "Bo,x,b", "people.csv, line 4: 5 cells under 4 headings"),
    "a-stranger": ("people", "B2,bo", "C3,bo", "people.csv, line 4: accounts.csv has no account C3"),
    "no-address": ("people", "bo@bento.example", "bo at bento", "people.csv, line 4: bo at bento is no"),
    "an-unknown-role": ("people", "viewer", "king", "people.csv, line 3: the role is one of"),
    "nobody-to-bill": (
        "people",
        "Bo,billing_contact",
        "Bo,viewer",
        "accounts.csv, line 3: B2 has no billing_contact",
    ),
    "one-seat-too-many": (
        "subscriptions",
        ",2,",
        ",1,",
        "seats.csv, line 3: one seat too many: A1 has 1 of assist",
    ),
    "no-seats": (
        "subscriptions",
        ",2,",
        ",0,",
        "subscriptions.csv, line 2: a subscription has one seat or more",
    ),
    "a-frequency": (
        "subscriptions",
        "monthly",
        "weekly",
        "subscriptions.csv, line 2: frequency is monthly or annual",
    ),
    "no-day": (
        "subscriptions",
        "2026-01-31",
        "31/01/2026",
        "subscriptions.csv, line 2: began is a day as in",
    ),
    "a-seat-of-nothing": ("seats", "assist,x", "meet,x", "seats.csv, line 2: A1 has no subscription of meet"),
    "a-seat-twice": ("seats", "y@", "X@", "seats.csv, line 3: x@aurora.example has a seat of assist twice"),
}


@pytest.mark.parametrize(("name", "old", "new", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_named_by_file_and_line(name: str, old: str, new: str, words: str) -> None:
    assert any(fault.startswith(words) for fault in edited(name, old, new)), edited(name, old, new)


def test_a_key_or_a_product_twice_is_a_fault() -> None:
    twice = FILES["accounts"] + "A1,Again,online,EUR,PT,Europe/Lisbon,en,\n"
    assert [str(one) for one in read(accounts=twice)[1]] == [
        "accounts.csv, line 4: the key A1 stands there twice"
    ]
    both = FILES["subscriptions"] + "A1,assist,plus,1,annual,2026-01-01\n"
    assert "has assist twice" in str(read(subscriptions=both)[1][0])


@given(st.dictionaries(st.sampled_from(list(COLUMNS)), st.text(max_size=200)))
def test_no_file_breaks_the_reading(texts: dict[str, str]) -> None:
    accounts, faults = read_files(texts, LANGUAGES)
    assert faults or not accounts
