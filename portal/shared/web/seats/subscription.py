"""Manage seats of one subscription: who may use the product."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.changes import seats_from_text
from portal.shared.domain.seats import PeopleWish
from portal.shared.services import seats as service
from portal.shared.services.seats import TooFewSeatsError
from portal.shared.services.subscriptions.standing import (
    NotPossibleError,
    SubscriptionCard,
    UnknownSubscriptionError,
)
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.people import read_people
from portal.shared.web.words import vocabulary as words


def show(subscription_id: int) -> ResponseReturnValue:
    """Who holds a seat, and a place to write who gets one."""
    return _page(card_or_404(subscription_id))


def assign(subscription_id: int) -> ResponseReturnValue:
    """Give seats to the people of a list, all of them or nobody."""
    card = card_or_404(subscription_id)
    problem = assign_people(card.id, request.form.get("people", ""), notify=not framing.quiet())
    if problem is not None:
        return _page(card, problem=problem), 422
    return redirect(framing.back_to("seats", subscription_id=card.id), 303)


def release(subscription_id: int) -> ResponseReturnValue:
    """Take seats away from the people that were ticked."""
    here = at_hand()
    card = card_or_404(subscription_id)
    ticked = [seats_from_text(text) for text in request.form.getlist("seat")]
    chosen = [seat for seat in ticked if seat is not None]
    if not chosen:
        return _page(card, release_problem=gettext("Choose who loses their seat.")), 422
    count = service.take_away(
        writing(),
        here.account.id,
        card.id,
        chosen,
        here.person.person_id,
        here.now,
        notify=not framing.quiet(),
    )
    if count:
        flash(words.seats_taken_away(count), "success")
    else:  # all of them were taken away meanwhile, or were never seats of this subscription
        flash(gettext("Nothing was changed: nobody of this subscription holds these seats any more."), "info")
    return redirect(framing.back_to("seats", subscription_id=card.id), 303)


def assign_people(subscription_id: int, typed: str, *, notify: bool) -> str | None:
    """Assign seats to the people somebody typed; gives the sentence that says why nobody got one."""
    here = at_hand()
    people, problems = read_people(typed)
    if problems:
        return " ".join(problems)
    if not people:
        return str(gettext("Write who gets a seat: one email address a line."))
    try:
        count = service.assign(
            writing(),
            here.account.id,
            subscription_id,
            people,
            here.person.person_id,
            here.now,
            notify=notify,
        )
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        return str(framing.NOT_POSSIBLE)
    except TooFewSeatsError as error:
        return words.too_few_seats(len(people), error.free)
    flash(words.seats_assigned(count), "success")
    return None


def free_seats_of(cards: list[SubscriptionCard]) -> list[dict[str, Any]]:
    """The subscriptions that have seats nobody holds yet, for a form beside each."""
    names = at_hand().catalog.names
    return [
        {
            "id": card.id,
            "name": names.product(card.product, language()),
            "free": words.free_seats(card.seats - card.held),
        }
        for card in cards
        if card.seats > card.held and card.active
    ]


def _page(
    card: SubscriptionCard,
    *,
    problem: str | None = None,
    release_problem: str | None = None,
) -> str:
    here = at_hand()
    problems = [{"field": "people", "text": problem}] if problem else []
    problems += [{"field": "seat", "text": release_problem}] if release_problem else []
    search = request.args.get("search", "").strip()[:100]
    after = framing.number_in(request.args.get("after"))
    found = service.page_of_holders(reading(), here.account.id, card.id, PeopleWish(text=search, after=after))
    return framing.shown(
        "subscription",
        card=card,
        name=framing.product_name(card),
        used_text=framing.used_of(card),
        holders=found.holders,
        search=search,
        zone=here.account.time_zone,
        first_url=framing.back_to("seats", subscription_id=card.id, search=search or None) if after else None,
        next_url=framing.back_to(
            "seats", subscription_id=card.id, search=search or None, after=found.more_after
        )
        if found.more_after
        else None,
        free=max(0, card.seats - card.held),
        free_text=words.free_seats(max(0, card.seats - card.held)),
        typed=request.values.get("people", ""),
        ticked=request.values.getlist("seat"),
        quiet=framing.quiet(),
        giving="people" in request.values,
        problem=problem,
        release_problem=release_problem,
        problems=problems,
    )
