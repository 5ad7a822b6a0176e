"""Single lines of a pasted list: what is kept of each, and what its letters and separators are taken for."""

from __future__ import annotations

import pytest

from portal.shared.domain.seat_lists import decoded, is_address, read_list
from portal.shared.domain.seats import ListedLine

ANA = "ana@example.net"
LINES = {
    "what stood in the line is kept": (
        "  Ana Lima ; ana@example.net ; Sales ",
        [ListedLine(1, "Ana Lima ; ana@example.net ; Sales", "Ana Lima", ANA)],
    ),
    "empty cells do not make a name": (
        ";;Ana; ;ana@example.net;;",
        [ListedLine(1, ";;Ana; ;ana@example.net;;", "Ana", ANA)],
    ),
    "an empty cell between address and name": (
        "ana@example.net;;Ana",
        [ListedLine(1, "ana@example.net;;Ana", "Ana", ANA)],
    ),
    "a space before a quote": (
        'ana@example.net, "Lima, Ana"',
        [ListedLine(1, 'ana@example.net, "Lima, Ana"', "Lima, Ana", ANA)],
    ),
    "tabs part before semicolons and semicolons before commas": (
        "Lima; Ana\tana@example.net\nLima, Ana;ana@example.net",
        [
            ListedLine(1, "Lima; Ana\tana@example.net", "Lima; Ana", ANA),
            ListedLine(2, "Lima, Ana;ana@example.net", "Lima, Ana", ANA),
        ],
    ),
    "each of several people is shown by their own cell": (
        "Ana <ana@example.net>, bo@example.net",
        [
            ListedLine(1, "Ana <ana@example.net>", "Ana", ANA),
            ListedLine(1, "bo@example.net", "", "bo@example.net"),
        ],
    ),
    "an address that is none beside a good one": (
        "ana@, bo@example.net",
        [ListedLine(1, "ana@, bo@example.net")],
    ),
    "a word in the first line that is no heading": ("Sales", [ListedLine(1, "Sales")]),
    "a heading that holds an at sign is no heading": ("e-mail@", [ListedLine(1, "e-mail@")]),
    "a heading after the first person is a line that nobody is named by": (
        "ana@example.net\nName",
        [ListedLine(1, ANA, "", ANA), ListedLine(2, "Name")],
    ),
    "invisible marks": ("\u200bana@\u2060example.net\ufeff", [ListedLine(1, ANA, "", ANA)]),
    "nothing but separators": (" ,\t; \n;;\n\t\n", []),
    "one cell in quotes": ("'Sales'", [ListedLine(1, "'Sales'")]),
    "an address in quotes": (
        "\"ana@example.net\"\n'ana@example.net'",
        [ListedLine(1, ANA, "", ANA), ListedLine(2, ANA, "", ANA)],
    ),
    "an apostrophe that belongs to the address": (
        "o'neill@example.net",
        [ListedLine(1, "o'neill@example.net", "", "o'neill@example.net")],
    ),
    "an address in angle brackets": ("<ana@example.net>", [ListedLine(1, "<ana@example.net>", "", ANA)]),
    "a name that stands with the address is the name": (
        "Ana <ana@example.net>; Sales",
        [ListedLine(1, "Ana <ana@example.net>; Sales", "Ana", ANA)],
    ),
    "one of several cells before the address is a bad address": (
        "Ana;bo@;ana@example.net",
        [ListedLine(1, "Ana;bo@;ana@example.net")],
    ),
    "two people and something else": (
        "ana@example.net, Sales, bo@example.net",
        [ListedLine(1, "ana@example.net, Sales, bo@example.net")],
    ),
}


@pytest.mark.parametrize("case", LINES)
def test_a_line_is_kept_whole_with_the_person_it_names(case: str) -> None:
    text, lines = LINES[case]
    assert list(read_list(text)) == lines


@pytest.mark.parametrize(
    "heading",
    [
        *("E-mail", "email", "Correo", "Courriel", "Address", "Endereço", "Adresse", "Indirizzo"),
        *("Name", "Nome", "Nombre", "Nom"),
    ],
)
def test_a_heading_is_known_in_every_language(heading: str) -> None:
    assert [one.number for one in read_list(f"{heading}\n{ANA}")] == [2]


def test_a_word_that_only_begins_like_a_heading_is_shown() -> None:
    assert read_list(f"Nomination\n{ANA}")[0] == ListedLine(1, "Nomination")


@pytest.mark.parametrize(
    "line", ["{name};ana@example.net", "{name} <ana@example.net>", '"{name}" <ana@example.net>']
)
def test_a_name_is_kept_up_to_its_hundred_and_twentieth_letter(line: str) -> None:
    [found] = read_list(line.format(name="a" * 119 + "bcd"))
    assert (found.name, found.address) == ("a" * 119 + "b", ANA)


@pytest.mark.parametrize(("letters", "fits"), [(254, True), (255, False)])
def test_an_address_has_at_most_254_letters(letters: int, *, fits: bool) -> None:
    assert is_address("@example.net".rjust(letters, "a")) is fits


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_a_file_of_two_bytes_a_letter_is_read_whichever_comes_first(mark: str) -> None:
    assert decoded("\ufeffZoë;zoe@example.net".encode(mark)) == "Zoë;zoe@example.net"


def test_half_a_letter_at_the_end_of_a_file_breaks_nothing() -> None:
    assert decoded("\ufeffAna".encode("utf-16-le") + b"\x00") == "Ana\ufffd"
    assert decoded(b"Zo\xeb\x81") == "Zoë\ufffd"


def test_a_line_too_long_for_one_cell_is_still_parted_where_it_can_be() -> None:
    [found] = read_list(f"{'a' * 70_000};{'b' * 70_000};{ANA}")
    assert (found.name, found.address) == ("a" * 120, ANA)
