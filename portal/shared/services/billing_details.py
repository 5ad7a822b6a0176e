"""The address and telephone of an account, as its billing contact keeps them current. Name and country are staff's."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.records.accounts import account_by_id, lock_account
from portal.shared.services import accounts, activity


@dataclass(frozen=True, slots=True)
class Details:
    """What a billing contact may write."""

    street: str
    postal_code: str
    city: str
    region: str
    phone: str


class Problem(StrEnum):
    """Why a field was not kept."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NO_POSTAL_CODE = "no_postal_code"
    NO_PHONE = "no_phone"


LONGEST = {"street": 120, "postal_code": 12, "city": 80, "region": 80, "phone": 30}
_NEEDED = frozenset({"street", "city"})

# Plain digits and letters: postal codes of every country, telephone numbers with what people set between the digits.
_POSTAL_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*")
_PHONE = re.compile(r"\+?[0-9 ()./-]*[0-9][0-9 ()./-]*( ?(ext\.?|x) ?[0-9]{1,6})?", re.IGNORECASE)


def details_of(session: Session, account_id: int) -> Details:
    """The details as they stand.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    return Details(account.street, account.postal_code, account.city, account.region, account.phone)


def change(
    session: Session, account_id: int, wanted: Details, person_id: int, now: datetime
) -> dict[str, Problem]:
    """Keep new details, each change with its old value in the activity log; or say what is wrong with which field.

    Invoices that were written keep the address they were written with.
    """
    account = lock_account(session, account_id)
    tidy = {name: " ".join(text.split()) for name, text in asdict(wanted).items()}
    problems = {name: problem for name, text in tidy.items() if (problem := _problem(name, text)) is not None}
    if problems:
        return problems
    changed = {
        name: {"before": getattr(account, name), "after": text}
        for name, text in tidy.items()
        if getattr(account, name) != text
    }
    for name in changed:
        setattr(account, name, tidy[name])
    if changed:
        activity.record(session, account_id, person_id, "billing-details-changed", changed, now)
    return {}


def _problem(name: str, text: str) -> Problem | None:
    if not text:
        return Problem.MISSING if name in _NEEDED else None
    if len(text) > LONGEST[name]:
        return Problem.TOO_LONG
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} for letter in text):
        return Problem.UNREADABLE
    if name == "postal_code" and not _POSTAL_CODE.fullmatch(text):
        return Problem.NO_POSTAL_CODE
    if name == "phone" and not _PHONE.fullmatch(text):
        return Problem.NO_PHONE
    return None
