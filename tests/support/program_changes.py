"""For every operation of the API that changes something: a program, an address and two bodies that it could send."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.programs import Program, Station
from tests.support.quoting import QuoteDesk, item

ADA = {"email": "ada@example.com", "name": "Ada"}


@dataclass(frozen=True, slots=True)
class Change:
    """What is sent; `other` is what the same key must not stand for as well."""

    program: Program
    path: str
    body: Any = None
    other: Any = None
    account: int | None = None


def _order(station: Station) -> Change:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    terms = {"plan": "standard", "seats": 9, "frequency": "monthly"}
    summary = program.post(f"/subscriptions/{number}/summaries", terms).json or {}
    body = {"digest": summary["digest"], "changes": [{"subscription": number, **terms}]}
    return Change(program, "/orders", body, {**body, "payment_method": 987_654}, who.id)


def _assign(station: Station) -> Change:
    who = station.shop.customer()
    number = station.shop.monthly(who)
    return Change(station.program(who), f"/subscriptions/{number}/seats", {"people": [ADA]}, account=who.id)


def _take_away(station: Station) -> Change:
    given = _assign(station)
    given.program.post(given.path, given.body)
    (seat,) = given.program.get(given.path).json["items"]  # type: ignore[index]
    return Change(given.program, f"{given.path}/{seat['id']}", account=given.account)


def _seats_quote(station: Station) -> Change:
    desk = QuoteDesk(station.shop)
    number, program = desk.contract(desk.who), station.program(desk.who)
    return Change(program, f"/subscriptions/{number}/seats/quotes", {"seats": 2}, {"seats": 3}, desk.who.id)


def _accept(station: Station) -> Change:
    desk = QuoteDesk(station.shop)
    who = desk.customer(invoice_terms_days=30)
    quote = desk.sent(item(station.shop.annual(who), station.shop.catalogue.plus, 8), who=who)
    program = station.program(who)
    read = program.get(f"/quotes/{quote}").json or {}
    body = {"digest": read["summary"]["digest"], "payment_method": who.method_id}
    return Change(program, f"/quotes/{quote}/accept", body, {**body, "on_invoice": True}, who.id)


def _reject(station: Station) -> Change:
    accepted = _accept(station)
    path = accepted.path.replace("/accept", "/reject")
    return Change(accepted.program, path, {"reason": "Too dear"}, account=accepted.account)


def _request(station: Station) -> Change:
    who = station.shop.customer()
    return Change(
        station.program(who), "/requests", {"note": "Please call."}, {"note": "Please write."}, who.id
    )


def _call_account(station: Station) -> Change:
    who = station.shop.customer()
    station.shop.monthly(who)
    path = f"/products/assist/accounts/{who.id}/external-id"
    return Change(station.product_program(), path, {"external_id": "org_1"}, account=who.id)


def _call_person(station: Station) -> Change:
    given = _assign(station)
    given.program.post(given.path, given.body)
    (seat,) = given.program.get(given.path).json["items"]  # type: ignore[index]
    path = f"/products/assist/people/{seat['person']}/external-id"
    return Change(station.product_program(), path, {"external_id": "usr_1"})


CHANGES: dict[str, Callable[[Station], Change]] = {
    "accept_quote": _accept,
    "assign_seats": _assign,
    "call_account": _call_account,
    "call_person": _call_person,
    "make_request": _request,
    "place_order": _order,
    "reject_quote": _reject,
    "seats_quote": _seats_quote,
    "take_seat_away": _take_away,
}
# Asked with a body, and nothing is kept.
QUESTIONS = {"seats_summary", "summary"}
