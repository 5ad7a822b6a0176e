"""What the seat pages of both portals have in common: their frame, the products, and the sentences of errors."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing.tasks import Task
from portal.shared.services.seats import TooFewSeatsError
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language
from portal.shared.web.entrance import doors
from portal.shared.web.frame import layout
from portal.shared.web.transactions import reading
from portal.shared.web.words import vocabulary as words

NOT_POSSIBLE: LazyString = lazy_gettext("Seats of this subscription cannot be assigned as it stands.")


def shown(template: str, **values: Any) -> str:
    """A seat page inside the frame of the portal at hand."""
    return render_template(
        f"seats/{template}.html",
        layout=layout(),
        may_buy=doors.may_here(Task.ADD_SEATS),
        **values,
    )


def quiet() -> bool:
    """Whether the people are to hear nothing of it."""
    return "do_not_notify" in request.values


def product_name(card: SubscriptionCard) -> str:
    """The product of a subscription in the reader's language."""
    return at_hand().catalog.names.product(card.product, language())


def offers(card: SubscriptionCard) -> bool:
    """Whether seats of a subscription can be held: it runs, or of one that does not some still are."""
    return card.active or card.held > 0


def subscription_cards() -> list[SubscriptionCard]:
    """The subscriptions of the account whose seats can be held: those that run, and those of which some still are."""
    here = at_hand()
    cards = subscriptions.cards(reading(), here.account.id, here.now, seller_taxes())
    return [card for card in cards if offers(card)]


def product_names(cards: list[SubscriptionCard]) -> dict[int, str]:
    """What each subscription is called: its product, with the plan where one product is there twice."""
    names = at_hand().catalog.names
    called = [card.product for card in cards]
    return {
        card.id: product_name(card)
        if called.count(card.product) == 1
        else f"{product_name(card)} – {names.plan(card.plan_id, language())} ({card.id})"
        for card in cards
    }


def too_few_chosen(error: TooFewSeatsError, name: str) -> str:
    """Why nobody of those who were ticked got a seat of a product."""
    left = words.free_seats(error.free)
    chosen = ngettext(
        "You chose %(num)d person without a seat", "You chose %(num)d people without a seat", error.wanted
    )
    return f"{name}: {chosen}; {left}."


def used_of(card: SubscriptionCard) -> str:
    """`3 of 5 seats assigned`."""
    return str(gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats))


def number_in(text: str | None) -> int | None:
    """A whole number as an address carries it, of a size that a key can have."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def back_to(page: str, **values: Any) -> str:
    """A page of the portal at hand."""
    return url_for(f".{page}", **values)
