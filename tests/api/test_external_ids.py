"""A product asks by its own names of people and accounts, and hears of them by these names."""

from __future__ import annotations

from typing import Any

import pytest

from portal.shared.domain.integrations.scopes import Scope
from portal.shared.records.people import Person
from portal.shared.services.integrations import tokens
from tests.support.programs import Program, Station
from tests.support.shop import Customer

ADA = "ada@example.com"


@pytest.fixture
def who(station: Station) -> Customer:
    return station.shop.customer()


@pytest.fixture
def product(station: Station) -> Program:
    return station.product_program()


def seated(station: Station, who: Customer, email: str = ADA) -> tuple[int, int]:
    """Somebody with a seat; gives the subscription and the person."""
    number, program = station.shop.monthly(who), station.program(who)
    assert program.post(f"/subscriptions/{number}/seats", {"people": [{"email": email}]}).status_code == 200
    (seat,) = program.get(f"/subscriptions/{number}/seats").json["items"]  # type: ignore[index]
    return number, int(seat["person"])


def call(program: Program, kind: str, number: int, name: str, product: str = "assist") -> tuple[int, str]:
    answer = program.ask(
        "PUT", f"/products/{product}/{kind}/{number}/external-id", json={"external_id": name}
    )
    return answer.status_code, (answer.json or {}).get("code", "")


def entitled(program: Program, kind: str, name: str) -> tuple[int, Any]:
    answer = program.get(f"/products/assist/{kind}/{name}/entitlements")
    return answer.status_code, answer.json


def test_a_product_asks_for_people_by_its_own_name_of_them(
    station: Station, who: Customer, product: Program
) -> None:
    number, person = seated(station, who)
    assert entitled(product, "people", "usr_1")[1]["active"] is False
    assert call(product, "people", person, "usr_1") == (200, "")
    status, told = entitled(product, "people", "usr_1")
    assert (status, told["active"], told["external_id"], told["email"]) == (200, True, "usr_1", None)
    assert told["entitlements"][0]["subscription"] == number
    assert call(product, "people", person, "usr_2") == (200, "")
    assert entitled(product, "people", "usr_1")[1]["active"] is False
    assert entitled(product, "people", "usr_2")[1]["active"] is True


def test_a_product_asks_for_accounts_by_its_own_name_of_them(
    station: Station, who: Customer, product: Program
) -> None:
    number, _ = seated(station, who)
    assert entitled(product, "accounts", "org_1")[0] == 404
    assert call(product, "accounts", who.id, "org_1") == (200, "")
    status, told = entitled(product, "accounts", "org_1")
    assert (status, told["account"], told["active"]) == (200, who.id, True)
    (held,) = told["entitlements"]
    assert (held["subscription"], held["seats"], held["seats_held"], held["state"]) == (
        number,
        5,
        1,
        "active",
    )
    first = product.get("/products/assist/accounts/org_1/entitlements")
    same = product.get(
        "/products/assist/accounts/org_1/entitlements", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert same.status_code == 304


def test_a_name_is_one_persons_and_one_accounts(station: Station, who: Customer, product: Program) -> None:
    other = station.shop.customer()
    _, ada = seated(station, who)
    _, grace = seated(station, other, "grace@example.com")
    assert call(product, "people", ada, "usr_1") == (200, "")
    assert call(product, "people", grace, "usr_1") == (409, "taken")
    assert call(product, "accounts", who.id, "usr_1") == (200, "")
    assert call(product, "accounts", other.id, "usr_1") == (409, "taken")


def test_only_the_product_itself_names_and_only_whom_it_has(
    station: Station, who: Customer, product: Program
) -> None:
    _, person = seated(station, who)
    assert call(station.product_program("meet"), "people", person, "usr_1") == (403, "other_product")
    assert call(station.product_program("meet"), "people", person, "usr_1", "meet") == (404, "not_found")
    assert call(station.product_program("meet"), "accounts", who.id, "org_1", "meet") == (404, "not_found")
    assert call(product, "people", 987_654, "usr_1") == (404, "not_found")
    assert call(station.program(who), "people", person, "usr_1") == (403, "scope_missing")
    with pytest.raises(tokens.ScopeRefusedError):
        station.token(who, Scope.EXTERNAL_IDS_WRITE)
    for name in ("", "a@b.example", "ü", "a b", "x" * 101, "a/b"):
        assert call(product, "people", person, name) == (422, "unfit")


def test_an_account_asks_by_the_products_name_for_its_own_seats_alone(
    station: Station, who: Customer, product: Program
) -> None:
    other = station.shop.customer()
    _, person = seated(station, who)
    call(product, "people", person, "usr_1")
    assert entitled(station.program(who), "people", "usr_1")[1]["active"] is True
    assert entitled(station.program(other), "people", "usr_1")[1]["active"] is False
    assert entitled(station.program(who), "accounts", "org_1")[0] == 403


def test_whoever_is_disabled_is_let_in_no_more(station: Station, who: Customer, product: Program) -> None:
    _, person = seated(station, who)
    call(product, "people", person, "usr_1")
    with station.shop.database.write() as session:
        session.get_one(Person, person).disabled_at = station.shop.clock.now()
    told = entitled(product, "people", "usr_1")[1]
    assert (told["active"], told["entitlements"][0]["closed"]) == (False, "person_disabled")
