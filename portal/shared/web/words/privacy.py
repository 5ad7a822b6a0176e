"""What is said about personal data: why it is held, what stands in the way of forgetting somebody."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.erasure import Obstacle
from portal.shared.services.privacy.obstacles import Hindrance
from portal.shared.services.privacy.treatment import Why

REASONS: Mapping[Why, tuple[LazyString, LazyString]] = {
    Why.SIGN_IN: (
        lazy_gettext("Your name and how you sign in"),
        lazy_gettext(
            "Name, email, phone and language; your password as a fingerprint, and your second factors."
        ),
    ),
    Why.SAFETY: (
        lazy_gettext("What keeps your sign-in safe"),
        lazy_gettext("Where you are signed in, and failed attempts, for hours or until you sign out."),
    ),
    Why.SERVICE: (
        lazy_gettext("What you do for an account"),
        lazy_gettext("Your roles and seats, what you asked for, and the mails we sent you."),
    ),
    Why.PROOF: (
        lazy_gettext("What you did"),
        lazy_gettext(
            "The activity of your accounts says who changed what, so that nobody is blamed wrongly."
        ),
    ),
    Why.CONTRACT: (
        lazy_gettext("What stands on contracts"),
        lazy_gettext(
            "The billing details of the organisation; of somebody who trades alone they are personal."
        ),
    ),
    Why.BOOKS: (
        lazy_gettext("What the law makes us keep"),
        lazy_gettext("Invoices, payments and the ledger, also after you have been forgotten."),
    ),
}


def hindrance(one: Hindrance) -> str:
    """What stands in the way, and what to do about it."""
    if one.obstacle is Obstacle.OUR_STAFF:
        return str(gettext("You work for us: your employer's office looks after your data."))
    if one.obstacle is Obstacle.LAST_CONTACT:
        return str(
            gettext(
                "You are the last billing contact of %(account)s: invite somebody else to be one, or cancel what runs "
                "there and pay what is open.",
                account=one.account,
            )
        )
    if one.obstacle is Obstacle.OPEN_REQUEST:
        return str(
            gettext(
                "Your request %(number)s for %(account)s is not answered yet. Wait for the answer, or withdraw it.",
                number=one.about,
                account=one.account,
            )
        )
    return str(
        gettext(
            "Your payment %(number)s for %(account)s is still on its way. Wait until it is settled, or cancel it.",
            number=one.about,
            account=one.account,
        )
    )


def of_another(one: Hindrance) -> str:
    """The same, told to one of our own people about somebody else."""
    if one.obstacle is Obstacle.LAST_CONTACT:
        return str(
            gettext(
                "Last billing contact of %(account)s, where something still runs or is owed",
                account=one.account,
            )
        )
    if one.obstacle is Obstacle.OPEN_REQUEST:
        return str(
            gettext(
                "Request %(number)s of %(account)s is not answered", number=one.about, account=one.account
            )
        )
    if one.obstacle is Obstacle.OPEN_PAYMENT:
        return str(
            gettext("Payment %(number)s of %(account)s is on its way", number=one.about, account=one.account)
        )
    return hindrance(one)
