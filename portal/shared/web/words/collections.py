"""Why a charge that is collected by itself did not succeed, in words: on pages and in mails."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.web.words.vocabulary import DECLINES

_OWN: dict[str, LazyString] = {
    "no_card": lazy_gettext("There is no card on file."),
    "needs_confirmation": lazy_gettext("The bank wants you to confirm the payment yourself."),
}


def why_not(reason: str) -> str:
    """The sentence for a reason; what is not known reads like a plain decline."""
    return str(_OWN.get(reason) or DECLINES.get(reason, DECLINES["declined"]))
