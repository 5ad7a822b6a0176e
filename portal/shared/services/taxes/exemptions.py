"""Exemptions from tax: kept by our staff with the document they saw, from a day to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import lock_account
from portal.shared.records.people import Person
from portal.shared.records.tax_exemptions import TaxExemption, exemptions_between
from portal.shared.services import accounts, activity

LONGEST_DOCUMENT = 100


class ExemptionProblem(StrEnum):
    """Why an exemption was not kept."""

    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_TOO_LONG = "document_too_long"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    OVER_ALREADY = "over_already"
    OVERLAPS = "overlaps"


class ExemptionState(StrEnum):
    """Where an exemption stands."""

    COMING = "coming"
    HOLDS = "holds"
    OVER = "over"
    ENDED = "ended"  # by our people, before its day


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exemption as pages show it; both days are inside. `by` is who checked the document."""

    id: int
    document: str
    valid_from: date
    valid_to: date
    ended_at: datetime | None
    by: str

    def state_on(self, day: date) -> ExemptionState:
        """Where it stands on a day of the account."""
        if self.ended_at is not None:
            return ExemptionState.ENDED
        if day < self.valid_from:
            return ExemptionState.COMING
        return ExemptionState.HOLDS if day <= self.valid_to else ExemptionState.OVER


def of_account(session: Session, account_id: int) -> list[Exemption]:
    """Every exemption an account ever had, the newest first."""
    question = (
        sa.select(TaxExemption, Person.name)
        .join(Person, Person.id == TaxExemption.added_by)
        .where(TaxExemption.account_id == account_id)
        .order_by(TaxExemption.id.desc())
    )
    return [
        Exemption(row.id, row.document, row.valid_from, row.valid_to, row.ended_at, by)
        for row, by in session.execute(question)
    ]


def of_today(session: Session, account_id: int, today: date) -> Exemption | None:
    """The exemption that holds for an account today, if one does."""
    return next(
        (one for one in of_account(session, account_id) if one.state_on(today) is ExemptionState.HOLDS), None
    )


def add(
    session: Session,
    account_id: int,
    document: str,
    valid_from: date,
    valid_to: date,
    staff_id: int,
    now: datetime,
) -> ExemptionProblem | None:
    """Keep an exemption, or say why not; no two of an account hold on one day.

    What was billed before stays as it was: invoices are never edited.
    """
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
    if exemptions_between(session, account_id, valid_from, valid_to):
        return ExemptionProblem.OVERLAPS
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
