"""What a renewal does with the changes that were planned for it, in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Refusal
from portal.shared.domain.planned_changes import RenewalTerms
from portal.shared.domain.terms import Terms
from portal.shared.records.accounts import Account
from portal.shared.records.planned_changes import PlannedChange, planned_changes_of
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import activity
from portal.shared.services.people.contact_mails import tell_contacts


def settle(
    session: Session,
    account: Account,
    before: Mapping[int, Terms],
    decided: Mapping[int, RenewalTerms],
    now: datetime,
) -> None:
    """Take what was carried out, or fell away, off the plan, and say so. The caller holds the account's lock."""
    rows = planned_changes_of(session, account.id)
    for subscription_id, found in decided.items():
        row = rows.get(subscription_id)
        if row is None:
            continue
        if found.dropped is None:
            old, new = before[subscription_id], found.terms
            detail = {
                "subscription": subscription_id,
                "old": {"plan": old.plan_id, "seats": old.seats},
                "new": {"plan": new.plan_id, "seats": new.seats},
            }
            activity.record(session, account.id, None, "subscription-change-carried-out", detail, now)
        else:
            _drop(session, account, row, str(found.dropped), now)
            if found.dropped is not Refusal.NOTHING_CHANGES:
                _tell(session, account, row, before[subscription_id], found.dropped, now)
        session.delete(row)


def drop_of_ended(session: Session, account: Account, row: SubscriptionRow, now: datetime) -> None:
    """What was planned for a subscription that has ended falls away. The caller holds the account's lock."""
    planned = planned_changes_of(session, account.id).get(row.id)
    if planned is not None:
        _drop(session, account, planned, "ended", now)
        session.delete(planned)


def _drop(session: Session, account: Account, row: PlannedChange, reason: str, now: datetime) -> None:
    detail = {
        "subscription": row.subscription_id,
        "reason": reason,
        "old": {"plan": row.plan_id, "seats": row.seats},
        "new": None,
    }
    activity.record(session, account.id, None, "subscription-change-dropped", detail, now)


def _tell(
    session: Session, account: Account, row: PlannedChange, kept: Terms, reason: Refusal, now: datetime
) -> None:
    product = session.get_one(SubscriptionRow, row.subscription_id).product
    told = {
        "product": product,
        "subscription": row.subscription_id,
        "from_day": row.from_day.isoformat(),
        "reason": str(reason),
        "plan_id": kept.plan_id,
        "seats": kept.seats,
    }
    tell_contacts(session, account, "change-dropped", f"{row.id}:{row.planned_at.isoformat()}", told, now)
