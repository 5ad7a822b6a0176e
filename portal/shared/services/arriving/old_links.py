"""Old links: the page of the other portal with the very thing that a link names, where the account was moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.twins import twin_for
from portal.shared.domain.routing.visitor import Visitor
from portal.shared.records.account_moves import last_move_of
from portal.shared.records.invoices import invoice_named
from portal.shared.records.orders import order_by_reference
from portal.shared.records.payments import attempt_by_reference
from portal.shared.records.requests import request_of
from portal.shared.records.seat_reading import person_of
from portal.shared.records.subscriptions import is_seat_of, subscription_of
from portal.shared.records.webhooks import endpoint_of
from portal.shared.services.people.roster import members


def same_thing(
    session: Session, visitor: Visitor, endpoint: str, arguments: Mapping[str, Any], there: Destination
) -> Destination:
    """Where the router leads, or better: to the same thing in the portal of its account, if it is the account's."""
    twin = twin_for(visitor, endpoint, there)
    if twin is None or there.account_id is None or last_move_of(session, there.account_id) is None:
        return there  # an account that was never elsewhere has no old links: the number may be of another's thing
    account_id, known_by = there.account_id, _KNOWN | _OF_PAGE.get(endpoint.partition(".")[2], {})
    known = all(
        name in known_by and known_by[name](session, account_id, value) for name, value in arguments.items()
    )
    return replace(there, endpoint=twin, parameters=dict(arguments)) if arguments and known else there


def _holds_seat(session: Session, account_id: int, seat_id: int) -> bool:
    return is_seat_of(session, account_id, seat_id)


# What stands in addresses, and whether an account has it; a name that is not here leads to no twin.
_KNOWN: dict[str, Callable[[Session, int, Any], bool]] = {
    "name": lambda session, account_id, name: invoice_named(session, account_id, name) is not None,
    "reference": lambda session, account_id, reference: (
        order_by_reference(session, account_id, reference) is not None
    ),
    "number": lambda session, account_id, number: request_of(session, account_id, number) is not None,
    "subscription_id": lambda session, account_id, key: subscription_of(session, account_id, key) is not None,
    "seat_id": _holds_seat,
    "person_id": lambda session, account_id, key: person_of(session, account_id, key) is not None,
    "endpoint_id": lambda session, account_id, key: endpoint_of(session, account_id, key) is not None,
    "visit": lambda *_: True,  # the processor's own mark, which means nothing to anybody else
}
# Payments are named as orders are; who only holds a seat has no page among the people of the account.
_OF_PAGE: Mapping[str, dict[str, Callable[[Session, int, Any], bool]]] = {
    "payment": {
        "reference": lambda session, account_id, reference: (
            attempt_by_reference(session, account_id, reference) is not None
        )
    },
    "person": {
        "person_id": lambda session, account_id, key: any(
            one.person_id == key for one in members(session, account_id)
        )
    },
}
