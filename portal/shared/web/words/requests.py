"""The words for requests: what is asked for, where it stands, what has happened, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext, pgettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.contact_change import Lack
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.services.requests import Obstacle

KINDS: Mapping[RequestKind, LazyString] = {
    RequestKind.LOWER_PLAN: lazy_gettext("A lower plan"),
    RequestKind.BILLING_CONTACT: lazy_gettext("Another billing contact"),
    RequestKind.DISPUTE: lazy_gettext("An invoice that is wrong"),
    RequestKind.FREQUENCY: lazy_gettext("Another billing frequency"),
    RequestKind.OTHER_PRODUCT: lazy_gettext("Another product"),
    RequestKind.COUNTRY: lazy_gettext("Another country"),
    RequestKind.CANCELLATION: lazy_gettext("Cancelling within the term"),
    RequestKind.ACCOUNT_TYPE: lazy_gettext("Another account type"),
    RequestKind.OTHER: lazy_gettext("Something else"),
}

# What one reads before choosing; a lower plan and a dispute begin elsewhere.
HINTS: Mapping[RequestKind, LazyString] = {
    RequestKind.BILLING_CONTACT: lazy_gettext(
        "Somebody else looks after billing, beside you or instead of you."
    ),
    RequestKind.FREQUENCY: lazy_gettext("Pay by the month instead of by the year, or the other way round."),
    RequestKind.OTHER_PRODUCT: lazy_gettext("A product you do not have yet, with the seats you need."),
    RequestKind.COUNTRY: lazy_gettext("The organisation moves, and its tax with it."),
    RequestKind.CANCELLATION: lazy_gettext("End a subscription before its contract does."),
    RequestKind.ACCOUNT_TYPE: lazy_gettext(
        "Move to the other portal: with a representative and a contract, or by yourselves at list prices."
    ),
    RequestKind.OTHER: lazy_gettext("Write what you need in your own words."),
}

_STATES: Mapping[RequestState, tuple[LazyString, str]] = {
    RequestState.OPEN: (lazy_gettext("Waiting for Customer Care"), "info"),
    RequestState.TAKEN: (lazy_gettext("Being worked on"), "brand"),
    RequestState.DONE: (lazy_gettext("Done"), "good"),
    RequestState.DECLINED: (lazy_gettext("Declined"), "neutral"),
    RequestState.WITHDRAWN: (lazy_gettext("Withdrawn"), "neutral"),
}
_WAITING_FOR_REP = lazy_gettext("Waiting for your representative")

AT_THE_DESK: Mapping[RequestState, tuple[LazyString, str]] = {
    **_STATES,
    RequestState.OPEN: (lazy_gettext("Nobody has it yet"), "warn"),
}

MISSING: Mapping[Lack | Obstacle, LazyString] = {
    Lack.NO_CARD: lazy_gettext(
        "This account has no card on file, so there is nothing that could be verified. Decline the request."
    ),
    Lack.NOT_FOUR_DIGITS: lazy_gettext("Write the last four digits of the card, as the person names them."),
    Lack.OTHER_CARD: lazy_gettext("No card on file ends in these digits."),
    Lack.NOT_ENTITLED: lazy_gettext(
        "The person who asks is no admin of the account, so they have to be the holder of the card."
    ),
    Lack.ASKER_LEFT: lazy_gettext(
        "The person who asked is no longer a billing contact or an admin of this account. Decline the request."
    ),
    Obstacle.OUR_STAFF: lazy_gettext("This is one of our own people. Decline the request."),
    Obstacle.CLOSED_SIGN_IN: lazy_gettext(
        "The sign-in of this person is closed, so nobody could act as the contact. Decline the request."
    ),
    Obstacle.UNKNOWN_OLD_CONTACT: lazy_gettext("Choose one of the billing contacts of this account."),
    Obstacle.SAME_PERSON: lazy_gettext("The new contact cannot be the one who goes."),
}

# Beside which field of the desk's form a missing thing stands; the others stand on top alone.
FIELDS: Mapping[Lack | Obstacle, str] = {
    Lack.NOT_FOUR_DIGITS: "last_digits",
    Lack.OTHER_CARD: "last_digits",
    Lack.NOT_ENTITLED: "name_on_card",
    Obstacle.UNKNOWN_OLD_CONTACT: "old_contact",
    Obstacle.SAME_PERSON: "old_contact",
}


def state(of: RequestState, account_type: str) -> tuple[str, str]:
    """Where a request stands, as its customer reads it, and the tone of that."""
    word, tone = _STATES[of]
    if of is RequestState.OPEN and account_type == "corporate":
        word = _WAITING_FOR_REP
    return str(word), tone


def desk_name(account_type: str) -> str:
    """Who answers."""
    return str(gettext("Your representative") if account_type == "corporate" else gettext("Customer Care"))


def desk_as_subject(account_type: str) -> str:
    """Who answers, as the subject of a sentence, where languages may put an article before it."""
    if account_type == "corporate":
        return str(pgettext("subject", "Your representative"))
    return str(pgettext("subject", "Customer Care"))


def happened(event: str, person: str) -> str:
    """One thing of the history as a sentence."""
    sentences = {
        "ask": gettext("%(person)s asked for it.", person=person),
        "renew": gettext("%(person)s changed what is asked for.", person=person),
        "take": gettext("%(person)s takes care of it.", person=person),
        "hand_back": gettext("%(person)s gave it back to the desk.", person=person),
        "note": gettext("%(person)s wrote:", person=person),
        "carry_out": gettext("%(person)s has done it.", person=person),
        "decline": gettext("%(person)s declined it.", person=person),
        "withdraw": gettext("%(person)s withdrew the request.", person=person),
    }
    return str(sentences[event])
