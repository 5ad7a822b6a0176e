"""Requests for approval as pages show them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.approvals import ApprovalState, Ended, Hindrance, state_on
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import OrderSummary, from_plain
from portal.shared.records import approvals as records
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.approvals import Approval
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.quotes import Quote
from portal.shared.services import accounts
from portal.shared.services.approvals.ending import UnknownApprovalError, hindered
from portal.shared.services.seats.assigning import promised

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A request and what became of it, as of a day; names instead of numbers.

    `order` is the reference of the order it became. `card` is what may be shown of the payment method; `people` are
    those who get a seat with the order, `admin` who becomes an account admin with it.
    """

    number: int
    state: ApprovalState
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    good_until: date
    limit: Money
    summary: OrderSummary
    quote: int | None
    card: str
    on_invoice: bool
    purchase_order: str
    people: tuple[str, ...]
    admin: str
    decided_by: str
    decided_at: datetime | None
    answer: str
    ended_for: Ended | None
    order: str
    order_state: OrderState | None

    @property
    def waiting(self) -> bool:
        """Whether it still waits for an approver."""
        return self.state is ApprovalState.WAITING


def _account(session: Session, account_id: int) -> Account:
    account = account_by_id(session, account_id)
    assert account is not None, "a request belongs to an account"
    return account


def of_account(session: Session, account_id: int, now: datetime) -> list[ApprovalView]:
    """The requests of an account, the newest first."""
    account = _account(session, account_id)
    return _views(session, account, records.approvals_of(session, account_id, MOST_SHOWN), now)


def one_of_account(session: Session, account_id: int, number: int, now: datetime) -> ApprovalView:
    """One of them.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    row = records.approval_of(session, account_id, number)
    if row is None:
        raise UnknownApprovalError(number)
    return _views(session, _account(session, account_id), [row], now)[0]


def why_not(
    session: Session, account_id: int, number: int, person_id: int, now: datetime
) -> Hindrance | None:
    """Why this person could not answer the request now.

    Raises:
        UnknownApprovalError: this account has no such request.
    """
    row = records.approval_of(session, account_id, number)
    if row is None:
        raise UnknownApprovalError(number)
    return hindered(session, _account(session, account_id), row, person_id, now)


def waiting_for(session: Session, account_id: int, quote_id: int | None, now: datetime) -> int | None:
    """The number of the request that waits for this quote, or for the cart."""
    row = records.waiting_for(session, account_id, "cart" if quote_id is None else f"quote:{quote_id}")
    if row is None:
        return None
    today = accounts.today(_account(session, account_id), now)
    return row.number if row.good_until >= today else None


def to_answer_here(session: Session, account_id: int, person_id: int, now: datetime) -> list[ApprovalView]:
    """The requests of an account that wait for this person's answer, the oldest first; none for who may not answer."""
    waiting = records.waiting_in(session, [account_id])
    if not waiting:
        return []
    account = _account(session, account_id)
    rows = [row for row in waiting if hindered(session, account, row, person_id, now) is None]
    return _views(session, account, rows, now)


def to_answer(
    session: Session, person_id: int, account_ids: Collection[int], now: datetime
) -> Mapping[int, int]:
    """How many requests of others wait in each of these accounts; ask only for those the person approves for."""
    counted: dict[int, int] = {}
    for row in records.waiting_in(session, account_ids):
        account = _account(session, row.account_id)
        if row.asked_by != person_id and row.good_until >= accounts.today(account, now):
            counted[row.account_id] = counted.get(row.account_id, 0) + 1
    return counted


def is_used(session: Session, account_id: int) -> bool:
    """Whether an account has a limit, an approver or a request; who has none need not hear of approvals."""
    return records.is_used(session, account_id)


def approver_names(session: Session, account_id: int, asked_by: int) -> tuple[str, ...]:
    """Who could approve what this person asks for."""
    return tuple(one.name for one in records.approvers_of(session, account_id) if one.id != asked_by)


def _views(session: Session, account: Account, rows: Iterable[Approval], now: datetime) -> list[ApprovalView]:
    rows, today = list(rows), accounts.today(account, now)
    names = _names(
        session, {one for row in rows for one in (row.asked_by, row.decided_by) if one is not None}
    )
    return [_view(session, account, row, names, today) for row in rows]


def _view(
    session: Session, account: Account, row: Approval, names: Mapping[int, str], today: date
) -> ApprovalView:
    quote = session.get(Quote, row.quote_id) if row.quote_id is not None else None
    method = session.get(PaymentMethod, row.payment_method_id) if row.payment_method_id is not None else None
    ours = session.get(PurchaseOrderRow, row.purchase_order_id) if row.purchase_order_id is not None else None
    order = session.get(Order, row.order_id) if row.order_id is not None else None
    seated = promised(row.choices or {}).values()
    return ApprovalView(
        number=row.number,
        state=state_on(row.state, row.good_until, today),
        asked_by=names[row.asked_by],
        asked_by_id=row.asked_by,
        asked_at=row.asked_at,
        good_until=row.good_until,
        limit=Money(row.limit_minor, account.currency),
        summary=from_plain(row.summary),
        quote=quote.number if quote else None,
        card=f"{method.brand} •••• {method.last4}" if method else "",
        on_invoice=row.on_invoice,
        purchase_order=ours.number if ours else "",
        people=tuple(one.name or one.email for named in seated for one in named),
        admin=((row.choices or {}).get("admin") or {}).get("name", ""),
        decided_by=names.get(row.decided_by, "") if row.decided_by is not None else "",
        decided_at=row.decided_at,
        answer=row.answer,
        ended_for=Ended(row.ended_for) if row.ended_for else None,
        order=order.reference if order else "",
        order_state=order.state if order else None,
    )


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.execute(sa.select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {row.id: row.name for row in rows}
