"""Accounts that come along from another system: what their files say, and what cannot be so, by file and line."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.catalog.shelf import minor_units
from portal.shared.domain.seat_lists import is_address

ROLES = ("billing_contact", "account_admin", "approver", "viewer", "seat_holder")
TYPES = ("online", "corporate")
# Letters and digits that a creditor reference can hold (domain/payment_references.py), with room for a number.
_KEY = re.compile(r"[A-Z0-9]{1,10}")
_CODES = {"currency": re.compile(r"[A-Z]{3}"), "country": re.compile(r"[A-Z]{2}")}

# The columns of each file: those that must hold something, and those that may be left out.
COLUMNS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "accounts": (
        ("key", "name", "type", "currency", "country", "time_zone", "language"),
        (
            *("street", "postal_code", "city", "region", "phone", "vat_number"),
            *("rep", "invoice_terms_days", "opening_balance"),
        ),
    ),
    "people": (("account", "email", "name", "role"), ("language",)),
    "subscriptions": (
        ("account", "product", "plan", "seats", "frequency", "began"),
        ("unit_price", "contract_end"),
    ),
    "seats": (("account", "product", "email"), ("name",)),
}

Row = Mapping[str, str]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that cannot be so: the file, the line as an editor counts it (0: the file itself), and what."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}.csv{f', line {self.line}' if self.line else ''}: {self.what}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, by column."""

    file: str
    number: int
    cells: Row

    def fault(self, what: str) -> Fault:
        """Something is wrong with this line."""
        return Fault(self.file, self.number, what)


@dataclass(frozen=True, slots=True)
class PersonComing:
    """Somebody and one role of theirs."""

    line: Line
    email: str
    name: str
    role: str
    language: str


@dataclass(frozen=True, slots=True)
class SubscriptionComing:
    """A subscription as it runs; without a price it has the list price. The first period began on `began`."""

    line: Line
    product: str
    plan: str
    seats: int
    frequency: Frequency
    began: date
    unit_price: str
    contract_end: date | None


@dataclass(frozen=True, slots=True)
class SeatComing:
    """A seat and who holds it."""

    line: Line
    product: str
    email: str
    name: str


@dataclass(slots=True)
class AccountComing:
    """An account with everything that comes along. `opening_minor`: what stands in its favour, in minor units."""

    line: Line
    key: str
    opening_minor: int
    invoice_terms_days: int | None
    people: list[PersonComing] = field(default_factory=list)
    subscriptions: list[SubscriptionComing] = field(default_factory=list)
    seats: list[SeatComing] = field(default_factory=list)


def read_files(
    texts: Mapping[str, str], languages: Collection[str]
) -> tuple[list[AccountComing], list[Fault]]:
    """The accounts of the files by name, and every fault; with a fault the accounts are not whole.

    Cells are parted by comma, semicolon or tab, whichever the line of headings holds most of.
    """
    faults: list[Fault] = []
    lines = {name: list(_lines(name, texts.get(name, ""), faults)) for name in COLUMNS}
    accounts: dict[str, AccountComing] = {}
    for line in lines["accounts"]:
        account = _account(line, languages, faults)
        if account.key in accounts:
            faults.append(line.fault(f"the key {account.key} stands there twice"))
        accounts.setdefault(account.key, account)
    for name, read in (("people", _person), ("subscriptions", _subscription), ("seats", _seat)):
        for line in lines[name]:
            owner = accounts.get(line.cells["account"])
            if owner is None:
                faults.append(line.fault(f"accounts.csv has no account {line.cells['account']}"))
            else:
                read(line, owner, faults)
    for account in accounts.values():
        faults += _together(account)
    return list(accounts.values()), sorted(faults, key=lambda one: (list(COLUMNS).index(one.file), one.line))


def _lines(name: str, text: str, faults: list[Fault]) -> Iterator[Line]:
    """The lines that are whole; empty ones do not count."""
    if not text.strip():
        return
    head = text.lstrip("\ufeff").splitlines()[0]
    reader = csv.reader(
        text.lstrip("\ufeff").splitlines(), delimiter=max(",;\t", key=head.count), strict=False
    )
    columns = [cell.strip().lower() for cell in next(reader)]
    needed, optional = COLUMNS[name]
    wrong = [f"the column {one} is missing" for one in needed if one not in columns]
    wrong += [f"there is no column {one!r}" for one in columns if one not in (*needed, *optional)]
    wrong += [f"the column {one} stands there twice" for one, times in Counter(columns).items() if times > 1]
    faults += [Fault(name, 1, what) for what in wrong]
    if wrong:
        return
    for cells in reader:
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if len(values) != len(columns):
            faults.append(Fault(name, reader.line_num, f"{len(values)} cells under {len(columns)} headings"))
            continue
        row = dict.fromkeys((*needed, *optional), "") | dict(zip(columns, values, strict=True))
        line = Line(name, reader.line_num, row)
        empty = [one for one in needed if not row[one]]
        faults += [line.fault(f"{one} is empty") for one in empty]
        if not empty:
            yield line


def _account(line: Line, languages: Collection[str], faults: list[Fault]) -> AccountComing:
    cells = line.cells
    if not _KEY.fullmatch(cells["key"]):
        faults.append(line.fault(f"the key {cells['key']} is not 1 to 10 capital letters and digits"))
    if cells["type"] not in TYPES:
        faults.append(line.fault(f"the type is one of {', '.join(TYPES)}"))
    for name, form in _CODES.items():
        if not form.fullmatch(cells[name]):
            faults.append(line.fault(f"{cells[name]} is no {name}"))
    if cells["language"] not in languages:
        faults.append(line.fault(f"the language is one of {', '.join(languages)}"))
    days = _read(line, "invoice_terms_days", int, "a whole number of days", faults)
    if days is not None and not 0 <= days <= 180:
        faults.append(line.fault("invoice_terms_days is 0 to 180"))
    if cells["rep"] and (cells["type"] == "online" or not is_address(cells["rep"])):
        faults.append(line.fault("rep is the address of a representative, of corporate accounts only"))
    minor = minor_units(cells["opening_balance"] or "0", cells["currency"])
    if minor is None or minor < 0:
        faults.append(
            line.fault(f"opening_balance is an amount as in {Decimal('12.50')}, in the account's favour")
        )
    return AccountComing(line, cells["key"], minor or 0, days)


def _person(line: Line, owner: AccountComing, faults: list[Fault]) -> None:
    cells = line.cells
    email = cells["email"].lower()
    if not is_address(email):
        faults.append(line.fault(f"{cells['email']} is no address of mail"))
    if cells["role"] not in ROLES:
        faults.append(line.fault(f"the role is one of {', '.join(ROLES)}"))
    if any((one.email, one.role) == (email, cells["role"]) for one in owner.people):
        faults.append(line.fault(f"{email} is {cells['role']} twice"))
    owner.people.append(PersonComing(line, email, cells["name"], cells["role"], cells["language"]))


def _subscription(line: Line, owner: AccountComing, faults: list[Fault]) -> None:
    cells = line.cells
    seats = _read(line, "seats", int, "a whole number", faults)
    frequency = _read(line, "frequency", Frequency, "monthly or annual", faults)
    began = _read(line, "began", date.fromisoformat, "a day as in 2026-01-31", faults)
    end = _read(line, "contract_end", date.fromisoformat, "a day as in 2026-01-31", faults)
    if any(one.product == cells["product"] for one in owner.subscriptions):
        faults.append(line.fault(f"{owner.key} has {cells['product']} twice"))
    if seats is not None and seats < 1:
        faults.append(line.fault("a subscription has one seat or more"))
    currency = owner.line.cells["currency"]
    if cells["unit_price"] and (minor_units(cells["unit_price"], currency) or 0) < 1:
        faults.append(line.fault(f"{cells['unit_price']} is no price in {currency}"))
    if seats is not None and frequency is not None and began is not None:
        owner.subscriptions.append(
            SubscriptionComing(
                line, cells["product"], cells["plan"], seats, frequency, began, cells["unit_price"], end
            )
        )


def _seat(line: Line, owner: AccountComing, faults: list[Fault]) -> None:
    email = line.cells["email"].lower()
    if not is_address(email):
        faults.append(line.fault(f"{line.cells['email']} is no address of mail"))
    if any((one.email, one.product) == (email, line.cells["product"]) for one in owner.seats):
        faults.append(line.fault(f"{email} has a seat of {line.cells['product']} twice"))
    owner.seats.append(SeatComing(line, line.cells["product"], email, line.cells["name"]))


def _together(account: AccountComing) -> Iterator[Fault]:
    """What only shows when everything of an account is looked at."""
    if not any(one.role == "billing_contact" for one in account.people):
        yield account.line.fault(f"{account.key} has no billing_contact in people.csv")
    bought = {one.product: one.seats for one in account.subscriptions}
    taken: Counter[str] = Counter()
    for seat in account.seats:
        taken[seat.product] += 1
        if seat.product not in bought:
            yield seat.line.fault(f"{account.key} has no subscription of {seat.product}")
        elif taken[seat.product] == bought[seat.product] + 1:
            yield seat.line.fault(
                f"one seat too many: {account.key} has {bought[seat.product]} of {seat.product}"
            )


def _read(
    line: Line, column: str, how: Callable[[str], Value], wanted: str, faults: list[Fault]
) -> Value | None:
    """The value of a cell; nothing where it is empty or, with a fault, cannot be read."""
    if not line.cells[column]:
        return None
    try:
        return how(line.cells[column])
    except ValueError:
        faults.append(line.fault(f"{column} is {wanted}, not {line.cells[column]}"))
        return None


def totals(accounts: Sequence[AccountComing]) -> dict[str, int]:
    """How much comes along: accounts, people (each once), subscriptions and seats."""
    people = {one.email for account in accounts for one in account.people}
    people |= {one.email for account in accounts for one in account.seats}
    return {
        "accounts": len(accounts),
        "people": len(people),
        "subscriptions": sum(len(one.subscriptions) for one in accounts),
        "seats": sum(len(one.seats) for one in accounts),
    }
