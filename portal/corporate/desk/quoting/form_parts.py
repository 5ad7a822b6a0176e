"""The parts of the form of a quote: a block a place, and what it offers to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext

from portal.corporate.desk.quoting import words
from portal.corporate.desk.quoting.places import Place, Workplace
from portal.corporate.desk.quoting.typed import KEEP, NEW, TERMS, Errors, TypedItem, TypedQuote
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import MOST_SEATS_BY_CONTRACT, seats_from_text, seats_to_release
from portal.shared.services import seats
from portal.shared.services.quotes.pricing import AgreedItem
from portal.shared.web.display import format_short_date, language, money
from portal.shared.web.orders.display import plan_and_seats
from portal.shared.web.transactions import reading
from portal.shared.web.words import quotes as quote_words
from portal.shared.web.words import vocabulary

_FIELDS = ("in", "plan", "seats", "release", "frequency", "date", "price", "value")


def blocks(here: Workplace, typed: TypedQuote, errors: Errors) -> list[dict[str, Any]]:
    """Everything the quote can be about."""
    return [_block(here, place, typed.items[place.key], errors) for place in here.places]


def _block(here: Workplace, place: Place, typed: TypedItem, errors: Errors) -> dict[str, Any]:
    return {
        "key": place.key,
        "name": here.names.product(place.product, language()),
        "now": _now(place, here),
        "new": place.card is None,
        "typed": typed,
        "plans": [
            {"value": str(plan.id), "label": here.names.plan(plan.id, language())}
            for plan in place.offer.plans
        ],
        "frequencies": [{"value": str(one), "label": str(vocabulary.FREQUENCIES[one])} for one in Frequency],
        "dates": _dates(place),
        "prices": words.price_options(contracted=bool(place.card and place.card.terms)),
        "most": MOST_SEATS_BY_CONTRACT,
        "release": _release(here, place, typed) if typed.included else None,
        "errors": {name: errors.get(f"{place.key}-{name}") for name in _FIELDS},
    }


def _now(place: Place, here: Workplace) -> str:
    """What the account has of a product."""
    card = place.card
    if card is None:
        return str(gettext("Not part of this account yet"))
    told = [plan_and_seats(card.plan_id, card.seats, here.names)]
    if card.terms is None:
        told.append(str(vocabulary.STANDINGS[card.standing][0]))
        return " · ".join(told)
    told.append(f"{money(card.terms.unit)} {vocabulary.per_seat(card.terms.frequency)}")
    if card.period is not None and card.active:
        day = format_short_date(card.period.end, language())
        told.append(gettext("renews on %(day)s", day=day))
    else:
        told.append(str(vocabulary.STANDINGS[card.standing][0]))
    return " · ".join(told)


def _dates(place: Place) -> list[dict[str, str]]:
    """Whether the renewal date stays; only where there is one."""
    if place.card is None or place.card.period is None:
        return []
    day = format_short_date(place.card.period.end, language())
    return [
        {"value": KEEP, "label": day},
        {"value": NEW, "label": gettext("New period")},
    ]


def _release(here: Workplace, place: Place, typed: TypedItem) -> dict[str, Any] | None:
    """Who could lose their seat, when there are fewer seats than people."""
    count = seats_from_text(typed.seats)
    needed = seats_to_release(count, place.card.held) if place.card and count else 0
    if not needed:
        return None
    holders = seats.holders(reading(), here.account.id, place.number)
    return {
        "legend": vocabulary.people_losing_seats(needed),
        "options": [{"value": one.seat_id, "label": one.name, "detail": one.email} for one in holders],
        "values": list(typed.release),
    }


def terms() -> list[dict[str, str]]:
    """The contract terms there are."""
    none = {"value": "", "label": gettext("No contract term")}
    return [none, *({"value": str(one), "label": quote_words.term(one)} for one in TERMS)]


def in_order(errors: Mapping[str, str], here: Workplace) -> Iterator[tuple[str, str]]:
    """The errors in the order of the page, each with the id of its field."""
    names = [f"{place.key}-{name}" for place in here.places for name in _FIELDS]
    for field in ("about", *names, "term", "starts_on", "validity", "note"):
        if field in errors:
            yield field, errors[field]


def priced(one: AgreedItem, product: str, here: Workplace) -> dict[str, Any]:
    """The price of an item beside the list price."""
    saved = (one.list_price - one.unit) * one.wish.terms.seats
    frequency = one.wish.terms.frequency
    return {
        "name": here.names.product(product, language()),
        "per": vocabulary.per_seat(frequency),
        "list": money(one.list_price),
        "unit": money(one.unit),
        "discount": words.share(one.discount) if one.discount else "",
        "saved": money(saved) if saved.minor > 0 else "",
        "period": vocabulary.FREQUENCIES[frequency],
    }
