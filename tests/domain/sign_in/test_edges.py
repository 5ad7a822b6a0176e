"""Edges of the sign-in: the longest of everything, and what only looks like something else."""

from __future__ import annotations

import pytest

from portal.shared.domain.routing.destination import task_link, wish
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import decide, front_door
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import STRANGER
from portal.shared.domain.sign_in.leaked import is_in, table_of
from portal.shared.domain.sign_in.mail_domains import domain_of, plain_domain
from portal.shared.domain.sign_in.passwords import LONGEST, PasswordProblem, problem_of
from portal.shared.domain.sign_in.provider_addresses import is_issuer, is_usable
from portal.shared.domain.sign_in.sensitive import asks_again


def test_a_password_made_of_our_own_name_is_not_taken_and_said_to_be_about_us() -> None:
    assert problem_of("gruenhain-2026", ours=["Gruenhain Software"]) is PasswordProblem.ABOUT_US
    assert problem_of("gruenhain-2026", ["Gruenhain"], ours=["Gruenhain"]) is PasswordProblem.ABOUT_YOU
    assert problem_of("correct horse battery staple", ours=["Gruenhain Software"]) is None


def test_the_longest_password_is_taken() -> None:
    text = "correct horse battery staple, and a boat. " * 9
    assert problem_of(text[:LONGEST]) is None
    assert problem_of(text[: LONGEST + 1]) is PasswordProblem.TOO_LONG


@pytest.mark.parametrize("endpoint", ["front.security", "front.your_data", "self_service.payment_method"])
def test_looking_at_what_holds_no_secret_asks_nobody_again(endpoint: str) -> None:
    assert not asks_again(endpoint, writes=False)


def test_a_table_of_leaked_passwords_knows_none_of_many_others() -> None:
    table = table_of(["manchesterunited", "chelsea1905", "arsenal-forever"])
    assert [one for one in map(str, range(200)) if is_in(table, one)] == []


LABEL = "a" * 63


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (".".join([LABEL, LABEL, LABEL, "a" * 61]), True),
        (".".join([LABEL, LABEL, LABEL, "a" * 62]), False),
        ("example.org.", True),
        ("@example.org", True),
        ("example.1org", True),
        ("1.example.org", True),
        ("192.0.2.1", False),
        ("example", False),
        ("straße.example", False),
    ],
)
def test_a_domain_of_mail_is_one_up_to_its_253rd_letter(text: str, *, plain: bool) -> None:
    assert plain_domain(text) == (text.removeprefix("@").removesuffix(".") if plain else None)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ana".ljust(242, "a") + "@example.org", "example.org"),
        ("ana".ljust(243, "a") + "@example.org", None),
        ("ana@bo@example.org", None),
        ("@example.org", None),
        ("ana@example.org.", None),
        ("ana lima@example.org", None),
    ],
)
def test_an_address_has_a_domain_up_to_its_254th_letter(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


@pytest.mark.parametrize(("letters", "fits"), [(2_000, True), (2_001, False)])
def test_an_address_of_a_provider_has_at_most_two_thousand_letters(letters: int, *, fits: bool) -> None:
    assert is_usable("https://login.example/".ljust(letters, "a")) is fits


def test_a_provider_on_this_machine_is_one_only_where_that_is_tried_out() -> None:
    assert is_issuer("http://localhost:8080", plain_loopback=True)
    assert not is_issuer("http://localhost:8080")
    assert not is_issuer("http://localhost:8080?a", plain_loopback=True)


def test_a_stranger_signs_in_first_and_is_told_so() -> None:
    for task in Task:
        assert decide(STRANGER, task).reason is Reason.SIGN_IN_FIRST
    assert front_door(STRANGER).reason is Reason.SIGN_IN_FIRST


def test_a_link_says_the_task_and_a_product_only_where_there_is_one() -> None:
    assert task_link(Task.ADD_SEATS, None) == "/go/add-seats"
    assert task_link(Task.ADD_SEATS, "a b&c") == "/go/add-seats?product=a+b%26c"
    assert wish(Task.ADD_SEATS, None) == {"task": "add-seats"}
    assert wish(None, "meet") == {"product": "meet"}
    assert wish(None, None) == {}
