"""Exemptions from tax: kept by our staff with the document they saw, from a day to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import lock_account
from portal.shared.records.tax_exemptions import TaxExemption
from portal.shared.services import accounts, activity

LONGEST_DOCUMENT = 100


class ExemptionProblem(StrEnum):
    """Why an exemption was not kept."""

    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_TOO_LONG = "document_too_long"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    OVER_ALREADY = "over_already"


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exemption as pages show it; both days are inside."""

    id: int
    document: str
    valid_from: date
    valid_to: date
    ended: bool


def of_account(session: Session, account_id: int) -> list[Exemption]:
    """Every exemption an account ever had, the newest first."""
    question = (
        sa.select(TaxExemption).where(TaxExemption.account_id == account_id).order_by(TaxExemption.id.desc())
    )
    return [
        Exemption(row.id, row.document, row.valid_from, row.valid_to, row.ended_at is not None)
        for row in session.scalars(question)
    ]


def add(
    session: Session,
    account_id: int,
    document: str,
    valid_from: date,
    valid_to: date,
    staff_id: int,
    now: datetime,
) -> ExemptionProblem | None:
    """Keep an exemption, or say why not. What was billed before stays as it was: invoices are never edited."""
    account = lock_account(session, account_id)
    document = document.strip()
    if not document:
        return ExemptionProblem.DOCUMENT_MISSING
    if len(document) > LONGEST_DOCUMENT:
        return ExemptionProblem.DOCUMENT_TOO_LONG
    if valid_to < valid_from:
        return ExemptionProblem.ENDS_BEFORE_IT_STARTS
    if valid_to < accounts.today(account, now):
        return ExemptionProblem.OVER_ALREADY
    row = TaxExemption(
        account_id=account_id,
        document=document,
        valid_from=valid_from,
        valid_to=valid_to,
        added_by=staff_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"document": document, "from": valid_from.isoformat(), "to": valid_to.isoformat()}
    activity.record(session, account_id, staff_id, "tax-exemption-added", detail, now)
    return None


def end(session: Session, account_id: int, exemption_id: int, staff_id: int, now: datetime) -> bool:
    """End an exemption at once and say whether the account had it."""
    lock_account(session, account_id)
    row = session.get(TaxExemption, exemption_id)
    if row is None or row.account_id != account_id or row.ended_at is not None:
        return False
    row.ended_at = now
    activity.record(session, account_id, staff_id, "tax-exemption-ended", {"document": row.document}, now)
    return True
