"""A button that was pressed twice: the second press waits a moment for the first, so that both see how it ended."""

from __future__ import annotations

import time

from portal.shared.services.charges import answers as charges
from portal.shared.web.transactions import database

_A_MOMENT = 3.0
_BETWEEN_LOOKS = 0.1


def let_the_first_end(reference: str) -> None:
    """Wait while another request is charging this very order or payment, for three seconds at most.

    Whatever has not ended by then has a page that says so.
    """
    enough = time.monotonic() + _A_MOMENT
    while charges.is_being_asked(database(), reference) and time.monotonic() < enough:
        time.sleep(_BETWEEN_LOOKS)
