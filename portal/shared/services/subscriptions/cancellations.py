"""The short survey after a cancellation: one answer for each billing period, and nobody has to give it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.cancellations import CancellationReason
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.records.accounts import lock_account
from portal.shared.records.cancellations import CancellationAnswer
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity
from portal.shared.services.subscriptions.standing import NotPossibleError, as_value, row_of

LONGEST_TEXT = 2000


def answer(
    session: Session,
    account_id: int,
    subscription_id: int,
    reason: CancellationReason,
    text: str,
    person_id: int,
    now: datetime,
) -> None:
    """Keep why a subscription was cancelled. A second answer in the same period is left out.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: it is not cancelled.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    where = standing(as_value(row, account.currency), accounts.today(account, now))
    if where is not Standing.PENDING_CANCELLATION:
        raise NotPossibleError(where)
    if _answered(session, row, account.time_zone):
        return
    session.add(
        CancellationAnswer(
            account_id=account_id,
            subscription_id=row.id,
            person_id=person_id,
            reason=reason,
            text=text.strip()[:LONGEST_TEXT],
            at=now,
        )
    )
    detail = {"subscription": row.id, "reason": str(reason)}
    activity.record(session, account_id, person_id, "cancellation-explained", detail, now)


def answered(session: Session, account_id: int, subscription_id: int, time_zone: str) -> bool:
    """Whether somebody said why in the running period.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    return _answered(session, row_of(session, account_id, subscription_id), time_zone)


def _answered(session: Session, row: SubscriptionRow, time_zone: str) -> bool:
    question = (
        sa.select(CancellationAnswer.at)
        .where(
            CancellationAnswer.account_id == row.account_id,
            CancellationAnswer.subscription_id == row.id,
        )
        .order_by(CancellationAnswer.at.desc())
        .limit(1)
    )
    last = session.scalar(question)
    begun: date | None = row.period_start
    return last is not None and begun is not None and local_day(last, time_zone) >= begun
