"""What stands in the form of a quote, as it was typed, and the wish it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from portal.corporate.desk.quoting.places import Place, Workplace
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Refusal, seats_from_text, seats_to_release
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import VALIDITY_DAYS, PriceKind, PriceWish, is_validity
from portal.shared.domain.terms import WantedTerms
from portal.shared.services.quotes.drafting import LONGEST_NOTE
from portal.shared.services.quotes.pricing import ItemWish, QuoteWish
from portal.shared.services.quotes.reading import ItemView, QuoteView
from portal.shared.web.display import language
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.typed.amounts import AmountProblem, amount_as_typed, amount_from_text, amount_sentence
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.typed.percentages import (
    PercentProblem,
    percent_as_typed,
    percent_from_text,
    percent_sentence,
)
from portal.shared.web.words import vocabulary as words

TERMS = (12, 24, 36, 48, 60)
FARTHEST_START = timedelta(days=366)
KEEP, NEW = "keep", "new"
TICKED, UNTICKED = True, False
Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class TypedItem:
    """The fields of one place. Without `included` the others say what would be proposed first."""

    included: bool
    plan: str
    seats: str
    frequency: str
    date: str
    price: str
    value: str = ""
    release: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TypedQuote:
    """The whole form; the items by the keys of their places."""

    items: Mapping[str, TypedItem]
    term: str = ""
    starts_on: str = ""
    validity: str = str(VALIDITY_DAYS)
    note: str = ""


def blank(place: Place) -> TypedItem:
    """What a place would keep: the present terms, or the smallest first order."""
    card = place.card
    if card is None:
        first = place.offer.plans[0]
        return TypedItem(UNTICKED, str(first.id), str(first.min_seats), Frequency.ANNUAL, NEW, PriceKind.LIST)
    frequency = card.terms.frequency if card.terms else Frequency.ANNUAL
    date_of = KEEP if card.period else NEW
    price = PriceKind.CONTRACT if card.terms else PriceKind.LIST
    return TypedItem(UNTICKED, str(card.plan_id), str(card.seats), frequency, date_of, price)


def of_quote(view: QuoteView, here: Workplace) -> TypedQuote:
    """A kept quote, as it would be typed."""
    kept = {one.subscription_id: one for one in view.items}
    new = {one.product: one for one in view.items}
    items = {}
    for place in here.places:
        found = kept.get(place.number) or (new.get(place.product) if place.card is None else None)
        items[place.key] = _of_item(found) if found else blank(place)
    return TypedQuote(
        items,
        str(view.term_months or ""),
        # A day that is over counts for nothing any more.
        view.starts_on.isoformat() if view.starts_on and view.starts_on >= here.account.today else "",
        str(view.validity_days),
        view.note,
    )


def _of_item(item: ItemView) -> TypedItem:
    value = ""
    if item.price.kind is PriceKind.PERCENT:
        value = percent_as_typed(item.price.value, language())
    elif item.price.kind in {PriceKind.PRICE, PriceKind.MONEY}:
        value = amount_as_typed(Money(item.price.value, item.list_price.currency), language())
    return TypedItem(
        TICKED,
        str(item.terms.plan_id),
        str(item.terms.seats),
        item.terms.frequency,
        KEEP if item.keeps_date else NEW,
        item.price.kind,
        value,
        tuple(str(seat) for seat in sorted(item.release)),
    )


def from_form(values: MultiDict[str, str], here: Workplace, before: TypedQuote) -> TypedQuote:
    """What was typed; `before` where nothing was."""
    if "validity" not in values:
        return before
    items = {}
    for place in here.places:
        old, key = before.items[place.key], place.key
        items[key] = TypedItem(
            f"{key}-in" in values,
            values.get(f"{key}-plan", old.plan),
            values.get(f"{key}-seats", old.seats),
            values.get(f"{key}-frequency", old.frequency),
            values.get(f"{key}-date", old.date),
            values.get(f"{key}-price", old.price),
            values.get(f"{key}-value", old.value),
            tuple(values.getlist(f"{key}-release")),
        )
    return replace(
        before,
        items=items,
        term=values.get("term", ""),
        starts_on=values.get("starts_on", ""),
        validity=values["validity"],
        note=values.get("note", before.note).replace("\r\n", "\n").strip(),
    )


def read(typed: TypedQuote, here: Workplace) -> tuple[QuoteWish, Errors]:
    """The wish, of everything that could be read, and a sentence beside each field that could not."""
    errors: Errors = {}
    items = []
    for place in here.places:
        if typed.items[place.key].included:
            item = _read_item(place, typed.items[place.key], here.account.currency, errors)
            items += [item] if item else []
    if not any(one.included for one in typed.items.values()):
        errors["about"] = gettext("Choose at least one product for the quote.")
    term = _read_term(typed.term, errors)
    starts_on = _read_start(typed.starts_on, here.account.today, errors)
    validity = seats_from_text(typed.validity)
    if validity is None or not is_validity(validity):
        errors["validity"] = gettext("A quote is valid for 1 to 90 days. Write a whole number.")
        validity = VALIDITY_DAYS
    if len(typed.note) > LONGEST_NOTE:
        errors["note"] = request_forms.too_long(LONGEST_NOTE)
    return QuoteWish(tuple(items), term, validity, starts_on, typed.note[:LONGEST_NOTE]), errors


def _read_item(place: Place, typed: TypedItem, currency: str, errors: Errors) -> ItemWish | None:
    plan, seats = seats_from_text(typed.plan), seats_from_text(typed.seats)
    key, before = place.key, len(errors)
    if seats is None:
        errors[f"{key}-seats"] = words.refused(Refusal.SEATS_NOT_A_NUMBER)
    if typed.frequency not in set(Frequency):
        errors[f"{key}-frequency"] = words.refused(Refusal.UNKNOWN_FREQUENCY)
    if len(errors) > before or seats is None:
        return None
    price = _read_price(typed, currency)
    if isinstance(price, str):
        errors[f"{key}-{'value' if typed.price in set(PriceKind) else 'price'}"] = price
        price = PriceWish(PriceKind.LIST)  # stands in, so that whatever else is wrong is told as well
    held = place.card.held if place.card else 0
    ticked = [seats_from_text(text) for text in typed.release]
    # Ticks of an earlier, smaller count mean nothing now.
    release = frozenset(seat for seat in ticked if seat is not None and seats_to_release(seats, held))
    terms = WantedTerms(plan or 0, seats, Frequency(typed.frequency))
    return ItemWish(place.number, terms, typed.date == KEEP, price, release)


def _read_price(typed: TypedItem, currency: str) -> PriceWish | str:
    if typed.price not in set(PriceKind):
        return str(gettext("Choose how the price is agreed."))
    kind = PriceKind(typed.price)
    if kind in {PriceKind.CONTRACT, PriceKind.LIST}:
        return PriceWish(kind)
    if kind is PriceKind.PERCENT:
        share = percent_from_text(typed.value, language())
        return percent_sentence(share) if isinstance(share, PercentProblem) else PriceWish(kind, share)
    amount = amount_from_text(typed.value, currency, language())
    if isinstance(amount, AmountProblem):
        return amount_sentence(amount, currency)
    return PriceWish(kind, amount.minor)


def _read_term(text: str, errors: Errors) -> int | None:
    if not text:
        return None
    months = seats_from_text(text)
    if months not in TERMS:
        errors["term"] = gettext("Choose one of the contract terms of the list.")
        return None
    return months


def _read_start(text: str, today: date, errors: Errors) -> date | None:
    day = date_from_text(text)
    if day is DateProblem.EMPTY:
        return None
    if isinstance(day, DateProblem):
        errors["starts_on"] = day.sentence
        return None
    if day < today:
        errors["starts_on"] = gettext("The first day of service cannot be over.")
        return None
    if day > today + FARTHEST_START:
        errors["starts_on"] = gettext("The first day of service is within the next twelve months.")
        return None
    return day
