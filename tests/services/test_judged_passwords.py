"""What a new password is held against: its person, who sells, what is sold, and what leaked elsewhere."""

from __future__ import annotations

import pytest

from portal.shared.domain.sign_in.passwords import SHORTEST, PasswordProblem
from portal.shared.records.database import Database
from portal.shared.services.catalog.reading import names
from portal.shared.services.sign_in import password_changes, password_links
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.leaked import TABLE, is_leaked
from portal.shared.services.sign_in.password_changes import LinkOwner
from portal.shared.services.sign_in.passwords import Passwords
from tests.security.leaked_passwords import worth_keeping
from tests.support.factories import NOW, a_person
from tests.support.shop import Shop

OLD = "seven herons over the weir"
PASSWORDS = Passwords(memory_kib=8, rounds=1, ours=("Exemplo Software", "https://exemplo.example"))
POOR = [
    pytest.param("manchesterunited", PasswordProblem.LEAKED, id="leaked"),
    pytest.param("ManchesterUnited", PasswordProblem.LEAKED, id="leaked, with capitals"),
    pytest.param("Exemplo-2026-!!", PasswordProblem.ABOUT_US, id="the seller"),
    pytest.param("AnaExemplo-2026", PasswordProblem.ABOUT_US, id="the seller and the person"),
    pytest.param("twodoor-112358", PasswordProblem.ABOUT_US, id="this product"),
    pytest.param("Ana-Lima-112358", PasswordProblem.ABOUT_YOU, id="the person alone"),
]


def a_person_with_a_password(database: Database) -> int:
    with database.write() as session:
        person = a_person(session, "Ana Lima")
        person.password_hash = PASSWORDS.hash(OLD)
        return person.id


@pytest.mark.parametrize(("poor", "problem"), POOR)
def test_a_poor_password_is_refused_by_both_ways_and_uses_nothing_up(
    shop: Shop, poor: str, problem: PasswordProblem
) -> None:
    database = shop.database
    ana = a_person_with_a_password(database)
    with database.write() as session:
        secret, link = signin.open_session(session, ana, NOW), password_links.reset_link(session, ana, NOW)
        who = signin.signed_in(session, secret, NOW)
    assert who is not None
    assert password_changes.change(database, PASSWORDS, who, OLD, poor, NOW).problem is problem
    assert password_changes.set_by_link(database, PASSWORDS, link, poor, NOW) is problem
    good = "eleven herons over the weir"
    assert isinstance(password_changes.set_by_link(database, PASSWORDS, link, good, NOW), LinkOwner)


def test_names_of_what_is_sold_make_no_password(shop: Shop) -> None:
    database = shop.database
    with database.write() as session:
        link = password_links.reset_link(session, a_person(session, "Ana Lima").id, NOW)
        sold = next(iter(names(session).products.values()))["en"]
    typed = f"{sold}-{sold}-2026"
    found = password_changes.set_by_link(database, PASSWORDS, link, typed, NOW)
    assert found is PasswordProblem.ABOUT_US


def test_the_list_that_comes_along_is_long_and_holds_only_what_nothing_else_refuses() -> None:
    assert len(TABLE.read_bytes()) % 5 == 0
    assert len(TABLE.read_bytes()) // 5 > 50_000
    assert is_leaked("leavemealone")
    assert not is_leaked(OLD)
    lines = ["short\n", "passwordpassword\n", "manchesterunited\r\n", "x" * 200 + "\n"]
    assert list(worth_keeping(lines)) == ["manchesterunited"]
    assert len("manchesterunited") >= SHORTEST
