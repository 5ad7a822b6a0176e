"""Taking personal values out of the activity, while its chains stay as they are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from portal.shared.records import activity as records


def forget_values(session: Session, needles: Collection[str], person_id: int) -> int:
    """Remove what is kept beside the chains and holds one of these words (an address, a name), in whatever letters.

    In the personal entries about `person_id` all of it goes. Gives how many values were removed. The entries, with
    numbers for people and with seals for values, stay; without its salt nobody can guess back what a seal stood for.
    """
    found = records.values_holding(session, [one for one in needles if one.strip()], person_id)
    for one in found:
        session.delete(one)
    session.flush()
    return len(found)
