"""A button that was pressed twice: the second press waits a moment for the first, so that both see how it ended."""

from __future__ import annotations

import time

from portal.shared.domain.order_states import OrderState
from portal.shared.domain.patience import seconds_left
from portal.shared.services.charges import answers as charges
from portal.shared.services.equipment import DatabaseError, is_passing
from portal.shared.web.transactions import database, look_again

_A_MOMENT = 3.0
_BETWEEN_LOOKS = 0.1
# Whoever has waited for a lock before has less of a moment left: the page that follows needs its time, too.
_FOR_THE_PAGE = 1.0


def let_the_first_end(reference: str, state: OrderState = OrderState.STARTED) -> bool:
    """Wait while another request is charging this very order or payment, for three seconds at most; say if it ended.

    `state` is how far it came, where that is known: what has come further is not looked at again. Whatever has not
    ended by then is answered 409, with the page that says so.
    """
    if state is not OrderState.STARTED:
        return True
    try:
        return _ended(reference)
    except DatabaseError as error:
        if not is_passing(error):
            raise
        # The charge may have been made, so no error may be the answer: the order's page tells more.
        return True


def _ended(reference: str) -> bool:
    began = time.monotonic()
    enough = began + min(_A_MOMENT, seconds_left(began) - _FOR_THE_PAGE)
    while charges.is_being_asked(database(), reference):
        if time.monotonic() >= enough:
            look_again()  # the charge is newer than what this request has read
            return False
        time.sleep(_BETWEEN_LOOKS)
    return True
