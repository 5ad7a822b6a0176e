"""How a request for approval ends: approved, refused, withdrawn, cancelled by a change, or run out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.approvals import ApprovalState, Ended, Hindrance, hindrance, state_on
from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.approvals import Approval
from portal.shared.records.orders import Order
from portal.shared.services import accounts, activity
from portal.shared.services.approvals import telling
from portal.shared.services.people import roster

LONGEST_REASON = 2000

_DONE = {
    ApprovalState.APPROVED: "order-approval-given",
    ApprovalState.REFUSED: "order-approval-refused",
    ApprovalState.CANCELLED: "order-approval-cancelled",
    ApprovalState.EXPIRED: "order-approval-expired",
}


class UnknownApprovalError(LookupError):
    """The account has no such request; another account's counts as none."""


class HinderedError(ValueError):
    """This person may not answer this request; `why` says so."""

    def __init__(self, why: Hindrance) -> None:
        super().__init__(str(why))
        self.why = why


def locked(session: Session, account_id: int, number: int) -> tuple[Account, Approval]:
    """The request of an account, for this transaction alone.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    account = lock_account(session, account_id)
    row = records.approval_of(session, account_id, number)
    if row is None:
        raise UnknownApprovalError(number)
    session.refresh(row)
    return account, row


def hindered(
    session: Session, account: Account, row: Approval, answered_by: int, now: datetime
) -> Hindrance | None:
    """Why somebody may not answer a request as the database says now. The caller holds the account's lock."""
    roles = roster.roles_of(session, account.id, answered_by)
    state = state_on(row.state, row.good_until, accounts.today(account, now))
    return hindrance(state, roles, asked_by=row.asked_by, answered_by=answered_by)


def approved(
    session: Session, account: Account, row: Approval, order: Order, approver_id: int, now: datetime
) -> None:
    """Keep that a request became an order. The caller holds the lock and has asked who may."""
    row.order_id = order.id
    end(session, account, row, ApprovalState.APPROVED, approver_id, now, order=order.reference)


def refuse(
    session: Session, account_id: int, number: int, approver_id: int, reason: str, now: datetime
) -> None:
    """Say no, and tell whoever asked why.

    Raises:
        UnknownApprovalError: this account has no such request.
        HinderedError: it has ended, is their own, or they are no approver (any more).
    """
    account, row = locked(session, account_id, number)
    why = hindered(session, account, row, approver_id, now)
    if why is not None:
        raise HinderedError(why)
    row.answer = reason.strip()[:LONGEST_REASON]
    end(session, account, row, ApprovalState.REFUSED, approver_id, now)


def withdraw(session: Session, account_id: int, number: int, person_id: int, now: datetime) -> bool:
    """Take one's own request back; False: it had ended before.

    Raises:
        UnknownApprovalError: this account has no such request, or somebody else asked.
    """
    account, row = locked(session, account_id, number)
    if row.asked_by != person_id:
        raise UnknownApprovalError(number)
    if row.state is not ApprovalState.WAITING:
        return False
    end(session, account, row, ApprovalState.CANCELLED, person_id, now, why=Ended.WITHDRAWN)
    return True


def cancel(session: Session, account_id: int, number: int, why: Ended, now: datetime) -> None:
    """End a request that can no longer be carried out as it was shown; what has ended stays as it is.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    account, row = locked(session, account_id, number)
    if row.state is ApprovalState.WAITING:
        end(session, account, row, ApprovalState.CANCELLED, None, now, why=why)


def end(
    session: Session,
    account: Account,
    row: Approval,
    state: ApprovalState,
    person_id: int | None,
    now: datetime,
    *,
    why: Ended | None = None,
    order: str = "",
) -> None:
    """Move a waiting request to its end, keep who did it, and tell whoever asked. The caller holds the lock.

    Raises:
        ValueError: it has ended already.
    """
    if row.state is not ApprovalState.WAITING:
        raise ValueError(f"request {row.number} is {row.state}")
    row.state, row.decided_by, row.decided_at = state, person_id, now
    row.ended_for = None if why is None else str(why)
    session.flush()
    detail = {"number": row.number, "asked_by": row.asked_by, "digest": row.digest}
    if why is not None:
        detail["why"] = str(why)
    if row.answer:
        detail["answer"] = row.answer
    if order:
        detail["order"] = order
    activity.record(session, account.id, person_id, _DONE[state], detail, now)
    if why not in {Ended.WITHDRAWN, Ended.ASKED_ANEW}:  # who asked knows that
        telling.tell_asker(session, account, row, now)
