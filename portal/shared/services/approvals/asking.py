"""Asking for approval: an order that was shown and checked waits, to the byte as it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.approvals import ApprovalState, Ended, good_until
from portal.shared.domain.money import Money
from portal.shared.domain.summary import OrderSummary, to_plain
from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account
from portal.shared.records.approvals import Approval
from portal.shared.records.quotes import quote_by_id
from portal.shared.services import accounts, activity
from portal.shared.services.approvals import telling
from portal.shared.services.approvals.ending import end
from portal.shared.services.approvals.limits import has_approver

CART = "cart"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was confirmed: the summary, and how it is paid and billed."""

    asked_by: int
    audience: str
    summary: OrderSummary
    limit: Money
    quote_id: int | None
    payment_method_id: int | None
    purchase_order_id: int | None
    on_invoice: bool
    choices: Mapping[str, Any] | None


def ask(session: Session, account: Account, frozen: Frozen, now: datetime) -> int | None:
    """Keep the request and tell every approver; gives its number, or none where nobody could approve it.

    The same thing asked again is the same request; another one about the same cart or quote takes its place.
    The caller holds the account's lock and has checked that it could be ordered now.
    """
    if not has_approver(session, account.id, frozen.asked_by):
        return None
    subject = CART if frozen.quote_id is None else f"quote:{frozen.quote_id}"
    today = accounts.today(account, now)
    before = records.waiting_for(session, account.id, subject)
    if before is not None and _is_same(before, frozen) and before.good_until >= today:
        return before.number
    if before is not None:
        _make_room(session, account, before, frozen.asked_by, today, now)
    quote = quote_by_id(session, frozen.quote_id) if frozen.quote_id is not None else None
    row = Approval(
        account_id=account.id,
        number=records.next_number(session, account.id),
        subject=subject,
        state=ApprovalState.WAITING,
        asked_by=frozen.asked_by,
        asked_at=now,
        good_until=good_until(today, quote.valid_until if quote else None),
        limit_minor=frozen.limit.minor,
        audience=frozen.audience,
        summary=to_plain(frozen.summary),
        digest=frozen.summary.digest,
        quote_id=frozen.quote_id,
        payment_method_id=frozen.payment_method_id,
        purchase_order_id=frozen.purchase_order_id,
        on_invoice=frozen.on_invoice,
        choices=dict(frozen.choices) if frozen.choices is not None else None,
        answer="",
    )
    session.add(row)
    session.flush()
    detail = {
        "number": row.number,
        "digest": row.digest,
        "total_minor": frozen.summary.total.minor,
        "currency": frozen.summary.total.currency,
        "limit_minor": row.limit_minor,
        "quote_id": row.quote_id,
    }
    activity.record(session, account.id, frozen.asked_by, "order-approval-asked", detail, now)
    telling.tell_approvers(session, account, row, now)
    return row.number


def _is_same(before: Approval, frozen: Frozen) -> bool:
    """Whether it was asked already, by the same person, to be paid and billed the same way."""
    return (
        before.digest,
        before.asked_by,
        before.payment_method_id,
        before.purchase_order_id,
        before.on_invoice,
        before.choices,
    ) == (
        frozen.summary.digest,
        frozen.asked_by,
        frozen.payment_method_id,
        frozen.purchase_order_id,
        frozen.on_invoice,
        None if frozen.choices is None else dict(frozen.choices),
    )


def _make_room(
    session: Session, account: Account, before: Approval, asked_by: int, today: date, now: datetime
) -> None:
    if today > before.good_until:
        end(session, account, before, ApprovalState.EXPIRED, None, now)
    else:
        end(session, account, before, ApprovalState.CANCELLED, asked_by, now, why=Ended.ASKED_ANEW)
