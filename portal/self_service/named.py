"""Who gets the seats that are bought: written with the change, shown at checkout, assigned with the order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext

from portal.shared.domain.changes import Wanted
from portal.shared.domain.summary import OrderSummary
from portal.shared.services import carts, seats
from portal.shared.services.seats import Newcomer, TooFewSeatsError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.transactions import reading
from portal.shared.web.typed.people import read_people
from portal.shared.web.words import vocabulary as words


def as_text(people: Iterable[tuple[str, str]]) -> str:
    """People as somebody would type them, a line each."""
    return "\n".join(f"{_quoted(name)} <{email}>" if name else email for name, email in people)


def _quoted(name: str) -> str:
    plain = name.replace('"', "").replace("\\", "")
    return f'"{plain}"' if set(plain) & set(",;<>()@:[]") else plain


def as_kept(people: Iterable[Newcomer]) -> list[tuple[str, str]]:
    """People as the cart keeps them."""
    return [(one.name, one.email) for one in people]


def typed_for(want: Wanted, text: str) -> tuple[list[Newcomer], str | None]:
    """The people that were typed with a change, or the sentence that says why they cannot get the seats."""
    people, problems = read_people(text)
    if problems:
        return [], " ".join(problems)
    try:
        seats.check_room(
            reading(), at_hand().account.id, want.subscription_id, want.terms.seats, want.release, people
        )
    except TooFewSeatsError as error:
        return [], too_few(error)
    return people, None


def too_few(error: TooFewSeatsError) -> str:
    """Why nobody of those who were named gets a seat."""
    sentence = words.too_few_seats(error.wanted, error.free)
    return str(gettext("%(sentence)s Take somebody out, or buy more seats.", sentence=sentence))


def shown(summary: OrderSummary) -> dict[int, dict[str, Any]]:
    """Who gets the seats of each item, as checkout shows and sends it: what the page said before, else the cart."""
    kept = {
        number: as_text(people) for number, people in carts.people(reading(), at_hand().account.id).items()
    }
    found = {}
    for item in summary.items:
        text = request.form.get(_field(item.subscription_id)) or kept.get(item.subscription_id, "")
        people, _ = read_people(text)
        if people:
            names = ", ".join(one.name or one.email for one in people)
            found[item.subscription_id] = {
                "field": _field(item.subscription_id),
                "text": text,
                "names": names,
            }
    return found


def sent(form: Mapping[str, str]) -> dict[int, Sequence[Newcomer]]:
    """The people that stood on the checkout page that was sent, by subscription."""
    found: dict[int, Sequence[Newcomer]] = {}
    for field, text in form.items():
        number = field.removeprefix("people-")
        if field != number and number.isascii() and number.isdigit() and len(number) < 16:
            people, problems = read_people(text)
            if people and not problems:
                found[int(number)] = people
    return found


def _field(subscription_id: int) -> str:
    return f"people-{subscription_id}"
