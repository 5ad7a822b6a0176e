"""What is agreed with a corporate account: how long it has to pay, and what happens at the end of a purchase order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.records.accounts import lock_account
from portal.shared.services import activity
from portal.shared.services.desk.staff import Staff, works_on

LONGEST_TERMS = 180


class NotAgreeableError(ValueError):
    """Terms of payment are agreed with corporate accounts of one's own, of 0 to 180 days."""


def change_terms(
    session: Session, staff: Staff, account_id: int, days: int | None, rule: LimitRule, now: datetime
) -> bool:
    """Agree anew how an account pays and say whether that changed anything. Invoices keep the day they are due.

    `days` to pay an invoice; none: a card is charged at once.

    Raises:
        NotAgreeableError: it is no corporate account of this member of our staff, or the days are too many.
    """
    account = lock_account(session, account_id)
    if account.type != "corporate" or not works_on(session, staff, account_id):
        raise NotAgreeableError(account_id)
    if days is not None and not 0 <= days <= LONGEST_TERMS:
        raise NotAgreeableError(days)
    before = (account.invoice_terms_days, account.purchase_order_rule)
    if before == (days, rule):
        return False
    account.invoice_terms_days, account.purchase_order_rule = days, rule
    detail = {
        "days": {"from": before[0], "to": days},
        "rule": {"from": str(before[1]), "to": str(rule)},
    }
    activity.record(session, account_id, staff.person_id, "terms-changed", detail, now)
    return True
