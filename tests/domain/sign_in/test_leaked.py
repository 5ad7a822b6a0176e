"""The table of leaked passwords."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.sign_in.leaked import is_in, table_of

PASSWORDS = st.lists(st.text(min_size=1, max_size=30), max_size=40)


@given(PASSWORDS)
def test_a_table_knows_every_password_it_was_made_of(passwords: list[str]) -> None:
    table = table_of(passwords)
    assert all(is_in(table, one) for one in passwords)


@given(PASSWORDS, st.text(max_size=30))
def test_a_table_knows_no_other(passwords: list[str], other: str) -> None:
    table = table_of(one for one in passwords if not is_in(table_of([one]), other))
    assert not is_in(table, other)


def test_a_table_has_five_bytes_for_each_password_and_none_twice() -> None:
    assert len(table_of(["manchesterunited", "chelsea1905", "Chelsea1905"])) == 10


def test_an_empty_table_knows_nothing() -> None:
    assert not is_in(b"", "manchesterunited")


@pytest.mark.parametrize(
    ("listed", "typed"),
    [
        ("manchesterunited", "ManchesterUnited"),
        ("MANCHESTER united", "manchester united"),
        ("caf\u00e9", "cafe\u0301"),
    ],
    ids=["capitals typed", "capitals listed", "composed and decomposed"],
)
def test_case_and_the_way_an_accent_is_written_make_no_difference(listed: str, typed: str) -> None:
    assert is_in(table_of([listed]), typed)
