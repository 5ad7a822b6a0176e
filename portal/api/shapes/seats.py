"""Seats and their holders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from portal.api.shapes.basics import Address, Number, Seats
from portal.api.typed import Limits


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat and who holds it. `person` is the number under which webhooks name them."""

    id: int
    person: int
    name: str
    email: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SeatPage:
    """Seats in the order of their holders' names."""

    items: tuple[Seat, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Somebody who gets a seat."""

    email: Address
    name: Annotated[str, Limits(longest=120)] = ""


@dataclass(frozen=True, slots=True)
class NewSeats:
    """Who gets a seat: all of them, or nobody. Who holds one keeps it."""

    people: Annotated[tuple[NewHolder, ...], Limits(shortest=1, longest=500)]
    notify: bool = True


@dataclass(frozen=True, slots=True)
class AddedSeats:
    """So many seats more, to the renewal date of the contract and at its price."""

    seats: Seats


@dataclass(frozen=True, slots=True)
class WantedSeats:
    """So many seats more; `replacing` names the open quotes that this one takes the place of."""

    seats: Seats
    replacing: Annotated[tuple[Number, ...], Limits(longest=100)] = ()


@dataclass(frozen=True, slots=True)
class SeatsGiven:
    """How many people got a seat now; the others held one."""

    assigned: int
