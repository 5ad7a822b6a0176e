"""Lists of people as they are pasted, and as spreadsheets of this world save them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.seat_lists import decoded, read_list

READ = {
    "an address alone": ("ana@example.net", [("", "ana@example.net")]),
    "capitals and spaces": ("  ANA@Example.NET  ", [("", "ana@example.net")]),
    "a name with the address": ("Ana Lima <ana@example.net>", [("Ana Lima", "ana@example.net")]),
    "a comma in a quoted name": ('"Lima, Ana" <ana@example.net>', [("Lima, Ana", "ana@example.net")]),
    "a comma in a bare name": ("Lima, Ana <ana@example.net>", [("Lima, Ana", "ana@example.net")]),
    "first and last name apart": ("Ana,Lima,ana@example.net", [("Ana Lima", "ana@example.net")]),
    "semicolons": ("ana@example.net;Ana Lima;Sales", [("Ana Lima", "ana@example.net")]),
    "quoted cells": ('"Lima; Ana";"ana@example.net"', [("Lima; Ana", "ana@example.net")]),
    "tabs": ("Ana Lima\tana@example.net", [("Ana Lima", "ana@example.net")]),
    "a mark and a line of headings": (
        "\ufeffE-mail;Nome\r\nana@example.net;Ana",
        [("Ana", "ana@example.net")],
    ),
    "several on a line": ("a@example.net; b@example.net", [("", "a@example.net"), ("", "b@example.net")]),
    "empty lines and commas": ("\n,,,\n ; \nana@example.net,\n", [("", "ana@example.net")]),
    "a line separator within": (
        "a@example.net\u2028b@example.net",
        [("", "a@example.net"), ("", "b@example.net")],
    ),
}
BAD = {
    "no at sign": "ana.example.net",
    "two at signs": "ana@@example.net",
    "no domain": "ana@example",
    "a good one beside a bad one": "ana@example, bo@example.net",
    "two people and something else": "ana@example.net, Sales, bo@example.net",
    "an open quote": '"ana, bo@example.net',
    "an address too long": "a" * 300 + "@example.net",
    "a line break for a mail's head": "ana@example.net%0abcc:x@example.net",
}


@pytest.mark.parametrize("case", READ)
def test_a_list_is_read(case: str) -> None:
    text, people = READ[case]
    assert [(one.name, one.address) for one in read_list(text)] == people


@pytest.mark.parametrize("case", BAD)
def test_a_line_without_a_person_is_kept_to_be_shown(case: str) -> None:
    (line,) = read_list(BAD[case])
    assert (line.address, line.number) == ("", 1)


def test_lines_keep_the_numbers_they_have_in_the_file() -> None:
    lines = read_list("name,email\nAna,ana@example.net\n\nBo,bo@\n")
    assert [(one.number, bool(one.address)) for one in lines] == [(2, True), (4, False)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_letters_of_any_spreadsheet(encoding: str) -> None:
    (line,) = read_list(decoded("Zoë Brandão;zoe@example.net".encode(encoding)))
    assert (line.name, line.address) == ("Zoë Brandão", "zoe@example.net")


@given(st.text())
def test_any_text_can_be_read_and_no_line_is_lost(text: str) -> None:
    for line in read_list(text):
        assert line.text
        assert len(line.address) <= 254
        assert "\x00" not in line.address


@given(st.binary(max_size=400))
def test_any_file_can_be_read(content: bytes) -> None:
    read_list(decoded(content))
