"""Entitlements: fresh, fast, and closed exactly when the policy says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.integrations.scopes import Scope
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Product
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.programs import Program, Station
from tests.support.shop import Customer

ADA = "ada@example.com"


@contextmanager
def statements(station: Station) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    engine = station.shop.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def give(program: Program, number: int, email: str = ADA) -> int:
    """A seat for somebody; gives its number."""
    answer = program.post(f"/subscriptions/{number}/seats", {"people": [{"email": email}]})
    assert answer.status_code == 200, answer.text
    seats = program.get(f"/subscriptions/{number}/seats").json
    assert seats is not None
    return next(int(one["id"]) for one in seats["items"] if one["email"] == email)


def active(program: Program, email: str = ADA) -> bool:
    answer = program.get("/entitlements", query_string={"email": email})
    assert answer.status_code == 200
    assert answer.json is not None
    return bool(answer.json["active"])


def test_a_seat_lets_in_from_its_commit_and_taken_away_no_more(station: Station) -> None:
    who = station.shop.customer()
    number, program, product = station.shop.monthly(who), station.program(who), station.product_program()
    assert not active(product)
    seat = give(program, number)
    assert active(product)
    assert active(product, "ADA@Example.com ")
    assert program.ask("DELETE", f"/subscriptions/{number}/seats/{seat}").status_code == 204
    assert not active(product)
    assert program.ask("DELETE", f"/subscriptions/{number}/seats/{seat}").status_code == 404


def test_it_says_what_the_plan_unlocks(station: Station) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    with station.shop.database.write() as session:
        session.get_one(Product, "assist").features = [
            {"names": {"en": "Unattended access", "de": "X"}, "plans": {"standard": True, "plus": True}},
            {"names": {"en": "Sessions"}, "plans": {"standard": {"en": "5 at once"}}},
            {"names": {"en": "Single sign-on"}, "plans": {"premium": True}},
        ]
    give(station.program(who), number)
    (held,) = station.product_program().get(f"/products/assist/entitlements/{ADA}").json["entitlements"]  # type: ignore[index]
    assert held["features"] == [
        {"name": "Unattended access", "value": True},
        {"name": "Sessions", "value": "5 at once"},
    ]
    assert (held["plan"], held["state"], held["closed"]) == ("standard", "active", None)
    assert held["subscription"] == number


def test_it_is_a_fast_read(station: Station) -> None:
    who = station.shop.customer()
    number, product = station.shop.monthly(who), station.product_program()
    give(station.program(who), number)
    assert active(product)  # keeps once an hour that the token is used
    for email in (ADA, "nobody@example.com"):
        with statements(station) as asked:
            active(product, email)
        assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) == 2, asked
        assert not [one for one in asked if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_what_has_not_changed_is_not_sent_again(station: Station) -> None:
    who = station.shop.customer()
    number, program, product = station.shop.monthly(who), station.program(who), station.product_program()
    give(program, number)
    first = product.get(f"/entitlements?email={ADA}")
    same = product.get(f"/entitlements?email={ADA}", headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")
    with station.shop.database.write() as session:
        session.get_one(SubscriptionRow, number).ended_on = station.shop.clock.now().date()
    changed = product.get(f"/entitlements?email={ADA}", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def close_account(session: Session, who: Customer, number: int, day: object) -> None:
    session.get_one(Account, who.id).expired_on = day  # type: ignore[assignment]


def end(session: Session, who: Customer, number: int, day: object) -> None:
    session.get_one(SubscriptionRow, number).ended_on = day  # type: ignore[assignment]


def be_late(session: Session, who: Customer, number: int, day: object) -> None:
    session.get_one(SubscriptionRow, number).past_due_since = day  # type: ignore[assignment]


POLICY = {
    "an expired account closes": (close_account, "account_expired"),
    "an ended subscription closes": (end, "subscription_ended"),
    "grace after a failed payment keeps access": (be_late, None),
}


@pytest.mark.parametrize("name", POLICY)
def test_it_closes_as_the_policy_says(station: Station, name: str) -> None:
    change, closed = POLICY[name]
    who = station.shop.customer()
    number, product = station.shop.monthly(who), station.product_program()
    give(station.program(who), number)
    with station.shop.database.write() as session:
        change(session, who, number, station.shop.clock.now().date())
    answer = product.get(f"/entitlements?email={ADA}").json
    assert answer is not None
    (held,) = answer["entitlements"]
    assert (held["closed"], held["active"], answer["active"]) == (closed, closed is None, closed is None)
    assert bool(held["features"]) is False


def test_a_trial_says_until_when_and_closes_by_itself(station: Station) -> None:
    who = station.shop.customer()
    number, product = (
        station.shop.trial(who, ends=date(2026, 3, 14)),
        station.product_program(),
    )
    give(station.program(who), number)
    answer = product.get(f"/entitlements?email={ADA}").json
    assert answer is not None
    until = answer["entitlements"][0]["until"]
    assert until > station.shop.clock.now().date().isoformat()
    while station.shop.clock.now().date().isoformat() < until:
        assert active(product)
        station.later(timedelta(days=1))
    assert not active(product)


def test_a_product_reads_all_accounts_and_only_its_own_seats(station: Station) -> None:
    one, other = station.shop.customer(), station.shop.customer()
    assist, meet = station.shop.monthly(one), station.shop.monthly(other, station.shop.catalogue.basic)
    give(station.program(one), assist)
    give(station.program(other), meet)
    held = station.product_program("meet").get(f"/entitlements?email={ADA}").json
    assert held is not None
    assert [(item["product"], item["account"]) for item in held["entitlements"]] == [("meet", other.id)]
    refused = station.product_program("meet").get(f"/products/assist/entitlements/{ADA}")
    assert (refused.status_code, refused.json and refused.json["code"]) == (403, "other_product")
    closed = station.product_program("meet").get("/account")
    assert (closed.status_code, closed.json and closed.json["code"]) == (403, "scope_missing")


def test_a_token_of_an_account_reads_its_own_seats_only(station: Station) -> None:
    one, other = station.shop.customer(), station.shop.customer()
    give(station.program(other), station.shop.monthly(other))
    assert not active(station.program(one, Scope.ENTITLEMENTS_READ))
    assert active(station.program(other, Scope.ENTITLEMENTS_READ))
