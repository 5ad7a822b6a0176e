"""Reads what a person typed about a card. What it returns has neither the number nor the security code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _

from portal.shared.gateways.sandbox.card_file import CardDetails
from portal.shared.gateways.sandbox.known_cards import KnownCard, card_numbered

CARD_FIELDS = ("card_number", "expiry", "security_code", "card_holder")

_SEPARATORS = re.compile(
    r"[\s\-\u2010-\u2015]+"
)  # blanks of every kind and dashes, as on the card or in a copied number
_ASCII_DIGITS = re.compile(r"[0-9]+")
_EXPIRY = re.compile(r"([0-9]{1,2})\s*[/\-. ]\s*((?:20)?[0-9]{2})|([0-9]{2})((?:20)?[0-9]{2})")
_LONGEST_NAME = 100


def read_card(form: Mapping[str, str], now: datetime) -> tuple[CardDetails | None, dict[str, str]]:
    """The card that was typed, or None and a sentence for each field that is wrong.

    `now` decides whether the card has expired; a card is good to the end of its month, UTC.
    """
    errors: dict[str, str] = {}
    known = _read_number(form.get("card_number", ""), errors)
    expiry = _read_expiry(form.get("expiry", ""), now, errors)
    _check_security_code(form.get("security_code", ""), known, errors)
    _check_holder(form.get("card_holder", ""), errors)
    if errors or known is None or expiry is None:
        return None, errors
    year, month = expiry
    return CardDetails(known.name, known.brand, known.last4, month, year), {}


def luhn_holds(number: str) -> bool:
    """Whether the check digit of a number of ASCII digits is right (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    return (sum(map(int, number[-1::-2])) + sum(value - 9 * (value > 9) for value in doubled)) % 10 == 0


def _read_number(typed: str, errors: dict[str, str]) -> KnownCard | None:
    number = _SEPARATORS.sub("", typed)
    known = None
    if not number:
        errors["card_number"] = _("Type the card number.")
    elif not _ASCII_DIGITS.fullmatch(number):
        errors["card_number"] = _("Type the card number with the digits 0 to 9. Spaces are fine.")
    elif not 12 <= len(number) <= 19:
        errors["card_number"] = _("A card number has 12 to 19 digits. Check that none is missing.")
    elif not luhn_holds(number):
        errors["card_number"] = _("This card number is not right. Check each digit.")
    else:
        known = card_numbered(number)
        if known is None:
            errors["card_number"] = _(
                "Only the test cards listed on this page work here. Never type the number of a real card."
            )
    return known


def _read_expiry(typed: str, now: datetime, errors: dict[str, str]) -> tuple[int, int] | None:
    """Year and month."""
    typed = typed.strip()
    found = _EXPIRY.fullmatch(typed)
    if not typed:
        errors["expiry"] = _("Type the expiry date of the card.")
    elif found is None or not 1 <= int(found[1] or found[3]) <= 12:
        errors["expiry"] = _("Type the expiry date as month and year, for example 04/30.")
    else:
        expiry = 2000 + int(found[2] or found[4]) % 100, int(found[1] or found[3])
        if expiry >= (now.year, now.month):
            return expiry
        errors["expiry"] = _("This card has expired. Check the date, or use another card.")
    return None


def _check_security_code(typed: str, known: KnownCard | None, errors: dict[str, str]) -> None:
    code = typed.strip()
    lengths = (3, 4) if known is None else (4,) if known.brand == "American Express" else (3,)
    if not code:
        errors["security_code"] = _("Type the security code.")
    elif not _ASCII_DIGITS.fullmatch(code):
        errors["security_code"] = _("Type the security code with the digits 0 to 9.")
    elif len(code) not in lengths:
        errors["security_code"] = (
            _("The security code of this card has 4 digits. They are on its front.")
            if lengths == (4,)
            else _("The security code of this card has 3 digits. They are on its back.")
        )


def _check_holder(typed: str, errors: dict[str, str]) -> None:
    name = typed.strip()
    if not name:
        errors["card_holder"] = _("Type the name on the card.")
    elif len(name) > _LONGEST_NAME or not name.isprintable():
        errors["card_holder"] = _("Type the name as it is on the card, at most 100 characters.")
