"""People as somebody types them: a line each, a name and an address of mail or the address alone."""

from __future__ import annotations

from flask_babel import gettext

from portal.shared.domain.seat_lists import is_address, read_list
from portal.shared.services.seats import Newcomer

__all__ = ["MOST", "is_address", "read_people"]

MOST = 500


def read_people(text: str) -> tuple[list[Newcomer], list[str]]:
    """The people of a text, and a sentence for each line that is none. Empty lines do not count."""
    lines = read_list(text)
    if len(lines) > MOST:
        return [], [str(gettext("Write up to %(most)d people at once.", most=MOST))]
    people = [Newcomer(one.name, one.address) for one in lines if one.address]
    problems = [
        str(gettext("“%(line)s” is not an email address.", line=one.text[:80]))
        for one in lines
        if not one.address
    ]
    return people, problems
