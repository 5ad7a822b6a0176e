"""Reading a list of people as somebody pasted it or saved it from a spreadsheet.

A line names one person: an address of mail with or without a name, in cells parted by comma, semicolon or tab, quoted
or not. The cells before the address are the name, else the first one after it. Where every
cell is an address, each is a person of its own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from email.utils import parseaddr

from portal.shared.domain.seats import ListedLine

MOST_PEOPLE = 1_000
LONGEST_ADDRESS = 254
LONGEST_NAME = 120
# In a first line without an address these words name the columns.
_HEADINGS = re.compile(
    r"e-?mail|correo|courriel|address|endere|adress|indirizzo|name|nome|nombre|nom\b", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s\"'(),:;<>\[\]\\.]+(\.[^@\s\"'(),:;<>\[\]\\.]+)+")
_INVISIBLE = re.compile(r"[\ufeff\u200b\u200e\u200f\u2060\x00]")


def is_address(text: str) -> bool:
    """Whether a text is one address of mail and nothing else."""
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def decoded(content: bytes) -> str:
    """The text of a file, as spreadsheets save it: UTF-8 or UTF-16 with its mark, UTF-8, else Windows' Western one."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_list(text: str) -> tuple[ListedLine, ...]:
    """The lines of a list with the person each names; empty lines and a line of headings do not count."""
    found: list[ListedLine] = []
    for number, line in enumerate(_INVISIBLE.sub("", text).splitlines(), start=1):
        if not line.strip().strip(" \t,;"):
            continue
        read = list(_people(number, line.strip()))
        if not found and not read[0].address and _HEADINGS.search(line) and "@" not in line:
            continue
        found += read
    return tuple(found)


def _people(number: int, line: str) -> Iterator[ListedLine]:
    cells = _cells(line)
    addressed = [(place, *parsed) for place, cell in enumerate(cells) if (parsed := _person(cell))]
    if not addressed:
        yield ListedLine(number, line)
    elif len(addressed) == len(cells):
        for place, name, address in addressed:
            yield ListedLine(number, cells[place], name, address)
    elif len(addressed) > 1:
        yield ListedLine(number, line)  # two people and something else: whose it is cannot be known
    else:
        place, name, address = addressed[0]
        around = cells[:place] or ([] if name else cells[place + 1 : place + 2])
        if any("@" in cell for cell in around):
            yield ListedLine(number, line)  # an address that is none stands beside a good one
        else:
            whole = ", ".join([*around, name]) if name else " ".join(around)
            yield ListedLine(number, line, whole[:LONGEST_NAME], address)


def _cells(line: str) -> list[str]:
    """What stands between the separators, not within quotes: the first of tab, semicolon, comma that parts it."""
    for separator in ("\t", ";", ","):
        try:
            cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True))
        except csv.Error:
            continue
        filled = [cell.strip() for cell in cells if cell.strip()]
        if len(cells) > 1 and filled:
            return filled
    whole = _person(line)
    return [line] if whole else [line.strip().strip("\"'")]


def _person(cell: str) -> tuple[str, str] | None:
    """Name and plain address, where a cell is an address, or a name with it in angle brackets, and no more."""
    name, address = parseaddr(cell)
    whole = cell in (address, f"<{address}>") or cell.endswith(f"<{address}>")
    if not whole or not is_address(address):
        return None
    return name[:LONGEST_NAME], address.lower()
