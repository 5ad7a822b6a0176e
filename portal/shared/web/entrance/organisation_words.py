"""What is said to somebody who does not get in through their organisation: why, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from portal.shared.services.organisations.coming_back import Arrival, Arrived

BUSY = lazy_gettext(
    "The sign-in of your organisation does not answer just now. Try again in a minute. If it lasts, tell your IT team."
)
_DOUBT = lazy_gettext(
    "The answer of your organisation’s sign-in was not in order, so we have not let you in. Start again. If it "
    "happens twice, give your IT team the number below."
)


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """What the page says; `status` is that of the answer."""

    heading: str
    sentence: str
    status: int


def refusal_of(arrived: Arrived) -> RefusalWords:
    """Why somebody does not get in, without a word about other people."""
    heading, status = gettext("You are not signed in"), 403
    if arrived.arrival is Arrival.STRAY:
        status = 400
    elif arrived.arrival is Arrival.TROUBLE:
        status = 503
    elif arrived.arrival is Arrival.SOMEBODY_ELSE:
        heading = gettext("That was somebody else")
    return RefusalWords(heading, str(_sentence(arrived)), status)


def _sentence(arrived: Arrived) -> object:
    name = arrived.provider_name
    match arrived.arrival:
        case Arrival.STRAY:
            return gettext(
                "This sign-in took too long, was used already, or was begun in another browser. Start again."
            )
        case Arrival.DENIED:
            return gettext(
                "The sign-in was stopped at %(organisation)s. Nothing was changed.", organisation=name
            )
        case Arrival.TROUBLE:
            return BUSY
        case Arrival.SOMEBODY_ELSE:
            return gettext(
                "Somebody else is signed in at %(organisation)s. Sign in there as yourself.",
                organisation=name,
            )
        case Arrival.NO_ADDRESS | Arrival.NOT_VERIFIED:
            return gettext(
                "%(organisation)s did not confirm your email address to us. Ask your IT team to send a confirmed "
                "address along (email, email_verified).",
                organisation=name,
            )
        case Arrival.OTHER_DOMAIN:
            return gettext(
                "Your email address is not one of those that %(organisation)s signs in here. Ask your IT team, or "
                "sign in with your password.",
                organisation=name,
            )
        case Arrival.UNKNOWN | Arrival.STAFF | Arrival.DISABLED:
            return gettext(
                "%(organisation)s knows you, but you have no access here yet. Ask whoever looks after the account "
                "at your organisation to add you with this email address.",
                organisation=name,
            )
        case Arrival.OTHER_SUBJECT:
            return gettext(
                "You came from %(organisation)s under another identity before. Ask whoever looks after the account "
                "at your organisation: we have to let go of the old one first.",
                organisation=name,
            )
        case _:
            return _DOUBT
