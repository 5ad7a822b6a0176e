"""Seats of a subscription: who holds one, who gets one, who loses one."""

from __future__ import annotations

from portal.api import shapes
from portal.api.account import found
from portal.api.entering import Caller
from portal.api.operations import ONE_SUBSCRIPTION, Operation, both
from portal.api.problems import Problem
from portal.api.typed import Wrong
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.seat_lists import is_address
from portal.shared.domain.seats import PeopleWish
from portal.shared.services import seats
from portal.shared.services.subscriptions.standing import NotPossibleError
from portal.shared.web.transactions import reading, writing


def listed(caller: Caller, subscription_id: int, query: shapes.FurtherPage) -> shapes.SeatPage:
    """Who holds a seat, by name."""
    found(caller, subscription_id)
    page = seats.page_of_holders(
        reading(), caller.account_id, subscription_id, PeopleWish(after=query.after), shapes.A_PAGE
    )
    return shapes.SeatPage(
        tuple(
            shapes.Seat(one.seat_id, one.person_id, one.name, one.email, one.since) for one in page.holders
        ),
        page.more_after,
    )


def assign(caller: Caller, subscription_id: int, body: shapes.NewSeats) -> shapes.SeatsGiven:
    """Give seats to people, all of them or nobody."""
    found(caller, subscription_id)
    wrong = tuple(
        Wrong(f"/people/{at}/email", "is no address of mail")
        for at, one in enumerate(body.people)
        if not is_address(one.email)
    )
    if wrong:
        raise Problem(422, "not_an_address", wrong=wrong)
    newcomers = [seats.Newcomer(one.name, one.email) for one in body.people]
    try:
        count = seats.assign(
            writing(),
            caller.account_id,
            subscription_id,
            newcomers,
            caller.person_id,
            caller.now,
            notify=body.notify,
        )
    except NotPossibleError:
        raise Problem(
            409, "no_access", "Seats of this subscription cannot be assigned as it stands."
        ) from None
    except seats.TooFewSeatsError as error:
        raise Problem(409, "too_few_seats", f"{error.free} seats are free.", free=error.free) from None
    return shapes.SeatsGiven(count)


def take_away(caller: Caller, subscription_id: int, seat_id: int) -> None:
    """Take a seat away from whoever holds it."""
    found(caller, subscription_id)
    taken = seats.take_away(
        writing(), caller.account_id, subscription_id, [seat_id], caller.person_id, caller.now, notify=True
    )
    if not taken:
        raise Problem(404, "not_found")


OPERATIONS = (
    Operation(
        "seats",
        "GET",
        f"{ONE_SUBSCRIPTION}/seats",
        listed,
        Scope.SEATS_READ,
        "Who holds a seat.",
        shapes.SeatPage,
        both("seats"),
        query=shapes.FurtherPage,
        refusals=(404,),
    ),
    Operation(
        "assign_seats",
        "POST",
        f"{ONE_SUBSCRIPTION}/seats",
        assign,
        Scope.SEATS_WRITE,
        "Give seats to people: all of them, or nobody.",
        shapes.SeatsGiven,
        both("assign_seats"),
        body=shapes.NewSeats,
        refusals=(404, 409, 422),
    ),
    Operation(
        "take_seat_away",
        "DELETE",
        f"{ONE_SUBSCRIPTION}/seats/<int:seat_id>",
        take_away,
        Scope.SEATS_WRITE,
        "Take a seat away.",
        None,
        both("release_seats"),
        statuses=(204,),
        refusals=(404,),
    ),
)
