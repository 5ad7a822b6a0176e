"""What is said of claims: what was shown, where one stands, and why it cannot be decided."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext, pgettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.people.claims import Closed, Evidence, State

EVIDENCE: Mapping[Evidence, LazyString] = {
    Evidence.MEMBER: lazy_gettext("Signed in as somebody of this account"),
    Evidence.DOMAIN: lazy_gettext("Address of mail at the organisation's domain"),
    Evidence.INVOICE: lazy_gettext("Number and total of an invoice"),
    Evidence.CARD: lazy_gettext("Last four digits of the card on file"),
    Evidence.VAT_NUMBER: lazy_gettext("VAT number"),
    Evidence.REGISTRATION: lazy_gettext("Name and town of the organisation"),
}

CLOSED: Mapping[Closed, LazyString] = {
    Closed.ENDED: lazy_gettext("This claim has ended."),
    Closed.STILL_WAITING: lazy_gettext("It can be decided when the waiting period is over."),
    Closed.OWN_CLAIM: lazy_gettext("Nobody decides a claim they filed themselves."),
}


def state(one: State, *, decidable: bool = False) -> tuple[str, str]:
    """A claim's state in words, and the tone of its colour."""
    match one:
        case State.APPROVED:
            return pgettext("claim", "Approved"), "good"
        case State.REFUSED:
            return pgettext("claim", "Refused"), "bad"
        case State.OBJECTED:
            return gettext("Ended by an objection"), "bad"
        case State.WAITING if decidable:
            return gettext("To be decided"), "warn"
        case State.WAITING | State.UNCONFIRMED:
            return pgettext("claim", "Waiting"), "info"
