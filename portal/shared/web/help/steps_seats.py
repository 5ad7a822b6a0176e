"""Seats: the same pages in both portals, so the same steps."""

from __future__ import annotations

from flask_babel import lazy_gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.telling import Note, Step

ASSIGN_AND_TAKE_AWAY = (
    Step(
        lazy_gettext(
            "At the top choose %(seats)s: it shows your people and the products each of them may use. Choose "
            "%(manage_seats)s for one product."
        ),
        task=Task.ASSIGN_SEATS,
    ),
    Step(
        lazy_gettext(
            "Under %(who_gets_a_seat)s write one person a line, then choose %(assign_seats)s. Everybody on "
            "the list can sign in to the product from then on."
        ),
        (
            Note(
                lazy_gettext(
                    "For a long list choose %(import_a_list)s, paste it or choose a file, then "
                    "%(show_what_will_happen)s: nothing is assigned before you have seen each line."
                )
            ),
        ),
    ),
    Step(
        lazy_gettext(
            "For one person choose %(edit)s beside the name, tick what they may use and choose %(save)s. What is "
            "ticked replaces what they had; without any product they are %(suspended)s."
        )
    ),
    Step(
        lazy_gettext(
            "For many people at once tick them, or all that match your search, choose the product, then "
            "%(give_a_seat)s or %(take_the_seat_away)s."
        )
    ),
    Step(
        lazy_gettext(
            "To take seats away from one product, choose people under %(who_holds_a_seat)s, then %(take_away)s. "
            "To give a seat to somebody else in one step, choose %(move_a_seat)s."
        ),
        (
            Note(
                lazy_gettext(
                    "People are told by mail that they have got or lost a seat, unless you tick "
                    "%(do_not_notify)s."
                )
            ),
            Note(lazy_gettext("Who held a seat when, and who gave it, stands under %(seat_history)s.")),
        ),
    ),
)
