"""A line of the log for each try to come in: how, how it ended, and who it was once their secret was right."""

from __future__ import annotations

import structlog

_log = structlog.stdlib.get_logger("portal.sign_in")


def note_sign_in(how: str, outcome: str, person_id: int | None) -> None:
    """Keep it, with the person's number alone: nothing is told of whom somebody tried to be."""
    who = {} if person_id is None else {"person": person_id}
    _log.info("sign-in", how=how, outcome=str(outcome), **who)
