"""Seats: giving, taking, moving, choosing, importing them, and who held which when; never more than were bought."""

from portal.shared.services.seats.assigning import Newcomer, TooFewSeatsError, assign, promised
from portal.shared.services.seats.choosing import (
    MOST_AT_ONCE,
    Chosen,
    HeldMeanwhileError,
    TooManyPeopleError,
    UnknownPersonError,
    choose,
    give_to_many,
    take_from_many,
)
from portal.shared.services.seats.history import Spell, SpellPage, page_of_history
from portal.shared.services.seats.importing import ImportPlan, PlanMovedError, confirm, preview
from portal.shared.services.seats.moving import HoldsOneError, SeatGoneError, move
from portal.shared.services.seats.people import PeoplePage, PersonSeats, one_person, page_of_people
from portal.shared.services.seats.promising import as_choices, check_choices, check_room, keep_promises
from portal.shared.services.seats.reading import (
    Holder,
    HolderPage,
    holder_of,
    holders,
    holders_of,
    page_of_holders,
)
from portal.shared.services.seats.taking_away import release, take_away

__all__ = [
    "MOST_AT_ONCE",
    "Chosen",
    "HeldMeanwhileError",
    "Holder",
    "HolderPage",
    "HoldsOneError",
    "ImportPlan",
    "Newcomer",
    "PeoplePage",
    "PersonSeats",
    "PlanMovedError",
    "SeatGoneError",
    "Spell",
    "SpellPage",
    "TooFewSeatsError",
    "TooManyPeopleError",
    "UnknownPersonError",
    "as_choices",
    "assign",
    "check_choices",
    "check_room",
    "choose",
    "confirm",
    "give_to_many",
    "holder_of",
    "holders",
    "holders_of",
    "keep_promises",
    "move",
    "one_person",
    "page_of_history",
    "page_of_holders",
    "page_of_people",
    "preview",
    "promised",
    "release",
    "take_away",
    "take_from_many",
]
