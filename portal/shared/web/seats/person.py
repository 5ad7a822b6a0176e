"""One person: the chosen products replace what they had."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.seats import SpellWish
from portal.shared.services import seats as service
from portal.shared.services.seats import (
    HeldMeanwhileError,
    PersonSeats,
    TooFewSeatsError,
    UnknownPersonError,
)
from portal.shared.services.subscriptions.standing import NotPossibleError, UnknownSubscriptionError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.seats import framing, history
from portal.shared.web.transactions import reading, writing


def show(person_id: int) -> ResponseReturnValue:
    """What a person holds, a tick for each product, and what they held before."""
    return _page(_one(person_id))


def save(person_id: int) -> ResponseReturnValue:
    """Let the person hold exactly what is ticked."""
    here = at_hand()
    person = _one(person_id)
    names = framing.product_names(framing.subscription_cards())
    chosen = {one for text in request.form.getlist("product") if (one := framing.number_in(text)) is not None}
    held = {one for text in request.form.getlist("held") if (one := framing.number_in(text)) is not None}
    if not chosen <= set(names):
        return _page(person, gettext("Choose among the products of this account.")), 422
    try:
        changed = service.choose(
            writing(),
            here.account.id,
            person.id,
            chosen,
            held,
            here.person.person_id,
            here.now,
            notify=not framing.quiet(),
        )
    except TooFewSeatsError as error:
        name = names[error.subscription_id]
        return _page(person, gettext("%(product)s: no seat is free. Nothing was changed.", product=name)), 422
    except HeldMeanwhileError:
        sentence = gettext(
            "The seats of this person have changed since this page was shown. Nothing was changed now: look at "
            "what they hold and choose again."
        )
        return _page(_one(person_id), sentence, afresh=True), 409
    except (NotPossibleError, UnknownSubscriptionError):
        return _page(person, str(framing.NOT_POSSIBLE)), 422
    if changed.gives or changed.takes:
        flash(gettext("The seats of %(name)s were changed.", name=person.name), "success")
    else:
        flash(gettext("Nothing was changed: it is so already."), "info")
    return redirect(framing.back_to("person_seats", person_id=person.id), 303)


def _one(person_id: int) -> PersonSeats:
    try:
        return service.one_person(reading(), at_hand().account.id, person_id)
    except UnknownPersonError:
        abort(404)


def _page(person: PersonSeats, problem: str | None = None, *, afresh: bool = False) -> str:
    here = at_hand()
    cards = framing.subscription_cards()
    names = framing.product_names(cards)
    offered = [card for card in cards if card.active or card.id in person.seats]
    ticked = request.form.getlist("product") if problem and not afresh else [str(one) for one in person.seats]
    wish = SpellWish(person_id=person.id)
    before = service.page_of_history(reading(), here.account.id, wish, size=10)
    return framing.shown(
        "person",
        one_person=person,
        options=[
            {"value": card.id, "label": names[card.id], "detail": framing.used_of(card)} for card in offered
        ],
        ticked=ticked,
        held=sorted(person.seats),
        moves=[
            {
                "name": names[card.id],
                "url": framing.back_to("move_seat", subscription_id=card.id, seat_id=person.seats[card.id]),
            }
            for card in offered
            if card.id in person.seats and card.active
        ],
        quiet=framing.quiet(),
        spells=history.rows(before.spells, with_person=False),
        history_url=framing.back_to("seat_history", person=person.id) if before.older else None,
        problem=problem,
        problems=[{"field": "product", "text": problem}] if problem else [],
    )
