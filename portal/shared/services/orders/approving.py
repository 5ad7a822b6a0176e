"""Approving an order that waited: it is placed by the order service like any other, as it was shown, or not at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.approvals import ApprovalState, Ended, state_on
from portal.shared.domain.changes import Audience
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.routing.visitor import Role
from portal.shared.domain.summary import OrderSummary, from_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account
from portal.shared.records.approvals import Approval
from portal.shared.records.database import Database
from portal.shared.services import accounts, carts, seats
from portal.shared.services.approvals import ending
from portal.shared.services.approvals.ending import UnknownApprovalError
from portal.shared.services.orders import accepting
from portal.shared.services.orders.place import Clock, accept
from portal.shared.services.orders.placement import (
    Acceptance,
    Accepted,
    Approving,
    Busy,
    Held,
    KeyReused,
    MethodMissing,
    Moved,
    NotApproved,
    NothingToOrder,
    PlaceRequest,
    QuoteClosed,
    QuoteUnfit,
)
from portal.shared.services.orders.pricing import Priced, price
from portal.shared.services.orders.withholding import AskerHasLeftError
from portal.shared.services.people import roster
from portal.shared.services.purchase_orders.reading import UnknownPurchaseOrderError

Outcome = Accepted | Busy | NotApproved | Ended


def approve(
    database: Database,
    processor: CardProcessor,
    clock: Clock,
    seller: SellerTaxes,
    account_id: int,
    number: int,
    approver_id: int,
    return_path: str,
) -> Outcome:
    """Place what was asked for, once, whoever presses how often; what has changed ends the request instead.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    with database.read() as session:
        row = records.approval_of(session, account_id, number)
        if row is None:
            raise UnknownApprovalError(number)
        request = _request(row, approver_id, return_path)
    answer: Acceptance | Ended
    try:
        answer = accept(database, processor, clock, seller, request)
    except AskerHasLeftError:
        answer = Ended.ASKER
    except seats.TooFewSeatsError:
        answer = Ended.SEATS
    except UnknownPurchaseOrderError:
        answer = Ended.PURCHASE_ORDER
    if isinstance(answer, Accepted | Busy | NotApproved):
        return answer
    why = answer if isinstance(answer, Ended) else _ended_for(answer, row)
    with database.write() as session:
        ending.cancel(session, account_id, number, why, clock())
    return why


def _request(row: Approval, approver_id: int, return_path: str) -> PlaceRequest:
    """What whoever asked had confirmed, in their name, with the approver's beside it."""
    summary = from_plain(row.summary)
    return PlaceRequest(
        account_id=row.account_id,
        person_id=row.asked_by,
        key=f"approval-{row.id}",
        digest=row.digest,
        audience=Audience(row.audience),
        return_path=return_path,
        payment_method_id=row.payment_method_id or 0,
        quote_id=row.quote_id,
        purchase_order_id=row.purchase_order_id,
        on_invoice=row.on_invoice,
        choices=row.choices,
        approving=Approving(row.number, approver_id, summary.today),
    )


def _ended_for(answer: Acceptance, row: Approval) -> Ended:
    """What an order that cannot be placed as it was shown means for the request."""
    match answer:
        case Moved(now=priced):
            return _moved(priced, from_plain(row.summary))
        case NothingToOrder():
            return Ended.CART
        case QuoteClosed() | QuoteUnfit():
            return Ended.QUOTE
        case MethodMissing() | KeyReused():
            return Ended.PAYMENT
        case Held():
            return Ended.PURCHASE_ORDER
    return Ended.CHANGED


def _moved(now: Priced, shown: OrderSummary) -> Ended:
    """Whether something else stands in the cart, or the same at other figures."""
    return Ended.CHANGED if now.summary is not None and _wanted(now.summary) == _wanted(shown) else Ended.CART


def _wanted(summary: OrderSummary) -> set[object]:
    return {
        (item.subscription_id, item.after.plan_id, item.after.seats, item.after.frequency, item.release)
        for item in summary.items
    }


def as_of_now(
    session: Session, account_id: int, number: int, seller: SellerTaxes, now: datetime
) -> Ended | Priced:
    """What approving it would place now, from the day on which it was asked for; or why it can place nothing.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    row = records.approval_of(session, account_id, number)
    if row is None:
        raise UnknownApprovalError(number)
    account = session.get_one(Account, account_id)
    if Role.BILLING_CONTACT not in roster.roles_of(session, account_id, row.asked_by):
        return Ended.ASKER
    if row.quote_id is not None:
        proposal = accepting.proposal(session, account, row.quote_id, now)
        if isinstance(proposal, QuoteState):
            return Ended.QUOTE
    else:
        wanted = tuple(carts.wanted(session, account_id))
        proposal = accepting.Proposal(wanted, from_plain(row.summary).today)
    if not proposal.wanted:
        return Ended.CART
    audience = Audience(row.audience)
    return price(session, account, proposal.wanted, audience, seller, now, proposal.starts_on)


def why_it_ends(
    session: Session, account_id: int, number: int, seller: SellerTaxes, now: datetime
) -> Ended | None:
    """Why approving it would cancel it, as far as figures say; None: it would be placed as it was shown.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    row = records.approval_of(session, account_id, number)
    found = as_of_now(session, account_id, number, seller, now)
    assert row is not None, "it was found a moment ago"
    if isinstance(found, Ended):
        return found
    if found.summary is not None and found.summary.digest == row.digest:
        return None
    return (
        Ended.QUOTE if row.quote_id is not None and found.refused else _moved(found, from_plain(row.summary))
    )


def sweep(database: Database, seller: SellerTaxes, now: datetime, limit: int = 100) -> int:
    """End requests that are past their day, or can no longer be carried out as shown; gives how many.

    Nothing depends on it: such a request could not be approved anyway.
    """
    with database.read() as session:
        waiting = records.waiting_numbers(session, limit)
    return sum(_end_if_over(database, account_id, number, seller, now) for account_id, number in waiting)


def _end_if_over(
    database: Database, account_id: int, number: int, seller: SellerTaxes, now: datetime
) -> bool:
    with database.write() as session:
        account, row = ending.locked(session, account_id, number)
        if row.state is not ApprovalState.WAITING:
            return False
        state = state_on(row.state, row.good_until, accounts.today(account, now))
        if state is ApprovalState.EXPIRED:
            ending.end(session, account, row, state, None, now)
            return True
        why = why_it_ends(session, account_id, number, seller, now)
        if why is None:
            return False
        ending.end(session, account, row, ApprovalState.CANCELLED, None, now, why=why)
        return True
