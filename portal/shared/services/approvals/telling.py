"""Whom a request for approval is told about by mail: the approvers when it is asked, the asker when it has ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account
from portal.shared.records.approvals import Approval
from portal.shared.records.people import Person
from portal.shared.services import notifications
from portal.shared.services.people import contacts as people


def tell_approvers(session: Session, account: Account, row: Approval, now: datetime) -> None:
    """Mail everybody who could approve it, but never whoever asked."""
    asker = session.get_one(Person, row.asked_by)
    for approver in records.approvers_of(session, account.id):
        if approver.id == asker.id:
            continue
        payload = {
            **_about(account, row),
            "name": approver.name,
            "asker": asker.name,
            "good_until": row.good_until.isoformat(),
            "summary": row.summary,
        }
        language = approver.language or account.language
        key = f"approval-asked:{row.id}:{approver.id}"
        notifications.enqueue_mail(session, "approval-asked", approver.email, language, payload, key, now)


def tell_asker(session: Session, account: Account, row: Approval, now: datetime) -> None:
    """Mail whoever asked what became of it, and who decided."""
    asker = people.recipient(session, row.asked_by, account.language)
    decided = session.get(Person, row.decided_by) if row.decided_by is not None else None
    payload = {
        **_about(account, row),
        "name": asker.name,
        "outcome": str(row.state),
        "why": row.ended_for or "",
        "approver": decided.name if decided else "",
        "answer": row.answer,
    }
    key = f"approval-ended:{row.id}"
    notifications.enqueue_mail(session, "approval-ended", asker.email, asker.language, payload, key, now)


def _about(account: Account, row: Approval) -> dict[str, Any]:
    return {"account": account.name, "account_type": account.type, "number": row.number}
