"""The lines of accounts that come along, one by one: what is read from each cell, and the words of every fault."""

from __future__ import annotations

from datetime import date

import pytest

from portal.shared.domain.bringing_along import COLUMNS, AccountComing, Fault, read_files, totals
from portal.shared.domain.calendar import Frequency
from tests.support.coming_along import LANGUAGES

ACCOUNT = {
    "key": "A1",
    "name": "Aurora",
    "type": "corporate",
    "currency": "EUR",
    "country": "PT",
    "time_zone": "Europe/Lisbon",
    "language": "en",
}
BILLED = {"account": "A1", "email": "ana@aurora.example", "name": "Ana", "role": "billing_contact"}
ASSIST = {
    "account": "A1",
    "product": "assist",
    "plan": "plus",
    "seats": "2",
    "frequency": "annual",
    "began": "2026-01-31",
}
SEAT = {"account": "A1", "product": "assist", "email": "x@aurora.example"}
Rows = list[dict[str, str]]


def a_text(rows: Rows) -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return "\n".join(
        ",".join(cells) for cells in [columns, *([row.get(c, "") for c in columns] for row in rows)]
    )


def read(**files: Rows) -> tuple[list[AccountComing], list[str]]:
    whole = {"accounts": [ACCOUNT], "people": [BILLED], **files}
    accounts, faults = read_files({name: a_text(rows) for name, rows in whole.items()}, LANGUAGES)
    return accounts, [str(one) for one in faults]


def test_every_cell_of_an_account_is_kept() -> None:
    more = {
        "street": "Rua 1",
        "postal_code": "1100",
        "city": "Lisboa",
        "region": "Lisboa",
        "phone": "1",
        "vat_number": "PT1",
        "rep": "rui@seller.example",
        "invoice_terms_days": "45",
        "opening_balance": "12.50",
    }
    [account], faults = read(accounts=[{**ACCOUNT, **more}])
    assert faults == []
    assert account.line.cells == {**ACCOUNT, **more}
    assert (account.line.file, account.line.number, account.key) == ("accounts", 2, "A1")
    assert (account.opening_minor, account.invoice_terms_days) == (1250, 45)


def test_what_an_account_leaves_out_is_empty() -> None:
    [account], _ = read()
    optional = COLUMNS["accounts"][1]
    assert {name: account.line.cells[name] for name in optional} == dict.fromkeys(optional, "")
    assert (account.opening_minor, account.invoice_terms_days) == (0, None)


def test_every_cell_of_a_person_is_kept_the_address_in_small_letters() -> None:
    [account], faults = read(people=[{**BILLED, "email": "ANA@Aurora.example", "language": "pt_BR"}])
    assert faults == []
    [ana] = account.people
    assert (ana.line.file, ana.line.number) == ("people", 2)
    assert (ana.email, ana.name, ana.role, ana.language) == (
        "ana@aurora.example",
        "Ana",
        "billing_contact",
        "pt_BR",
    )


@pytest.mark.parametrize("role", ["billing_contact", "account_admin", "approver", "viewer", "seat_holder"])
def test_a_person_comes_with_any_of_these_roles(role: str) -> None:
    [account], faults = read(people=[BILLED, {**BILLED, "email": "bo@aurora.example", "role": role}])
    assert faults == []
    assert [one.role for one in account.people] == ["billing_contact", role]


def test_every_cell_of_a_subscription_is_kept() -> None:
    [account], faults = read(
        subscriptions=[
            {**ASSIST, "unit_price": "7.25", "contract_end": "2027-01-31"},
            {**ASSIST, "product": "meet"},
        ]
    )
    assert faults == []
    first, second = account.subscriptions
    assert (first.line.file, first.line.number) == ("subscriptions", 2)
    assert (first.product, first.plan, first.seats, first.frequency) == (
        "assist",
        "plus",
        2,
        Frequency.ANNUAL,
    )
    assert (first.began, first.unit_price, first.contract_end) == (
        date(2026, 1, 31),
        "7.25",
        date(2027, 1, 31),
    )
    assert (second.product, second.unit_price, second.contract_end) == ("meet", "", None)


def test_every_cell_of_a_seat_is_kept_the_address_in_small_letters() -> None:
    [account], faults = read(
        subscriptions=[ASSIST], seats=[{**SEAT, "email": "X@aurora.example", "name": "Xi"}]
    )
    assert faults == []
    [seat] = account.seats
    assert (seat.line.file, seat.line.number) == ("seats", 2)
    assert (seat.product, seat.email, seat.name) == ("assist", "x@aurora.example", "Xi")


ROLES = "billing_contact, account_admin, approver, viewer, seat_holder"
REP = "rep is the address of a representative, of corporate accounts only"
BALANCE = "opening_balance is an amount as in 12.50, in the account's favour"
ACCOUNTS = {
    "a small letter in the key": ({"key": "a1"}, "the key a1 is not 1 to 10 capital letters and digits"),
    "a key too long": (
        {"key": "ABCDEFGHIJK"},
        "the key ABCDEFGHIJK is not 1 to 10 capital letters and digits",
    ),
    "a type": ({"type": "offline"}, "the type is one of online, corporate"),
    "a currency": ({"currency": "EURO"}, "EURO is no currency"),
    "a country": ({"country": "Portugal"}, "Portugal is no country"),
    "a language": ({"language": "xx"}, "the language is one of en, pt_BR"),
    "days": ({"invoice_terms_days": "a few"}, "invoice_terms_days is a whole number of days, not a few"),
    "days below none": ({"invoice_terms_days": "-1"}, "invoice_terms_days is 0 to 180"),
    "days beyond half a year": ({"invoice_terms_days": "181"}, "invoice_terms_days is 0 to 180"),
    "a representative of an online account": ({"type": "online", "rep": "rui@seller.example"}, REP),
    "a representative without an address": ({"rep": "Rui"}, REP),
    "a balance finer than its currency": ({"opening_balance": "0.001"}, BALANCE),
    "a debt": ({"opening_balance": "-0.01"}, BALANCE),
}


@pytest.mark.parametrize("case", ACCOUNTS)
def test_a_fault_of_an_account_says_what(case: str) -> None:
    changed, said = ACCOUNTS[case]
    key = changed.get("key", "A1")
    _, faults = read(accounts=[{**ACCOUNT, **changed}], people=[{**BILLED, "account": key}])
    assert f"accounts.csv, line 2: {said}" in faults
    assert "is no currency" in said or faults == [f"accounts.csv, line 2: {said}"]


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "ABCDEFGHIJ"},
        {"key": "7"},
        {"invoice_terms_days": "0"},
        {"invoice_terms_days": "180"},
        {"rep": "rui@seller.example"},
        {"type": "online"},
        {"opening_balance": "0"},
        {"opening_balance": "0.01"},
    ],
    ids=lambda changed: " ".join(*changed.items()),
)
def test_what_an_account_may_say(changed: dict[str, str]) -> None:
    key = changed.get("key", "A1")
    assert read(accounts=[{**ACCOUNT, **changed}], people=[{**BILLED, "account": key}])[1] == []


PEOPLE = {
    "no address": ([{**BILLED, "email": "ANA"}], "people.csv, line 2: ANA is no address of mail"),
    "a role": (
        [BILLED, {**BILLED, "role": "king"}],
        f"people.csv, line 3: the role is one of {ROLES}",
    ),
    "one role twice": (
        [BILLED, {**BILLED, "email": "Ana@aurora.example"}],
        "people.csv, line 3: ana@aurora.example is billing_contact twice",
    ),
    "nobody to bill": (
        [{**BILLED, "role": "viewer"}],
        "accounts.csv, line 2: A1 has no billing_contact in people.csv",
    ),
    "a stranger": (
        [BILLED, {**BILLED, "account": "C3"}],
        "people.csv, line 3: accounts.csv has no account C3",
    ),
    "no name": ([BILLED, {**BILLED, "name": ""}], "people.csv, line 3: name is empty"),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_a_fault_of_a_person_says_what(case: str) -> None:
    people, said = PEOPLE[case]
    assert read(people=people)[1] == [said]


def test_one_person_may_have_two_roles_and_one_role_two_people() -> None:
    bo = {**BILLED, "email": "bo@aurora.example"}
    assert read(people=[BILLED, {**BILLED, "role": "viewer"}, bo])[1] == []


DAY = "a day as in 2026-01-31, not 31/01/2026"
SUBSCRIPTIONS = {
    "seats": ({"seats": "two"}, ["seats is a whole number, not two"]),
    "no seats": ({"seats": "0"}, ["a subscription has one seat or more"]),
    "a frequency": ({"frequency": "weekly"}, ["frequency is monthly or annual, not weekly"]),
    "its first day": ({"began": "31/01/2026"}, [f"began is {DAY}"]),
    "its last day": ({"contract_end": "31/01/2026"}, [f"contract_end is {DAY}"]),
    "a price finer than the currency": ({"unit_price": "0.001"}, ["0.001 is no price in EUR"]),
    "a price of nothing": ({"unit_price": "0.00"}, ["0.00 is no price in EUR"]),
    "a price below nothing": ({"unit_price": "-1"}, ["-1 is no price in EUR"]),
    "the least price": ({"unit_price": "0.01"}, []),
    "one seat": ({"seats": "1"}, []),
}


@pytest.mark.parametrize("case", SUBSCRIPTIONS)
def test_a_fault_of_a_subscription_says_what(case: str) -> None:
    changed, said = SUBSCRIPTIONS[case]
    accounts, faults = read(subscriptions=[{**ASSIST, **changed}])
    assert faults == [f"subscriptions.csv, line 2: {one}" for one in said]
    unread = case in {"seats", "a frequency", "its first day"}
    assert len(accounts[0].subscriptions) == (0 if unread else 1)


def test_a_price_is_read_in_the_currency_of_its_account() -> None:
    yen = {**ACCOUNT, "currency": "JPY"}
    assert read(accounts=[yen], subscriptions=[{**ASSIST, "unit_price": "7.25"}])[1] == [
        "subscriptions.csv, line 2: 7.25 is no price in JPY"
    ]


def test_a_product_twice_and_a_seat_twice_and_a_seat_of_nothing_and_one_too_many() -> None:
    twice = [ASSIST, {**ASSIST, "plan": "basic"}]
    assert read(subscriptions=twice)[1] == ["subscriptions.csv, line 3: A1 has assist twice"]
    seats = [
        SEAT,
        {**SEAT, "email": "X@aurora.example"},
        {**SEAT, "email": "yy"},
        {**SEAT, "email": "z@aurora.example"},
        {**SEAT, "product": "meet"},
    ]
    assert read(subscriptions=[ASSIST], seats=seats)[1] == [
        "seats.csv, line 3: x@aurora.example has a seat of assist twice",
        "seats.csv, line 4: yy is no address of mail",
        "seats.csv, line 4: one seat too many: A1 has 2 of assist",
        "seats.csv, line 6: A1 has no subscription of meet",
    ]


WRITTEN = {
    "a column too many": ("Key,colour\nA1,red", [(1, "there is no column 'colour'")]),
    "a column twice": (
        f"{a_text([ACCOUNT])}".replace("name", "key", 1),
        [(1, "the column key stands there twice")],
    ),
    "a cell too few": (f"{a_text([ACCOUNT])}\nB2,Bento", [(3, "2 cells under 7 headings")]),
    "an empty cell": (a_text([{**ACCOUNT, "country": " "}]), [(2, "country is empty")]),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_fault_of_the_file_itself_says_where_and_what(case: str) -> None:
    text, said = WRITTEN[case]
    _, faults = read_files({"accounts": text}, LANGUAGES)
    assert {Fault("accounts", line, what) for line, what in said} <= set(faults)


def test_a_missing_column_is_named_and_nothing_is_read() -> None:
    _, faults = read_files({"seats": "account,product\nA1,assist"}, LANGUAGES)
    assert [str(one) for one in faults] == ["seats.csv, line 1: the column email is missing"]


def test_a_fault_of_the_whole_file_names_no_line() -> None:
    assert str(Fault("seats", 0, "gone")) == "seats.csv: gone"
    assert str(Fault("seats", 7, "gone")) == "seats.csv, line 7: gone"


def test_empty_lines_and_lines_that_are_not_whole_do_not_end_the_file() -> None:
    people = f"account,email,name,role\n\n,,,\nA1,x\n{','.join(BILLED.values())}\n"
    accounts, faults = read_files({"accounts": a_text([ACCOUNT]), "people": people}, LANGUAGES)
    assert [str(one) for one in faults] == ["people.csv, line 4: 2 cells under 4 headings"]
    assert [one.line.number for one in accounts[0].people] == [5]


@pytest.mark.parametrize("separator", [";", "\t"], ids=["semicolon", "tab"])
def test_a_mark_and_another_separator_do_not_matter(separator: str) -> None:
    text = "\ufeff" + a_text([ACCOUNT]).replace(",", separator)
    people = a_text([BILLED])
    accounts, faults = read_files({"accounts": text, "people": people}, LANGUAGES)
    assert faults == []
    assert accounts[0].line.cells["key"] == "A1"


def test_a_quote_in_the_wrong_place_does_not_stop_the_reading() -> None:
    people = a_text([BILLED]).replace("Ana", '"Ana" Lima')
    accounts, faults = read_files({"accounts": a_text([ACCOUNT]), "people": people}, LANGUAGES)
    assert (faults, accounts[0].people[0].name) == ([], "Ana Lima")


def test_headings_are_read_whatever_their_letters_and_spaces() -> None:
    text = a_text([ACCOUNT]).replace("key,name", " KEY , Name ")
    accounts, faults = read_files({"accounts": text, "people": a_text([BILLED])}, LANGUAGES)
    assert (faults, accounts[0].key) == ([], "A1")


def test_faults_are_told_file_by_file_and_line_by_line() -> None:
    _, faults = read(
        accounts=[{**ACCOUNT, "type": "x"}, {**ACCOUNT, "key": "B2"}],
        people=[BILLED, {**BILLED, "role": "x"}],
        subscriptions=[{**ASSIST, "account": "C3"}],
        seats=[{**SEAT, "account": "C3"}],
    )
    assert [one.partition(": ")[0] for one in faults] == [
        "accounts.csv, line 2",
        "accounts.csv, line 3",
        "people.csv, line 3",
        "subscriptions.csv, line 2",
        "seats.csv, line 2",
    ]


def test_totals_count_each_person_once() -> None:
    accounts, _ = read(
        people=[BILLED, {**BILLED, "role": "viewer"}],
        subscriptions=[ASSIST, {**ASSIST, "product": "meet"}],
        seats=[{**SEAT, "email": "ana@aurora.example"}, SEAT, {**SEAT, "product": "meet"}],
    )
    assert totals(accounts) == {"accounts": 1, "people": 2, "subscriptions": 2, "seats": 3}
