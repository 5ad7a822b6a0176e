"""Reads what a person typed about a bank account. What it returns has neither the number nor the holder."""

from __future__ import annotations

import re
from collections.abc import Mapping

import stdnum.iban
import stdnum.us.rtn
from flask_babel import gettext as _
from stdnum.exceptions import ValidationError

from portal.shared.domain.payment_methods import DebitScheme
from portal.shared.gateways.sandbox.known_accounts import KnownAccount, account_numbered

ACCOUNT_FIELDS = ("account_holder", "iban", "routing_number", "account_number")

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_ASCII_DIGITS = re.compile(r"[0-9]+")
_ASCII_LETTERS_AND_DIGITS = re.compile(r"[A-Z0-9]+")
_LONGEST_NAME = 100


def read_account(form: Mapping[str, str], scheme: DebitScheme) -> tuple[KnownAccount | None, dict[str, str]]:
    """The account that was typed, or None and a sentence for each field that is wrong."""
    errors: dict[str, str] = {}
    _check_holder(form.get("account_holder", ""), errors)
    if scheme is DebitScheme.SEPA:
        iban = _read_iban(form.get("iban", ""), errors)
        known, field = account_numbered(iban), "iban"
    else:
        routing = _read_routing(form.get("routing_number", ""), errors)
        number = _read_number(form.get("account_number", ""), errors)
        known, field = account_numbered(number, routing), "account_number"
    if known is None and not set(errors) - {"account_holder"}:
        errors[field] = _(
            "Only the test accounts listed on this page work here. Never type the number of a real account."
        )
    return (None if errors else known), errors


def _read_iban(typed: str, errors: dict[str, str]) -> str:
    iban = _SEPARATORS.sub("", typed).upper()
    if not iban:
        errors["iban"] = _("Type the IBAN.")
    elif not _ASCII_LETTERS_AND_DIGITS.fullmatch(iban):
        errors["iban"] = _("Type the IBAN with the letters A to Z and the digits 0 to 9. Spaces are fine.")
    else:
        try:
            stdnum.iban.validate(iban)
        except ValidationError:
            errors["iban"] = _("This IBAN is not right. Check each letter and digit.")
    return iban


def _read_routing(typed: str, errors: dict[str, str]) -> str:
    routing = _SEPARATORS.sub("", typed)
    if not routing:
        errors["routing_number"] = _("Type the routing number of the bank.")
    elif not _ASCII_DIGITS.fullmatch(routing) or len(routing) != 9:
        errors["routing_number"] = _("A routing number has 9 digits, 0 to 9.")
    else:
        try:
            stdnum.us.rtn.validate(routing)
        except ValidationError:
            errors["routing_number"] = _("This routing number is not right. Check each digit.")
    return routing


def _read_number(typed: str, errors: dict[str, str]) -> str:
    number = _SEPARATORS.sub("", typed)
    if not number:
        errors["account_number"] = _("Type the account number.")
    elif not _ASCII_DIGITS.fullmatch(number) or not 4 <= len(number) <= 17:
        errors["account_number"] = _("An account number has 4 to 17 digits, 0 to 9.")
    return number


def _check_holder(typed: str, errors: dict[str, str]) -> None:
    name = typed.strip()
    if not name:
        errors["account_holder"] = _("Type the name of the account holder.")
    elif len(name) > _LONGEST_NAME or not name.isprintable():
        errors["account_holder"] = _("Type the name as the bank knows it, at most 100 characters.")
