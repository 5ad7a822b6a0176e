"""What a card processor tells us of its own accord (webhooks): taken in once, answered by asking how things stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError

from portal.shared.domain.order_states import OPEN_STATES
from portal.shared.gateways.card_messages import Message
from portal.shared.gateways.cards import CardProcessor, ProcessorUnavailable
from portal.shared.records.database import Database
from portal.shared.records.payments import ProcessorEvent
from portal.shared.services.charges import answers as charges

_log = structlog.stdlib.get_logger("portal.processor_messages")


def take(
    database: Database,
    processor: CardProcessor,
    clock: Callable[[], datetime],
    message: Message,
    payment_path: str,
) -> bool:
    """Do what a message asks for and say whether it was new.

    It is noted after the work: a message whose work failed comes again, and work that is done twice has no effect.

    Raises:
        ProcessorUnavailable: what happened cannot be asked for now; nothing was noted.
    """
    with database.read() as session:
        if session.get(ProcessorEvent, message.id) is not None:
            return False
    try:
        if message.charge_key is not None:
            state = charges.resume(database, processor, clock, message.charge_key)
            if message.ended and state in OPEN_STATES:
                raise ProcessorUnavailable("it says that a charge was decided, and does not answer how")
        elif message.card_session is not None:
            charges.card_typed(database, processor, clock, message.card_session, payment_path)
    except LookupError:
        # Of another installation with the same account at the processor: not ours, and never will be.
        _log.info("a message about something unknown", message=message.id, kind=message.kind)
    try:
        with database.write() as session:
            session.add(ProcessorEvent(id=message.id, kind=message.kind, at=clock()))
    except IntegrityError:  # the same message at the same moment
        return False
    return True
