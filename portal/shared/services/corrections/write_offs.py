"""What nobody will pay any more: the rest of an invoice is written off by a manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.credit_notes import LONGEST_REASON
from portal.shared.domain.money import Money
from portal.shared.records.accounts import lock_account
from portal.shared.records.invoices import Settlement, invoice_named, unpaid_amounts
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.renewals import collection_of
from portal.shared.services import activity, ledger
from portal.shared.services.corrections import pressing
from portal.shared.services.corrections.pressing import KeyReused, Press, Repeated
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.matching import account_at_desk
from portal.shared.services.payments import past_due

MANAGER = "manager"


class Trouble(StrEnum):
    """Why nothing was written off."""

    NOTHING_OPEN = "nothing_open"
    CHANGED = "changed"
    ON_ITS_WAY = "on_its_way"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """So much of the invoice is written off."""

    amount: Money


def write_off(
    session: Session,
    staff: Staff,
    account_id: int,
    name: str,
    seen: Money,
    reason: str,
    now: datetime,
    press: Press | None = None,
) -> WrittenOff | Trouble | Repeated | KeyReused:
    """Write off what is open of an invoice, if it is still what was seen, once a press. It is not asked for any more.

    Service that ended for want of this payment does not come back.

    Raises:
        LookupError: the account is not theirs to work on, or has no such invoice.
        PermissionError: they are no manager.
    """
    if staff.role != MANAGER:
        raise PermissionError(staff.role)
    account = lock_account(session, account_at_desk(session, staff, account_id).id)
    known = pressing.seen_before(session, account.id, press)
    if known is not None:
        return known
    invoice = invoice_named(session, account.id, name)
    if invoice is None:
        raise LookupError(name)
    rest = Money(unpaid_amounts(session, account.id).get(invoice.id, 0), account.currency)
    if not rest:
        return Trouble.NOTHING_OPEN
    if not reason.strip():
        return Trouble.REASON_MISSING
    if len(reason.strip()) > LONGEST_REASON:
        return Trouble.REASON_TOO_LONG
    if charge_on_its_way(session, account.id):
        return Trouble.ON_ITS_WAY
    if rest != seen:
        return Trouble.CHANGED
    pressing.keep(session, account.id, press, now)
    movement = ledger.post(
        session,
        account.id,
        "written-off",
        {"written_off": rest, "receivable": -rest},
        now,
        invoice_id=invoice.id,
    )
    session.add(
        Settlement(
            account_id=account.id,
            invoice_id=invoice.id,
            movement_id=movement,
            source="written_off",
            amount_minor=rest.minor,
            at=now,
        )
    )
    collection = collection_of(session, account.id, invoice.id)
    if collection is not None and collection.state == "waiting":
        collection.state, collection.next_try_on, collection.changed_at = "given_up", None, now
    session.flush()
    past_due.clear(session, account, now)
    detail = {"name": invoice.name, "amount": rest.minor, "currency": rest.currency, "reason": reason.strip()}
    activity.record(session, account.id, staff.person_id, "invoice-written-off", detail, now)
    return WrittenOff(rest)
