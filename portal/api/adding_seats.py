"""Seats that are added to a contract: priced to its renewal date, and made a quote that is accepted like any other."""

from __future__ import annotations

from portal.api import quotes, shapes, telling
from portal.api.account import found
from portal.api.entering import Caller
from portal.api.keys import Key
from portal.api.operations import CORPORATE, ONE_SUBSCRIPTION, Operation
from portal.api.orders import refused
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.routing.tasks import Task
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.quotes import adding_seats
from portal.shared.services.quotes.adding_seats import FITTING, NotAdded, Offered, OpenQuotes
from portal.shared.services.quotes.moves import OnItsWayError
from portal.shared.services.quotes.pricing import PricedQuote
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.transactions import reading, writing


def summarise(caller: Caller, subscription_id: int, body: shapes.AddedSeats) -> shapes.Summary:
    """What so many more seats would cost now; nothing is kept."""
    _fitting(caller, subscription_id)
    priced = adding_seats.price_seats(
        reading(), caller.account_id, subscription_id, body.seats, seller_taxes(), caller.now
    )
    if not priced.whole or priced.summary is None:
        raise _refused(priced)
    return telling.summary(caller, priced.summary)


def offer(
    caller: Caller, subscription_id: int, key: Key, body: shapes.WantedSeats
) -> tuple[shapes.Quote, int]:
    """Make the quote for them. Nothing is ordered before it is accepted."""
    _fitting(caller, subscription_id)

    def add() -> int:
        answer = adding_seats.add(
            writing(),
            caller.account_id,
            subscription_id,
            body.seats,
            caller.person_id,
            seller_taxes(),
            caller.now,
            replacing=frozenset(body.replacing),
        )
        match answer:
            case Offered(number=number):
                return number
            case OpenQuotes(numbers=numbers):
                detail = "Open quotes are answered first, or named in `replacing`."
                raise Problem(409, "open_quotes", detail, quotes=numbers)
            case NotAdded(priced=priced):
                raise _refused(priced)

    try:
        number = key.once(add)
    except OnItsWayError:
        raise Problem(409, "on_its_way", "A quote is being ordered at this moment.") from None
    return quotes.show(caller, number), 201


def _fitting(caller: Caller, subscription_id: int) -> None:
    """Seats are added to what was bought and runs."""
    card = found(caller, subscription_id)
    if card.standing not in FITTING or card.terms is None:
        raise Problem(422, "not_sold", "Seats are added to what was bought and still runs.")


def _refused(priced: PricedQuote) -> Problem:
    return refused(Priced(None, priced.refused))


OPERATIONS = (
    Operation(
        "seats_summary",
        "POST",
        f"{ONE_SUBSCRIPTION}/seats/summaries",
        summarise,
        Scope.SUBSCRIPTIONS_READ,
        "What seats added to a contract would cost now; nothing is kept.",
        shapes.Summary,
        {CORPORATE: "corporate.seats_summary"},
        task=Task.ADD_SEATS,
        body=shapes.AddedSeats,
        refusals=(404, 422),
    ),
    Operation(
        "seats_quote",
        "POST",
        f"{ONE_SUBSCRIPTION}/seats/quotes",
        offer,
        Scope.QUOTES_WRITE,
        "Make a quote for seats added to a contract; accepting it orders them.",
        shapes.Quote,
        {CORPORATE: "corporate.take_seats"},
        task=Task.ADD_SEATS,
        body=shapes.WantedSeats,
        statuses=(201,),
        refusals=(404, 409, 422),
    ),
)
