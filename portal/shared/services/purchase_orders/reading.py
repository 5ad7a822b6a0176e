"""Purchase orders of a corporate account, as pages show them and as whoever bills on one asks about them.

Imports nothing of orders, quotes or invoicing: all of them ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain import purchase_orders as rules
from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import Coverage, LimitRule, PurchaseOrder, Warned
from portal.shared.records import purchase_orders as records
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.services import accounts


class UnknownPurchaseOrderError(LookupError):
    """The account has no such purchase order; another account's counts as none."""


class ClosedError(UnknownPurchaseOrderError):
    """The purchase order was closed: nothing is billed on it and nothing of it is changed until it is reopened."""


@dataclass(frozen=True, slots=True)
class PurchaseOrderView:
    """A purchase order with what was billed on it, and what has to be said about it today."""

    id: int
    number: str
    valid_from: date
    valid_to: date | None
    authorised: Money | None
    used: Money
    percent: int | None
    warnings: tuple[Warned, ...]
    begun: bool
    closed: bool

    @property
    def rest(self) -> Money | None:
        """What can still be billed on it; below nothing when more was billed. None without a limit."""
        return None if self.authorised is None else self.authorised - self.used


@dataclass(frozen=True, slots=True)
class PaidFor:
    """A document with the number of a purchase order; a credit note has a negative total."""

    name: str
    kind: str
    issued_on: date
    total: Money


def as_value(row: PurchaseOrderRow, currency: str) -> PurchaseOrder:
    """The row as the plain value that rules work with."""
    authorised = None if row.authorised_minor is None else Money(row.authorised_minor, currency)
    return PurchaseOrder(row.number, row.valid_from, row.valid_to, authorised)


def coverage_of(
    session: Session, account_id: int, purchase_order_id: int, bill: Money, day: date
) -> Coverage:
    """What the account's rule makes of a bill (with tax) on one of its purchase orders on a day.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order, or it was closed (`ClosedError`).
    """
    account = _account(session, account_id)
    row = row_of(session, account_id, purchase_order_id)
    if row.closed_at is not None:
        raise ClosedError(row.number)
    used = Money(records.billed_on(session, account_id).get(row.id, 0), account.currency)
    return rules.coverage(as_value(row, account.currency), used, bill, day, account.purchase_order_rule)


def usable(session: Session, account_id: int, day: date) -> list[PurchaseOrderView]:
    """The open purchase orders that are valid on a day, for a choice list; used up ones too, the rule decides."""
    return [
        view
        for view in _views(session, _account(session, account_id), day)
        if not view.closed and view.begun and (view.valid_to is None or day <= view.valid_to)
    ]


def of_account(session: Session, account_id: int, now: datetime) -> list[PurchaseOrderView]:
    """Every purchase order of an account, open ones first."""
    account = _account(session, account_id)
    return _views(session, account, accounts.today(account, now))


def one_of_account(
    session: Session, account_id: int, purchase_order_id: int, now: datetime
) -> PurchaseOrderView:
    """One purchase order of an account.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order.
    """
    account = _account(session, account_id)
    row = row_of(session, account_id, purchase_order_id)
    used = records.billed_on(session, account_id).get(row.id, 0)
    return _view(row, Money(used, account.currency), accounts.today(account, now))


def paid_for(session: Session, account_id: int, purchase_order_id: int) -> list[PaidFor]:
    """What was billed on a purchase order, newest first."""
    return [
        PaidFor(row.name, row.kind, row.issued_on, Money(row.total_minor, row.currency))
        for row in records.documents_on(session, account_id, purchase_order_id)
    ]


def rule_of(session: Session, account_id: int) -> LimitRule:
    """What the account wants to happen at the limit of a purchase order."""
    return _account(session, account_id).purchase_order_rule


def row_of(session: Session, account_id: int, purchase_order_id: int) -> PurchaseOrderRow:
    """The row of a purchase order of this account.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order.
    """
    row = records.purchase_order_of(session, account_id, purchase_order_id)
    if row is None:
        raise UnknownPurchaseOrderError(purchase_order_id)
    return row


def _views(session: Session, account: Account, day: date) -> list[PurchaseOrderView]:
    rows: Sequence[PurchaseOrderRow] = records.purchase_orders_of(session, account.id)
    billed = records.billed_on(session, account.id) if rows else {}
    return [_view(row, Money(billed.get(row.id, 0), account.currency), day) for row in rows]


def _view(row: PurchaseOrderRow, used: Money, day: date) -> PurchaseOrderView:
    value = as_value(row, used.currency)
    closed = row.closed_at is not None
    return PurchaseOrderView(
        id=row.id,
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        authorised=value.authorised,
        used=used,
        percent=rules.used_percent(value, used),
        warnings=() if closed else tuple(rules.warnings(value, used, day)),
        begun=row.valid_from <= day,
        closed=closed,
    )


def _account(session: Session, account_id: int) -> Account:
    account = account_by_id(session, account_id)
    if account is None:
        raise accounts.UnknownAccountError(account_id)
    return account
