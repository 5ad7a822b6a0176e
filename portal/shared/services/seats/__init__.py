"""Seats: giving, taking, moving, choosing, importing them, and who held which when; never more than were bought."""

from portal.shared.services.seats.assigning import Newcomer, TooFewSeatsError, assign, promised
from portal.shared.services.seats.moving import HoldsOneError, SeatGoneError, move
from portal.shared.services.seats.reading import Holder, HolderPage, holders, page_of_holders
from portal.shared.services.seats.taking_away import release, take_away

__all__ = [
    "Holder",
    "HolderPage",
    "HoldsOneError",
    "Newcomer",
    "SeatGoneError",
    "TooFewSeatsError",
    "assign",
    "holders",
    "move",
    "page_of_holders",
    "promised",
    "release",
    "take_away",
]
