"""Keeping purchase orders current: a billing contact adds, corrects, closes and reopens them, and sets the rule."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.records import purchase_orders as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.services import activity
from portal.shared.services.purchase_orders.reading import ClosedError, row_of

LONGEST_NUMBER = 50


class Refusal(StrEnum):
    """Why a purchase order was not kept as it was written."""

    NUMBER_EMPTY = "number_empty"
    NUMBER_TOO_LONG = "number_too_long"
    NUMBER_UNREADABLE = "number_unreadable"
    NUMBER_TAKEN = "number_taken"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"


@dataclass(frozen=True, slots=True)
class Wish:
    """A purchase order as somebody wrote it: first and last day inside, the amount with tax; both limits optional."""

    number: str
    valid_from: date
    valid_to: date | None
    authorised: Money | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A purchase order that was kept; `below_billed` when its amount is less than was billed on it already."""

    id: int
    below_billed: bool


def refusals(
    session: Session, account_id: int, wish: Wish, purchase_order_id: int | None = None
) -> tuple[Refusal, ...]:
    """Everything that is wrong with a purchase order as it was written, new or in place of one there is."""
    return _checked(session, account_id, wish, but=purchase_order_id)[1]


def add(
    session: Session, account_id: int, wish: Wish, person_id: int, now: datetime
) -> Kept | tuple[Refusal, ...]:
    """Keep a new purchase order, or say everything that is wrong with it."""
    lock_account(session, account_id)
    number, found = _checked(session, account_id, wish)
    if found:
        return found
    row = PurchaseOrderRow(
        account_id=account_id,
        number=number,
        valid_from=wish.valid_from,
        valid_to=wish.valid_to,
        authorised_minor=wish.authorised.minor if wish.authorised else None,
        created_by=person_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"purchase_order": row.id, "after": _told(row)}
    activity.record(session, account_id, person_id, "purchase-order-added", detail, now)
    return Kept(row.id, below_billed=False)


def change(
    session: Session, account_id: int, purchase_order_id: int, wish: Wish, person_id: int, now: datetime
) -> Kept | tuple[Refusal, ...]:
    """Correct a purchase order, or say everything that is wrong with it. Its invoices keep the printed number.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order, or it was closed (`ClosedError`).
    """
    lock_account(session, account_id)
    row = row_of(session, account_id, purchase_order_id)
    if row.closed_at is not None:
        raise ClosedError(row.number)
    number, found = _checked(session, account_id, wish, but=row.id)
    if found:
        return found
    before = _told(row)
    row.number, row.valid_from, row.valid_to = number, wish.valid_from, wish.valid_to
    row.authorised_minor = wish.authorised.minor if wish.authorised else None
    session.flush()
    if before != _told(row):
        detail = {"purchase_order": row.id, "before": before, "after": _told(row)}
        activity.record(session, account_id, person_id, "purchase-order-changed", detail, now)
    billed = records.billed_on(session, account_id).get(row.id, 0)
    return Kept(row.id, below_billed=row.authorised_minor is not None and row.authorised_minor < billed)


def close(session: Session, account_id: int, purchase_order_id: int, person_id: int, now: datetime) -> None:
    """Bill nothing on a purchase order any more. Doing it again is harmless.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order.
    """
    _set_closed(session, account_id, purchase_order_id, person_id, now, closed=True)


def reopen(session: Session, account_id: int, purchase_order_id: int, person_id: int, now: datetime) -> None:
    """Let a closed purchase order be used again. Doing it again is harmless.

    Raises:
        UnknownPurchaseOrderError: this account has no such purchase order.
    """
    _set_closed(session, account_id, purchase_order_id, person_id, now, closed=False)


def set_rule(session: Session, account_id: int, rule: LimitRule, person_id: int, now: datetime) -> None:
    """Choose what happens when a purchase order does not cover a bill."""
    account = lock_account(session, account_id)
    before = account.purchase_order_rule
    if before is not rule:
        account.purchase_order_rule = rule
        detail = {"before": before, "after": rule}
        activity.record(session, account_id, person_id, "purchase-order-rule-set", detail, now)


def _set_closed(
    session: Session, account_id: int, purchase_order_id: int, person_id: int, now: datetime, *, closed: bool
) -> None:
    lock_account(session, account_id)
    row = row_of(session, account_id, purchase_order_id)
    if (row.closed_at is not None) is not closed:
        row.closed_at = now if closed else None
        action = "purchase-order-closed" if closed else "purchase-order-reopened"
        detail = {"purchase_order": row.id, "number": row.number}
        activity.record(session, account_id, person_id, action, detail, now)


def _checked(
    session: Session, account_id: int, wish: Wish, but: int | None = None
) -> tuple[str, tuple[Refusal, ...]]:
    """The number in its one spelling, and everything that is wrong, in the order of the page."""
    number = " ".join(wish.number.split())
    found: list[Refusal] = []
    taken = {
        row.number.casefold() for row in records.purchase_orders_of(session, account_id) if row.id != but
    }
    if not number:
        found.append(Refusal.NUMBER_EMPTY)
    elif len(number) > LONGEST_NUMBER:
        found.append(Refusal.NUMBER_TOO_LONG)
    elif any(unicodedata.category(letter).startswith("C") for letter in number):
        found.append(Refusal.NUMBER_UNREADABLE)  # invisible letters would make two numbers look like one
    elif number.casefold() in taken:
        found.append(Refusal.NUMBER_TAKEN)
    if wish.valid_to is not None and wish.valid_to < wish.valid_from:
        found.append(Refusal.ENDS_BEFORE_IT_STARTS)
    if wish.authorised is not None and wish.authorised.minor <= 0:
        found.append(Refusal.AMOUNT_NOT_POSITIVE)
    return number, tuple(found)


def _told(row: PurchaseOrderRow) -> dict[str, Any]:
    """A purchase order's values as the activity log keeps them."""
    return {
        "number": row.number,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "authorised_minor": row.authorised_minor,
    }
