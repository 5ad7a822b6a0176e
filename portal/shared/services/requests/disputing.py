"""An invoice is said to be wrong, within the days there are for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.disputes import last_day_to_dispute, may_dispute
from portal.shared.domain.wishes import Dispute
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.invoices import invoice_named
from portal.shared.services.accounts import today
from portal.shared.services.requests.asking import ask
from portal.shared.services.requests.errors import TooLateError


@dataclass(frozen=True, slots=True)
class Disputable:
    """An invoice and until when it may be disputed; `may` is whether that is still so. A credit note never is."""

    name: str
    issued_on: date
    last_day: date
    may: bool


def disputable(session: Session, account_id: int, invoice_name: str, now: datetime) -> Disputable:
    """Whether and until when an account may dispute an invoice.

    Raises:
        LookupError: this account has no such invoice.
    """
    invoice = invoice_named(session, account_id, invoice_name)
    if invoice is None:
        raise LookupError(invoice_name)
    day = today(session.get_one(Account, account_id), now)
    may = invoice.kind == "invoice" and may_dispute(invoice.issued_on, day)
    return Disputable(invoice.name, invoice.issued_on, last_day_to_dispute(invoice.issued_on), may)


def dispute(
    session: Session, account_id: int, invoice_name: str, reason: str, person_id: int, now: datetime
) -> int:
    """Say that an invoice is wrong and return the request's number; saying it again renews the open request.

    Raises:
        LookupError: this account has no such invoice.
        TooLateError: it is too old, or a credit note.
    """
    lock_account(session, account_id)
    invoice = disputable(session, account_id, invoice_name, now)
    if not invoice.may:
        raise TooLateError(invoice_name)
    return ask(session, account_id, Dispute(invoice.name, reason), "", person_id, now)
