"""Manage product seats for users: people × products, and one product for many people at once."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.seats import PeopleWish
from portal.shared.services import seats as service
from portal.shared.services.seats import Chosen, TooFewSeatsError, TooManyPeopleError
from portal.shared.services.subscriptions.standing import (
    NotPossibleError,
    SubscriptionCard,
    UnknownSubscriptionError,
)
from portal.shared.web.at_hand import at_hand
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words


def overview() -> ResponseReturnValue:
    """The people of the account with what each of them holds."""
    return _page()


def change_many() -> ResponseReturnValue:
    """Give a product to the people that were ticked, or to all that match, or take it from them."""
    names = framing.product_names(framing.subscription_cards())
    subscription_id = framing.number_in(request.form.get("subscription")) or 0
    action = request.form.get("action")
    ticked = [one for text in request.form.getlist("person") if (one := framing.number_in(text)) is not None]
    everybody = "everybody" in request.form
    errors: dict[str, str] = {}
    if subscription_id not in names:
        errors["subscription"] = gettext("Choose a product.")
    if not ticked and not everybody:
        errors["person"] = gettext("Choose who is meant: tick people, or all that match.")
    if action not in ("give", "take"):
        errors["subscription"] = gettext("Choose whether the seats are given or taken away.")
    if errors:
        return _page(errors), 422
    whose = Chosen(all_of=_wish(request.form)) if everybody else Chosen(people=tuple(ticked))
    here = at_hand()
    change = service.give_to_many if action == "give" else service.take_from_many
    try:
        count = change(
            writing(),
            here.account.id,
            subscription_id,
            whose,
            here.person.person_id,
            here.now,
            notify=not framing.quiet(),
        )
    except TooFewSeatsError as error:
        return _page({"person": framing.too_few_chosen(error, names[subscription_id])}), 422
    except TooManyPeopleError:
        sentence = gettext("Up to %(most)d people can be changed at once. Narrow the search.", most=1000)
        return _page({"person": sentence}), 422
    except (NotPossibleError, UnknownSubscriptionError):
        return _page({"subscription": str(framing.NOT_POSSIBLE)}), 422
    if not count:
        flash(gettext("Nothing was changed: it is so already."), "info")
    else:
        flash(words.seats_assigned(count) if action == "give" else words.seats_taken_away(count), "success")
    return redirect(framing.back_to("seat_people", **_question(request.form)), 303)


def _wish(asked: Any) -> PeopleWish:
    """Whom an address or a form asks for."""
    kind, _, number = asked.get("show", "").partition("-")
    about = framing.number_in(number)
    return PeopleWish(
        text=asked.get("search", "").strip()[:100],
        holds=about if kind == "holds" else None,
        lacks=about if kind == "lacks" else None,
        suspended=kind == "suspended",
        after=framing.number_in(asked.get("after")),
    )


def _question(asked: Any) -> dict[str, str]:
    """What the list is asked for, to be asked again."""
    return {field: text for field in ("search", "show") if (text := asked.get(field, "").strip()[:100])}


def _page(errors: dict[str, str] | None = None) -> str:
    here = at_hand()
    cards = framing.subscription_cards()
    names = framing.product_names(cards)
    wish = _wish(request.values)
    found = service.page_of_people(reading(), here.account.id, wish)
    question = _question(request.values)
    return framing.shown(
        "people",
        account_name=here.account.name,
        products=[_product(card, names[card.id]) for card in cards],
        people=[
            {"one": one, "products": sorted(names[held] for held in one.seats if held in names)}
            for one in found.people
        ],
        total=found.total,
        search=wish.text,
        show=request.values.get("show", ""),
        shows=_shows(cards, names),
        options=[{"value": "", "label": gettext("Choose a product")}]
        + [{"value": card.id, "label": names[card.id]} for card in cards],
        chosen=request.values.get("subscription", ""),
        ticked=request.values.getlist("person"),
        everybody="everybody" in request.values,
        quiet=framing.quiet(),
        first_url=framing.back_to("seat_people", **question) if wish.after else None,
        next_url=framing.back_to("seat_people", **question, after=found.more_after)
        if found.more_after
        else None,
        errors=errors or {},
        problems=[{"field": field, "text": text} for field, text in (errors or {}).items()],
    )


def _product(card: SubscriptionCard, name: str) -> dict[str, Any]:
    return {
        "card": card,
        "name": name,
        "used_text": framing.used_of(card),
        "url": framing.back_to("seats", subscription_id=card.id),
        "import_url": framing.back_to("import_seats", subscription_id=card.id),
        "free": card.active and card.seats > card.held,
    }


def _shows(cards: list[SubscriptionCard], names: dict[int, str]) -> list[dict[str, str]]:
    shows = [{"value": "", "label": str(gettext("Everybody"))}]
    for card in cards:
        holds = gettext("Holds a seat: %(product)s", product=names[card.id])
        shows.append({"value": f"holds-{card.id}", "label": str(holds)})
    for card in cards:
        lacks = gettext("Holds no seat: %(product)s", product=names[card.id])
        shows.append({"value": f"lacks-{card.id}", "label": str(lacks)})
    return [*shows, {"value": "suspended", "label": str(gettext("Suspended"))}]
