"""What keeps an order back: another one on its way, an approval that may not be given, the limit of who places it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.approvals import needs_approval
from portal.shared.domain.routing.visitor import Role
from portal.shared.domain.summary import OrderSummary
from portal.shared.records.accounts import Account
from portal.shared.records.approvals import Approval
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.services.approvals import asking, ending, limits
from portal.shared.services.orders.placement import (
    AboveLimit,
    Asked,
    Busy,
    NeedsNoApproval,
    NobodyApproves,
    NotApproved,
    OfApproval,
    PlaceRequest,
)
from portal.shared.services.people import roster


class AskerHasLeftError(Exception):
    """Whoever asked for the approval is no billing contact of the account any more: nothing is ordered for them."""


def _busy_with(session: Session, account_id: int) -> Busy | None:
    # A credit of this order could lower the very rest that is being paid.
    found = charge_on_its_way(session, account_id)
    return Busy(found.reference, is_payment=not found.is_order) if found else None


def let_through(
    session: Session, account: Account, request: PlaceRequest, now: datetime
) -> Approval | NotApproved | Busy | None:
    """The request for approval that is carried out, if one is; or what is in the way of any order of the account.

    The caller holds the account's lock.

    Raises:
        UnknownApprovalError: this account has no such request.
        AskerHasLeftError: it was asked for by somebody who may not order any more.
    """
    row = None
    if request.approving is not None:
        _, row = ending.locked(session, account.id, request.approving.number)
        why = ending.hindered(session, account, row, request.approving.approver_id, now)
        if why is not None:
            return NotApproved(why)
        if Role.BILLING_CONTACT not in roster.roles_of(session, account.id, row.asked_by):
            raise AskerHasLeftError
    return _busy_with(session, account.id) or row


def above_limit(
    session: Session,
    account: Account,
    request: PlaceRequest,
    summary: OrderSummary,
    method_id: int | None,
    now: datetime,
) -> OfApproval | None:
    """What keeps an order from being placed by this person alone; asks an approver, where that was wanted."""
    limit = limits.limit_of(session, account, request.person_id)
    if limit is None or not needs_approval(limit, summary.total):
        return NeedsNoApproval() if request.asks else None
    if not request.asks:
        return AboveLimit(limit)
    assert request.quote_id is not None or request.wanted is None, "a cart or a quote is approved"
    frozen = asking.Frozen(
        asked_by=request.person_id,
        audience=str(request.audience),
        summary=summary,
        limit=limit,
        quote_id=request.quote_id,
        payment_method_id=method_id,
        purchase_order_id=request.purchase_order_id,
        on_invoice=request.on_invoice,
        choices=request.choices,
    )
    number = asking.ask(session, account, frozen, now)
    return NobodyApproves() if number is None else Asked(number)
