"""Nothing is taken that the page does not offer: forms sent with fields of somebody else's invention."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from portal.shared.gateways.sandbox.processor import BOOK_FILE
from portal.shared.records.catalog import Plan
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import Seat
from tests.support.demo_house import DATABASE_FILE, DemoHouse, open_house
from tests.support.shopping import add_card, checkout, place
from tests.support.visitor import Page, Typed

INVENTED = {
    "price": "1",
    "unit": "1",
    "unit_minor": "1",
    "amount": "0",
    "total": "0",
    "total_due": "0",
    "total_due_minor": "0",
    "discount": "100",
    "tax": "0",
    "tax_rate": "0",
    "balance": "1000000",
    "credit": "1000000",
    "currency": "JPY",
    "country": "US",
    "vat_state": "valid",
    "account_id": "1",
    "account": "1",
    "person_id": "1",
    "placed_by": "1",
    "role": "billing_contact",
    "staff_role": "manager",
    "type": "corporate",
    "state": "placed",
    "audience": "care",
    "digest": "0" * 64,
    "wanted": "[]",
    "summary": "{}",
    "period_start": "2020-01-01",
    "period_end": "2040-01-01",
    "anchor": "2020-01-01",
    "trial_end": "2040-01-01",
    "past_due_since": "",
    "pending_cancellation": "1",
    "expired_on": "",
    "is_default": "1",
    "id": "1",
    "reference": "2222222222",
    "number": "1",
    "now": "2020-01-01",
    "min_seats": "0",
    "rank": "9",
    "__class__": "x",
}

# What differs by chance from one run to the next.
_BY_CHANCE = re.compile(r"[2-9A-HJ-NP-Z]{10}|(cs|ch|tok|card|pm)_[\w-]+|[\w-]{20,}|[0-9a-f]{32,}")


@pytest.fixture
def opened(demo_stage: Path, tmp_path: Path) -> Callable[[str], DemoHouse]:
    stack = ExitStack()

    def one(name: str) -> DemoHouse:
        return stack.enter_context(open_house(demo_stage, tmp_path / name))

    return one


def test_invented_fields_change_nothing(opened: Callable[[str], DemoHouse]) -> None:
    honest, tampered = opened("honest"), opened("tampered")
    live(honest, {})
    live(tampered, INVENTED)
    assert books(tampered) == books(honest)


def live(house: DemoHouse, invented: dict[str, str]) -> None:
    """Once through every form of the Billing Center and of the desk."""
    visitor = house.contact("monthly")
    subscription_id = house.subscription_id("monthly")
    overview = "/billing/"

    def send(page: Page, ending: str, typed: Typed | None = None) -> Page:
        names = page.form(ending).names | set(typed or {})
        more = {name: value for name, value in invented.items() if name not in names}
        answer = visitor.send(page, ending, {**more, **(typed or {})})
        assert answer.status == 200, f"{ending}: {answer.text}"
        return answer

    add_card(visitor, "mastercard")
    send(visitor.get(f"{overview}cart"), "/language", {"language": "en"})
    old_card = house.rows(PaymentMethod, account_id=house.account_id("monthly"))[0].id
    send(visitor.get("/billing/payment-method"), f"/{old_card}/default")
    edit = f"/billing/subscriptions/{subscription_id}/edit"
    page = send(visitor.get(edit), "/edit", {"seats": "9"})
    send(visitor.get("/billing/cart"), "/remove")
    page = send(visitor.get(edit), "/edit", {"seats": "8"})
    page = send(page, "/checkout/vat-number", {"vat_number": ""})
    page = send(page, "/checkout/place")
    assert "/billing/orders/" in page.path
    send(page, "/seats", {"people": "Lea <lea@padaria-aurora.example>"})
    seats = f"/billing/subscriptions/{subscription_id}/seats"
    send(visitor.get(seats), "/seats", {"people": "leo@padaria-aurora.example"})
    seat = house.rows(Seat, subscription_id=subscription_id)[0].id
    send(visitor.get(seats), "/release", {"seat": str(seat)})
    send(visitor.get(f"/billing/subscriptions/{subscription_id}/cancel"), "/cancel")
    send(visitor.get(overview), "/keep")
    page = send(
        visitor.get("/billing/subscriptions/new/gotomeeting?how=buy"), "/buy", {"plan": starter(house)}
    )
    visitor = house.contact("annual")
    lower = f"/billing/subscriptions/{house.subscription_id('annual')}/lower-plan"
    send(visitor.get(lower), "/lower-plan", {"plan": basic(house)})
    visitor = house.visitor(house.email("care"))
    asked = [one for one in house.rows(Request) if one.kind == "lower-plan"]
    for request, button in zip(asked, ("/carry-out", "/decline"), strict=True):
        page = visitor.get(f"/corp-billing/desk/requests/{request.id}")
        fields = dict(page.form("/decline").fields)
        path = f"/corp-billing/desk/requests/{request.id}{button}"
        answer = visitor.post(path, {**invented, **fields, "answer": "Done as you wished."})
        assert answer.path == "/corp-billing/desk/requests", answer.text


def books(house: DemoHouse) -> dict[str, list[str]]:
    """Every row of every table but those of the sign-in, without what differs by chance."""
    found: dict[str, list[str]] = {}
    for file in (DATABASE_FILE, BOOK_FILE):
        with closing(sqlite3.connect(house.folder / file)) as connection:
            tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (name,) in tables:
                if not name.startswith(("sign_in", "sqlite_")):
                    rows = connection.execute(f'select * from "{name}"').fetchall()
                    found[name] = sorted(_BY_CHANCE.sub("…", repr(row)) for row in rows)
    return found


def basic(house: DemoHouse) -> str:
    return next(str(plan.id) for plan in house.rows(Plan, product="gotoassist-remote-support-v5"))


def starter(house: DemoHouse) -> str:
    return next(str(plan.id) for plan in house.rows(Plan, product="gotomeeting"))


def test_another_accounts_card_is_not_charged(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="9")
    theirs = house.rows(PaymentMethod, account_id=house.account_id("annual"))[0].id
    before = house.trace()
    for typed in (str(theirs), "987654", "0", "-1", "card", "1.0", str(2**64), "x" * 5000):
        answer = place(visitor, page, {"payment_method": typed})
        assert answer.status == 422, typed[:20]
        assert "Choose a payment method" in str(answer.problem("payment_method"))
        assert len(answer.problems) == 1
        assert house.trace() == before


def test_seats_of_another_subscription_are_not_taken_away(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    mine = house.subscription_id("monthly")
    theirs = [str(seat.id) for seat in house.rows(Seat) if seat.subscription_id != mine]
    page = visitor.get(f"/billing/subscriptions/{mine}/seats")
    answer = visitor.send(page, "/release", {"seat": theirs})
    assert "Nothing was changed" in answer.all_text
    assert "taken away" not in answer.all_text
    assert len(house.rows(Seat, subscription_id=mine)) == 3
    assert {str(seat.id) for seat in house.rows(Seat)} >= set(theirs)


def test_new_seats_are_those_of_the_orders_own_subscriptions(house: DemoHouse) -> None:
    visitor = house.contact("cart")
    page = place(visitor, checkout(house, "cart", visitor, seats="9"))
    for wrong in (house.subscription_id("monthly"), 987654, ""):
        answer = visitor.post(
            f"{page.path}/seats",
            {"csrf_token": visitor.token(), "subscription_id": str(wrong), "people": "a@b.example"},
        )
        assert answer.status == 404


def test_the_account_of_an_order_is_that_of_the_session(house: DemoHouse) -> None:
    """A page that was shown for another account orders nothing here."""
    theirs = house.contact("cart")
    page = theirs.get("/billing/checkout")
    mine = house.contact("monthly")
    checkout(house, "monthly", mine, seats="9")
    fields = dict(page.form("/checkout/place").fields) | {"csrf_token": mine.token()}
    before = len(house.rows(Order))
    answer = mine.post("/billing/checkout/place", fields)
    assert answer.path == "/billing/cart"
    assert "You have switched to another account in the meantime." in answer.all_text
    assert page.total not in answer.all_text, "the other account's figures are not shown"
    assert len(house.rows(Order)) == before
