"""Move a seat from one person to another in one step."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.seat_lists import LONGEST_NAME, is_address
from portal.shared.services import seats as service
from portal.shared.services.seats import Holder, HoldsOneError, Newcomer, SeatGoneError
from portal.shared.services.subscriptions.standing import NotPossibleError, SubscriptionCard
from portal.shared.web.at_hand import at_hand
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading, writing


def show(subscription_id: int, seat_id: int) -> ResponseReturnValue:
    """Whose seat it is, and a place to write who gets it."""
    card = card_or_404(subscription_id)
    return _page(card, _holder(card, seat_id))


def send(subscription_id: int, seat_id: int) -> ResponseReturnValue:
    """Take the seat from one person and give it to the other."""
    here = at_hand()
    card = card_or_404(subscription_id)
    holder = _holder(card, seat_id)
    email = request.form.get("email", "").strip()
    if not is_address(email):
        return _page(card, holder, gettext("Write the email address of the person who gets the seat.")), 422
    to = Newcomer(request.form.get("name", "").strip()[:LONGEST_NAME], email)
    try:
        service.move(
            writing(),
            here.account.id,
            card.id,
            holder.seat_id,
            to,
            here.person.person_id,
            here.now,
            notify=not framing.quiet(),
        )
    except SeatGoneError:
        abort(404)
    except HoldsOneError:
        return _page(card, holder, gettext("This person already holds a seat of the product.")), 422
    except NotPossibleError:
        return _page(card, holder, str(framing.NOT_POSSIBLE)), 422
    flash(gettext("The seat of %(old)s now belongs to %(new)s.", old=holder.name, new=email), "success")
    return redirect(framing.back_to("seats", subscription_id=card.id), 303)


def _holder(card: SubscriptionCard, seat_id: int) -> Holder:
    found = service.holder_of(reading(), at_hand().account.id, card.id, seat_id)
    if found is None:
        abort(404)
    return found


def _page(card: SubscriptionCard, holder: Holder, problem: str | None = None) -> str:
    return framing.shown(
        "move",
        card=card,
        name=framing.product_name(card),
        holder=holder,
        typed={"email": request.values.get("email", ""), "name": request.values.get("name", "")},
        quiet=framing.quiet(),
        problem=problem,
        problems=[{"field": "email", "text": problem}] if problem else [],
    )
