"""Why something cannot be put right, as a sentence beside the field it is about."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.services.corrections import credit_notes, refunds, write_offs

_ON_ITS_WAY = lazy_gettext("An order or a payment of this account is on its way. Wait until it is settled.")
_REASON = lazy_gettext("Write the reason. The customer reads it.")
_SHORTER = lazy_gettext("This reason is too long. Write it in 500 characters.")
_LIMIT = lazy_gettext("This is beyond your limit. A manager can do it.")

_Credit, _Refund, _WriteOff = credit_notes.Trouble, refunds.Trouble, write_offs.Trouble

CREDIT: dict[credit_notes.Trouble, tuple[str, LazyString]] = {
    _Credit.NOTHING: ("amounts", lazy_gettext("Enter an amount for at least one line.")),
    _Credit.MORE_THAN_REST: ("amounts", lazy_gettext("That is more than is left of the line.")),
    _Credit.NOT_AN_INVOICE: ("amounts", lazy_gettext("A credit note cannot be corrected.")),
    _Credit.WRITTEN_OFF: ("amounts", lazy_gettext("This invoice was written off.")),
    _Credit.ON_ITS_WAY: ("amounts", _ON_ITS_WAY),
    _Credit.REASON_MISSING: ("reason", _REASON),
    _Credit.REASON_TOO_LONG: ("reason", _SHORTER),
    _Credit.BEYOND_LIMIT: ("amounts", _LIMIT),
}
REFUND: dict[refunds.Trouble, tuple[str, LazyString]] = {
    _Refund.NOTHING: ("amount", lazy_gettext("Enter the amount that goes back.")),
    _Refund.OTHER_CURRENCY: ("amount", lazy_gettext("This account pays in another currency.")),
    _Refund.MORE_THAN_BALANCE: ("amount", lazy_gettext("That is more than the balance of the account.")),
    _Refund.MORE_THAN_PAYMENT: ("amount", lazy_gettext("That is more than is left of this payment.")),
    _Refund.NO_PAYMENT: ("payment", lazy_gettext("Choose one of the payments of the list.")),
    _Refund.BEYOND_LIMIT: ("amount", _LIMIT),
    _Refund.ON_ITS_WAY: ("amount", _ON_ITS_WAY),
    _Refund.REASON_MISSING: ("reason", _REASON),
    _Refund.REASON_TOO_LONG: ("reason", _SHORTER),
    _Refund.KEY_REUSED: (
        "amount",
        lazy_gettext("This page was used for another refund. Check it and try again."),
    ),
}
WRITE_OFF: dict[write_offs.Trouble, tuple[str, LazyString]] = {
    _WriteOff.NOTHING_OPEN: ("reason", lazy_gettext("Nothing of this invoice is open.")),
    _WriteOff.CHANGED: ("reason", lazy_gettext("What is open has changed. Check it and try again.")),
    _WriteOff.ON_ITS_WAY: ("reason", _ON_ITS_WAY),
    _WriteOff.REASON_MISSING: ("reason", lazy_gettext("Write the reason.")),
    _WriteOff.REASON_TOO_LONG: ("reason", _SHORTER),
}
