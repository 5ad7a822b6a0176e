"""Manage product seats for users: people × products, and one product for many people at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.seats import PeopleWish
from portal.shared.services import seats as service
from portal.shared.services.seats import MOST_AT_ONCE, Chosen, TooFewSeatsError, TooManyPeopleError
from portal.shared.services.subscriptions.standing import (
    NotPossibleError,
    SubscriptionCard,
    UnknownSubscriptionError,
)
from portal.shared.web import subscription_lists
from portal.shared.web.at_hand import at_hand
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words


def overview() -> ResponseReturnValue:
    """The people of the account with what each of them holds."""
    return _page()


def change_many() -> ResponseReturnValue:
    """Give a product to the people that were ticked, or to all that match, or take it from them."""
    subscription_id = framing.number_in(request.form.get("subscription")) or 0
    meant = [one for one in subscription_lists.with_these([], {subscription_id}) if framing.offers(one)]
    action = request.form.get("action")
    ticked = [one for text in request.form.getlist("person") if (one := framing.number_in(text)) is not None]
    everybody = "everybody" in request.form
    errors: dict[str, str] = {}
    if not meant:
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
        return _page({"person": framing.too_few_chosen(error, framing.product_name(meant[0]))}), 422
    except TooManyPeopleError:
        sentence = gettext(
            "Up to %(most)d people can be changed at once. Narrow the search.", most=MOST_AT_ONCE
        )
        return _page({"person": sentence}), 422
    except (NotPossibleError, UnknownSubscriptionError):
        return _page({"subscription": str(framing.NOT_POSSIBLE)}), 422
    if not count:
        flash(gettext("Nothing was changed: it is so already."), "info")
    else:
        flash(words.seats_assigned(count) if action == "give" else words.seats_taken_away(count), "success")
    return redirect(
        framing.back_to("seat_people", **_question(request.form), **_products_asked(request.form)), 303
    )


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
    """What the list of people is asked for, to be asked again."""
    return {field: text for field in ("search", "show") if (text := asked.get(field, "").strip()[:100])}


def _products_asked(asked: Any) -> dict[str, str]:
    """Which subscriptions are listed above them, to be listed again."""
    fields = ("find", "state", "behind")
    return {field: text for field in fields if (text := asked.get(field, "").strip()[:100])}


def _page(errors: dict[str, str] | None = None) -> str:
    here = at_hand()
    listed = subscription_lists.asked(with_seats=True)
    wish, chosen = _wish(request.values), request.values.get("subscription", "")
    found = service.page_of_people(reading(), here.account.id, wish)
    # What stands in the forms or with a person is called by its name, also where another page lists it.
    asked_about = {one for one in (wish.holds, wish.lacks, framing.number_in(chosen)) if one is not None}
    held = {one for person in found.people for one in person.seats}
    known = subscription_lists.with_these(listed.cards, asked_about | held)
    names = subscription_lists.called(known, all_of_them=not listed.long)
    offered = [card for card in known if card in listed.cards or card.id in asked_about]
    question, products = _question(request.values), _products_asked(request.values)
    return framing.shown(
        "people",
        account_name=here.account.name,
        listed=listed.shown(partial(framing.back_to, "seat_people", **question)),
        asked=question,
        asked_products=products,
        products=[_product(card, names[card.id]) for card in listed.cards],
        people=[
            {"one": one, "products": sorted(names[held] for held in one.seats if held in names)}
            for one in found.people
        ],
        total=found.total,
        too_many=found.total > MOST_AT_ONCE,
        most=MOST_AT_ONCE,
        search=wish.text,
        show=request.values.get("show", ""),
        shows=_shows(offered, names),
        options=[{"value": "", "label": gettext("Choose a product")}]
        + [{"value": card.id, "label": names[card.id]} for card in offered],
        chosen=chosen,
        ticked=request.values.getlist("person"),
        everybody="everybody" in request.values,
        quiet=framing.quiet(),
        first_url=framing.back_to("seat_people", **question, **products) if wish.after else None,
        next_url=framing.back_to("seat_people", **question, **products, after=found.more_after)
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
