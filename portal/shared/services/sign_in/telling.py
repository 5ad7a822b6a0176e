"""Telling a person by mail what changed about their sign-in, so that they notice what they did not do."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import RESET_LINK
from portal.shared.records.people import Person
from portal.shared.services import notifications

Change = Literal[
    "password-changed",
    "one-time-codes-added",
    "one-time-codes-removed",
    "passkey-added",
    "passkey-removed",
    "recovery-codes-made",
    "recovery-code-used",
    "signed-out-by-us",
]
UNKNOWN_LANGUAGE = "pt_BR"


def tell(session: Session, person: Person, change: Change, now: datetime, *, what: str = "") -> None:
    """Write a mail about a change; `what` is the name of the thing, such as a passkey's, or the reason."""
    payload = {"name": person.name, "product": "", "change": change, "what": what, "at": now.isoformat()}
    key = f"sign-in-changed:{person.id}:{change}:{now.isoformat()}"
    language = person.language or UNKNOWN_LANGUAGE
    notifications.enqueue_mail(session, "sign-in-changed", person.email, language, payload, key, now)


def minutes_of_a_link() -> int:
    """How many minutes the link of a mail lives."""
    return int(RESET_LINK.total_seconds() // 60)
