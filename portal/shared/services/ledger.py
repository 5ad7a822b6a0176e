"""Posting to the double-entry ledger, and proving it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.records.accounts import Account
from portal.shared.records.corrections import (
    refunded_total,
    refunds_on_their_way,
    written_off_total,
)
from portal.shared.records.in_bulk import insert_row, insert_rows, new_numbers
from portal.shared.records.invoice_proofs import (
    invoices_unlike_their_lines,
    kept_as_open,
    overcredited_invoices,
    oversettled_invoices,
    unpaid_by_settlements,
)
from portal.shared.records.ledger import (
    LedgerMovement,
    add_entries,
    balance_total,
    balances_by_entries,
    book_total,
    crooked_movements,
    kept_balances,
)
from portal.shared.records.payments import Payment


class CrookedMovementError(ValueError):
    """A movement that does not sum to zero was about to be posted."""


def post(
    session: Session,
    account_id: int,
    kind: str,
    entries: Mapping[str, Money],
    now: datetime,
    *,
    order_id: int | None = None,
    invoice_id: int | None = None,
) -> int:
    """Append one movement (book → amount, debit positive) and return its id. Zero amounts are left out.

    Raises:
        CrookedMovementError: the entries do not sum to zero in each currency.
    """
    moved = in_balance(kind, entries)
    movement = insert_row(
        session,
        LedgerMovement,
        {
            "account_id": account_id,
            "kind": kind,
            "order_id": order_id,
            "invoice_id": invoice_id,
            "at": now,
        },
    )
    add_entries(session, [(account_id, movement, *one) for one in moved])
    return movement


Moved = Sequence[tuple[str, str, int]]


def in_balance(kind: str, entries: Mapping[str, Money]) -> Moved:
    """The entries of a movement as (book, currency, minor units), without what moves nothing.

    Raises:
        CrookedMovementError: they do not sum to zero in each currency.
    """
    sums: Counter[str] = Counter()
    for amount in entries.values():
        sums[amount.currency] += amount.minor
    if any(sums.values()):
        raise CrookedMovementError(f"{kind} does not sum to zero")
    return [(book, amount.currency, amount.minor) for book, amount in entries.items() if amount]


def post_many(
    session: Session, kind: str, movements: Sequence[tuple[int, int, Moved]], now: datetime
) -> Sequence[int]:
    """Append a movement for each (account, invoice, entries in balance) at once; gives their ids, in that order."""
    numbers = new_numbers(session, LedgerMovement, len(movements))
    rows = [
        (number, account_id, kind, invoice_id, now)
        for number, (account_id, invoice_id, _) in zip(numbers, movements, strict=True)
    ]
    insert_rows(session, LedgerMovement, ("id", "account_id", "kind", "invoice_id", "at"), rows)
    add_entries(
        session,
        [
            (account_id, number, *one)
            for number, (account_id, _, moved) in zip(numbers, movements, strict=True)
            for one in moved
        ],
    )
    return numbers


def balance(session: Session, account_id: int, currency: str) -> Money:
    """What the account has in its favour."""
    return Money(-balance_total(session, account_id, currency), currency)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the books that cannot be true."""

    account_id: int | None
    what: str


def verify(session: Session, done: Callable[[int], object] = lambda _: None) -> list[Fault]:
    """Prove the whole ledger; an empty list is the proof. `done` is told after each account how many they were.

    Every movement sums to zero, and for every account the open invoices are the receivables, the payments without the
    refunds are the cash, what was written off and what is on its way back stand in their own books, what is kept as
    open is what the settlements leave open, and the balance that is kept is the sum of its entries and not negative.
    Every document is the sum of its lines, no document is settled beyond its total, and no line is credited beyond its
    amount and its tax.
    """
    faults = [
        Fault(None, f"movement {movement} does not sum to zero") for movement in crooked_movements(session)
    ]
    accounts = session.execute(sa.select(Account.id, Account.currency).order_by(Account.id)).all()
    for number, (account_id, currency) in enumerate(accounts, start=1):
        faults.extend(_account_faults(session, account_id, currency))
        done(number)
    for what, found in (
        ("is not the sum of its lines", invoices_unlike_their_lines(session)),
        ("is settled beyond its total", oversettled_invoices(session)),
        ("has a line that is credited beyond its amount", overcredited_invoices(session)),
    ):
        faults.extend(Fault(invoice.account_id, f"{invoice.name} {what}") for invoice in found)
    return faults


def _account_faults(session: Session, account_id: int, currency: str) -> list[Fault]:
    paid = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.amount_minor), 0)).where(
            Payment.account_id == account_id
        )
    )
    unpaid = unpaid_by_settlements(session, account_id)
    expected = {
        "receivable": sum(unpaid.values()),
        "cash": int(paid or 0) - refunded_total(session, account_id),
        "written_off": written_off_total(session, account_id),
        "in_transit": -refunds_on_their_way(session, account_id),
    }
    faults = [
        Fault(account_id, f"{book} stands at {stands}, the documents say {should}")
        for book, should in expected.items()
        if (stands := book_total(session, account_id, book, currency)) != should
    ]
    if kept_as_open(session, account_id) != {key: (rest, True) for key, rest in unpaid.items()}:
        faults.append(Fault(account_id, "what is kept as open is not what the settlements leave open"))
    balances = balances_by_entries(session, account_id)
    if kept_balances(session, account_id) != balances:
        faults.append(Fault(account_id, "what is kept as the balance is not the sum of its entries"))
    if balances.get(currency, 0) > 0:
        faults.append(Fault(account_id, "the balance is negative"))
    return faults
