"""Money that came in for invoices: ledger, settlements, past due, activity and mail, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Settlement, invoices_by_id, unpaid_amounts
from portal.shared.records.payments import Payment
from portal.shared.services import activity, ledger
from portal.shared.services.payments import past_due
from portal.shared.services.people.contact_mails import tell_contacts


@dataclass(frozen=True, slots=True)
class Share:
    """What one invoice gets of a payment, and what stays open of it."""

    invoice_id: int
    name: str
    amount: Money
    rest: Money


@dataclass(frozen=True, slots=True)
class Division:
    """A payment divided among invoices; what no invoice asks for is kept as balance."""

    amount: Money
    shares: tuple[Share, ...]
    kept: Money

    @property
    def plain(self) -> dict[str, Any]:
        """The division as JSON, for the activity log, mails, and to tell whether it has changed."""
        return {
            "currency": self.amount.currency,
            "amount": self.amount.minor,
            "invoices": [
                {"name": share.name, "amount": share.amount.minor, "rest": share.rest.minor}
                for share in self.shares
            ],
            "kept": self.kept.minor,
        }


def divide(session: Session, account: Account, amount: Money, invoice_ids: Sequence[int]) -> Division:
    """Divide an amount among these invoices in their order, each up to what is open of it."""
    rests = unpaid_amounts(session, account.id)
    names = {key: row.name for key, row in invoices_by_id(session, account.id, invoice_ids).items()}
    left, shares = amount.minor, []
    for invoice_id in dict.fromkeys(invoice_ids):
        part = min(left, rests.get(invoice_id, 0))
        if part:
            left -= part
            rest = Money(rests[invoice_id] - part, amount.currency)
            shares.append(Share(invoice_id, names[invoice_id], Money(part, amount.currency), rest))
    return Division(amount, tuple(shares), Money(left, amount.currency))


def receive(
    session: Session,
    account: Account,
    payment: Payment,
    division: Division,
    person_id: int,
    reference: str,
    now: datetime,
) -> None:
    """Bring a payment into the books as it was divided. The caller holds the account's lock."""
    session.add(payment)
    applied = division.amount - division.kept
    only = division.shares[0].invoice_id if len(division.shares) == 1 else None
    movement = ledger.post(
        session,
        account.id,
        "payment-received",
        {"cash": division.amount, "receivable": -applied, "balance": -division.kept},
        now,
        invoice_id=only,
    )
    session.add_all(
        Settlement(
            account_id=account.id,
            invoice_id=share.invoice_id,
            movement_id=movement,
            source="cash",
            amount_minor=share.amount.minor,
            at=now,
        )
        for share in division.shares
    )
    session.flush()
    past_due.clear(session, account, now)
    told = {"kind": payment.kind, "reference": reference, **division.plain}
    activity.record(session, account.id, person_id, "payment-received", told, now)
    tell_contacts(session, account, "payment-received", str(payment.id), told, now)
