"""Placing an order in three phases, whatever breaks (docs/architecture.md).

1. A transaction locks the account, prices the changes again, compares the digest, and keeps the order as *started*.
2. Outside of any transaction the card processor is asked, keyed by the order's reference.
3. A transaction moves the order along its table of states and, when the charge was approved, applies all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Audience
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OPEN_STATES, OrderEvent, OrderState, move
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.summary import OrderSummary, from_plain, to_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.cards import CardProcessor, ChargeResult
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.approvals import Approval
from portal.shared.records.database import Database
from portal.shared.records.in_bulk import insert_row
from portal.shared.records.orders import Order, locked_order, order_by_key
from portal.shared.records.payments import shown_methods
from portal.shared.records.plain_rows import only_looking
from portal.shared.services import accounts, activity, carts, notifications, requests, seats
from portal.shared.services.approvals import ending
from portal.shared.services.orders import accepting, withholding
from portal.shared.services.orders.accepting import Proposal
from portal.shared.services.orders.apply import apply
from portal.shared.services.orders.placement import (
    Acceptance,
    Accepted,
    Busy,
    Held,
    KeyReused,
    MethodMissing,
    Moved,
    NotApproved,
    NothingToOrder,
    Placement,
    PlaceRequest,
    QuoteClosed,
    QuoteUnfit,
)
from portal.shared.services.orders.pricing import price
from portal.shared.services.payments.card_charges import (
    CHECKS,
    left_to_the_worker,
    new_reference,
    take_answer,
    what_became_of,
)
from portal.shared.services.people import contacts as people
from portal.shared.services.purchase_orders import reading as purchase_orders

Clock = Callable[[], datetime]


def place(
    database: Database, processor: CardProcessor, clock: Clock, seller: SellerTaxes, request: PlaceRequest
) -> Placement:
    """Place an order once, whatever is pressed twice; what is charged is what was shown.

    Raises:
        LookupError: the account has no such request to be carried out.
        AlreadyAnsweredError: the request was answered before.
        TooFewSeatsError: more people are named for the seats than will be free.
    """
    placed = accept(database, processor, clock, seller, request)
    assert not isinstance(placed, QuoteClosed | QuoteUnfit | Held), "only a quote is answered like this"
    return placed


def accept(
    database: Database, processor: CardProcessor, clock: Clock, seller: SellerTaxes, request: PlaceRequest
) -> Acceptance:
    """Place the order of a quote, in the very same way: a quote becomes one order, whoever accepts it how often.

    Raises:
        LookupError: the account has no such quote, or no such purchase order.
        TooFewSeatsError: more people are named for the seats than will be free.
    """
    with database.write() as session:
        begun = _begin(session, request, seller, clock())
    if not isinstance(begun, _Charge):
        return begun
    state, confirmation_path = OrderState.STARTED, None
    with left_to_the_worker(begun.reference):
        result = processor.charge(
            key=begun.reference,
            amount_minor=begun.amount.minor,
            currency=begun.amount.currency,
            card_token=begun.token,
            return_path=begun.return_path,
        )
        confirmation_path = result.confirmation_path
        state = settle(database, clock, begun.reference, result)
    return Accepted(begun.reference, state, confirmation_path)


def settle(database: Database, clock: Clock, reference: str, result: ChargeResult) -> OrderState:
    """Bring what the processor said into the books, once; an order that has ended stays as it is.

    Raises:
        LookupError: there is no such order.
    """
    with database.write() as session:
        now = clock()
        account, order = locked_order(session, reference)
        if order.state not in OPEN_STATES:
            return order.state
        before = take_answer(order, result, now)
        if order.state is OrderState.PLACED:
            apply(session, account, order, from_plain(order.summary), now)
        elif order.state not in OPEN_STATES:
            _give_up(session, account, order, result, now, waited=before is OrderState.CHECKING)
        return order.state


def resume(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> OrderState:
    """Ask the processor how a charge stands and settle it; one it never saw is closed for good first.

    Raises:
        LookupError: there is no such order.
    """
    return settle(database, clock, reference, what_became_of(processor, reference))


def give_up(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> OrderState:
    """Cancel an order that waits for the bank. One that was charged in the meantime is placed instead.

    Raises:
        LookupError: there is no such order.
    """
    return settle(database, clock, reference, processor.cancel(reference))


@dataclass(frozen=True, slots=True)
class _Charge:
    reference: str
    amount: Money
    token: str
    return_path: str


def _begin(
    session: Session, request: PlaceRequest, seller: SellerTaxes, now: datetime
) -> Acceptance | _Charge:
    account = lock_account(session, request.account_id)
    known = order_by_key(session, account.id, request.key)
    if known is not None:
        if not _is_same(known, request):
            return KeyReused()
        return Accepted(known.reference, known.state, known.confirmation_path)
    approval = withholding.let_through(session, account, request, now)
    if isinstance(approval, Busy | NotApproved):
        return approval
    if request.request_id is not None:
        requests.check_unanswered(session, account.id, request.request_id)
    with only_looking(session):
        proposal = _proposal(session, account, request, now)
    if isinstance(proposal, QuoteState):
        return QuoteClosed(proposal)
    alone = request.quote_id is None and request.audience is Audience.CONTACT
    if alone and account.type != AccountType.ONLINE:
        # Moved while somebody stood at checkout, or a program was asking: the cart waits until the account comes back.
        return NothingToOrder(None)
    if not proposal.wanted:
        return NothingToOrder(carts.last_reference(session, account.id))
    with only_looking(session):
        priced = price(session, account, proposal.wanted, request.audience, seller, now, proposal.starts_on)
    if request.quote_id is not None and priced.refused:
        return QuoteUnfit(priced.refused)  # a quote is accepted as a whole or not at all
    if priced.summary is None or priced.summary.digest != request.digest:
        return Moved(priced)
    seats.check_choices(session, account.id, priced.summary.items, request.choices)
    return _start(session, account, request, priced.summary, approval, now)


def _is_same(known: Order, request: PlaceRequest) -> bool:
    """Whether a key is sent again with what it stood for: the figures, the card that was charged, who gets a seat.

    What stood beside a quote is kept with the quote and not sent; it may have moved on since.
    """
    if (known.digest, known.quote_id, known.request_id) != (
        request.digest,
        request.quote_id,
        request.request_id,
    ):
        return False
    if request.quote_id is not None:
        return True
    other_card = None not in (known.payment_method_id, request.payment_method_id) and (
        known.payment_method_id != request.payment_method_id
    )
    named = dict(request.choices) if request.choices is not None else None
    return not other_card and known.choices == named


def _proposal(
    session: Session, account: Account, request: PlaceRequest, now: datetime
) -> Proposal | QuoteState:
    """What is to be ordered: what a quote proposes, what was asked for, or what is in the cart."""
    if request.quote_id is not None:
        return accepting.proposal(session, account, request.quote_id, now)
    wanted = request.wanted if request.wanted is not None else tuple(carts.wanted(session, account.id))
    # What was approved is what was shown: its figures are those of the day on which it was asked for.
    day = request.approving.starts_on if request.approving else accounts.today(account, now)
    return Proposal(wanted, day)


def _start(
    session: Session,
    account: Account,
    request: PlaceRequest,
    summary: OrderSummary,
    approval: Approval | None,
    now: datetime,
) -> Acceptance | _Charge:
    due_days = account.invoice_terms_days if request.on_invoice and summary.total_due else None
    cash = bool(summary.total_due) and due_days is None
    method = _method(session, account.id, request.payment_method_id) if cash else None
    if cash and method is None:
        return MethodMissing()
    billed_on = _purchase_order(session, account, request, summary, now)
    if isinstance(billed_on, Held):
        return billed_on
    if approval is None:
        held = withholding.above_limit(session, account, request, summary, method.id if method else None, now)
        if held is not None:
            return held
    if request.request_id is not None:
        requests.prepare_answer(session, account.id, request.request_id, request.person_id, request.answer)
    reference = new_reference()
    row = {
        "reference": reference,
        "account_id": account.id,
        "idempotency_key": request.key,
        "state": OrderState.STARTED,
        "placed_by": request.person_id,
        "approved_by": request.approving.approver_id if request.approving else None,
        "audience": str(request.audience),
        "request_id": request.request_id,
        "summary": to_plain(summary),
        "digest": summary.digest,
        "currency": summary.total_due.currency,
        "total_due_minor": summary.total_due.minor,
        "payment_method_id": method.id if method else None,
        "quote_id": request.quote_id,
        "purchase_order_id": billed_on,
        "choices": dict(request.choices) if request.choices is not None else None,
        "due_days": due_days,
        "created_at": now,
        "next_check_at": now + CHECKS[0],
    }
    number = insert_row(session, Order, row)
    if approval is None and method is not None:
        return _charge(request, reference, summary.total_due, method.token)
    order = session.get_one(Order, number)
    if approval is not None:
        assert order.approved_by is not None, "somebody approves"
        ending.approved(session, account, approval, order, order.approved_by, now)
    if method is None:
        order.state = move(order.state, OrderEvent.APPROVED)
        order.settled_at, order.next_check_at = now, None
        apply(session, account, order, from_plain(order.summary), now)
        return Accepted(order.reference, order.state)
    return _charge(request, reference, summary.total_due, method.token)


def _charge(request: PlaceRequest, reference: str, due: Money, token: str) -> _Charge:
    return _Charge(reference, due, token, request.return_path.replace("{reference}", reference))


def _purchase_order(
    session: Session, account: Account, request: PlaceRequest, summary: OrderSummary, now: datetime
) -> int | Held | None:
    """The purchase order that the document names, by the account's rule; or that the order is held."""
    if request.purchase_order_id is None:
        return None
    day = accounts.today(account, now)
    found = purchase_orders.coverage_of(session, account.id, request.purchase_order_id, summary.total, day)
    if found.held:
        assert found.shortfall is not None, "an order is held for a reason"
        return Held(found.shortfall)
    return request.purchase_order_id if found.with_number else None


def _method(session: Session, account_id: int, method_id: int | None) -> Any:
    """The row of the method that is charged: the one that was chosen, else the default one; none where it is gone."""
    methods = shown_methods(session, account_id)
    if method_id is None:
        return next((method for method in methods if method.is_default), None)
    return next((method for method in methods if method.id == method_id), None)


def _give_up(
    session: Session, account: Account, order: Order, result: ChargeResult, now: datetime, *, waited: bool
) -> None:
    order.decline_reason = str(result.reason) if result.reason else None
    if waited or order.approved_by is not None:
        # Whoever waited for the bank is not looking at the page any more.
        reader = people.recipient(session, order.placed_by, account.language)
        notifications.enqueue_mail(
            session,
            "order-not-placed",
            reader.email,
            reader.language,
            {
                "reference": order.reference,
                "name": reader.name,
                "account": account.name,
                "account_type": account.type,
            },
            f"order-not-placed:{order.reference}",
            now,
        )
    detail = {"order": order.reference, "reason": order.decline_reason}
    activity.record(session, order.account_id, order.placed_by, f"order-{order.state}", detail, now)
