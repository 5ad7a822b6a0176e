"""What the account router has to say to the person who reads: one sentence on who does it for their account."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing.reasons import Reason
from portal.shared.web.words import router as router_words

# The router's own sentences greet somebody on the page they were led to; these are read before one goes there.
_BEFOREHAND: Mapping[Reason, LazyString] = {
    Reason.STAFF_DESK: lazy_gettext("You are one of our own people: task links lead you to the desk."),
    Reason.CHOOSE_ACCOUNT: lazy_gettext("You serve several accounts: you are asked which one you mean."),
    Reason.CHOOSE_SUBSCRIPTION: lazy_gettext(
        "You have several subscriptions: you are asked which one you mean."
    ),
    Reason.CHOOSE_INVOICE: lazy_gettext("You can do this yourself: choose the invoice that you want to pay."),
    Reason.ASK_REPRESENTATIVE_FOR_IT: lazy_gettext(
        "Yours is a corporate account: your representative does this, and you can ask for it online."
    ),
    Reason.ASK_CARE: lazy_gettext("Customer Care is here for your account. You can write to them online."),
}


def sentence(reason: Reason, account_name: str | None) -> str:
    """Who does what this page is about, for the account of the person who reads."""
    if reason is Reason.PAGE_DOES_IT:
        return str(gettext("For %(account)s you can do this yourself.", account=account_name or ""))
    told = _BEFOREHAND.get(reason)
    return str(told) if told is not None else router_words.sentence(reason) or ""
