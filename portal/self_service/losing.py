"""Fewer seats than people: who loses theirs is chosen in the same priced step, by searching where there are many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext

from portal.shared.domain.changes import seats_from_text, seats_to_release
from portal.shared.domain.seats import PeopleWish
from portal.shared.services import seats
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import at_hand
from portal.shared.web.transactions import reading
from portal.shared.web.words import vocabulary as words

# So many people are shown to choose from; more are found by searching.
MANY = 50


def choice(
    card: SubscriptionCard, count: int, release: Sequence[str], search: str, *, most: int = MANY
) -> dict[str, Any] | None:
    """Who could lose their seat, when fewer seats than people are wanted; whoever is ticked stays in sight."""
    needed = seats_to_release(count, card.held)
    if not needed:
        return None
    ticked = [seat for text in release if (seat := seats_from_text(text)) is not None]
    account_id = at_hand().account.id
    chosen = seats.holders_of(reading(), account_id, card.id, ticked)
    page = seats.page_of_holders(reading(), account_id, card.id, PeopleWish(text=search), size=most)
    holders = [*chosen, *(one for one in page.holders if one.seat_id not in set(ticked))]
    if not page.more_after and not search:
        holders.sort(key=lambda one: (one.name, one.email))  # everybody is there: nobody need jump to the top
    more = gettext("Not everybody is shown here: look for people by name or email address.")
    return {
        "needed": needed,
        "legend": words.people_losing_seats(needed),
        "hint": more if page.more_after else None,
        "options": [{"value": one.seat_id, "label": one.name, "detail": one.email} for one in holders],
        "values": list(release),
    }
