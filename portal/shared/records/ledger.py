"""The ledger: double entry, append only. The database itself refuses UPDATE and DELETE (see the migrations)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.accounts import Account
from portal.shared.records.base import Base, index_where_told
from portal.shared.records.database import ReadSession
from portal.shared.records.in_bulk import insert_rows
from portal.shared.records.plain_rows import plain_rows
from portal.shared.records.signs import ACCOUNT, figure, figure_of

BOOKS = ("receivable", "sales", "tax", "balance", "cash", "written_off", "in_transit")


class LedgerMovement(Base):
    """One event about money; its entries sum to zero in each currency."""

    __tablename__ = "ledger_movements"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        index_where_told("ix_ledger_movements_order_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    kind: Mapped[str]
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), default=None)
    invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"), index=True, default=None)
    at: Mapped[datetime]


class LedgerEntry(Base):
    """An amount in one book: debit is positive, credit negative, in minor units."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["account_id", "movement_id"], ["ledger_movements.account_id", "ledger_movements.id"]
        ),
        sa.CheckConstraint("book IN ({})".format(", ".join(f"'{book}'" for book in BOOKS)), name="book"),
        sa.CheckConstraint("amount_minor <> 0", name="amount_moves"),
        # With the amounts, so that a balance is added up from the index alone.
        sa.Index("ix_ledger_entries_account_id_book", "account_id", "book", "currency", "amount_minor"),
        sa.Index("ix_ledger_entries_movement_id", "account_id", "movement_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    movement_id: Mapped[int]
    book: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int]


class AccountBalance(Base):
    """What stands in the account's own book, in minor units as its entries have it; no row before the first of them.

    The database keeps it by itself (migration 0022) from whatever is appended to `ledger_entries`, so that no page adds
    up an account's whole past. `ledger.verify` proves it against the entries.
    """

    __tablename__ = "account_balances"
    __table_args__ = ({"sqlite_with_rowid": False},)

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount_minor: Mapped[int]


_OF_AN_ENTRY = ("account_id", "movement_id", "book", "currency", "amount_minor")
_BOOK_TOTAL = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0)).where(
    LedgerEntry.account_id == sa.bindparam("account_id"),
    LedgerEntry.book == sa.bindparam("book"),
    LedgerEntry.currency == sa.bindparam("currency"),
)


_BALANCE = figure(
    "balance",
    sa.select(AccountBalance.amount_minor)
    .where(
        AccountBalance.account_id == ACCOUNT,
        # An account has one currency, for ever.
        AccountBalance.currency == sa.select(Account.currency).where(Account.id == ACCOUNT).scalar_subquery(),
    )
    .scalar_subquery(),
)
_KEPT_BALANCE = sa.select(AccountBalance.amount_minor).where(
    AccountBalance.account_id == sa.bindparam("account_id"),
    AccountBalance.currency == sa.bindparam("currency"),
)


def add_entries(session: Session, entries: Sequence[tuple[int, int, str, str, int]]) -> None:
    """Append entries (account, movement, book, currency, minor units) to movements that are there."""
    insert_rows(session, LedgerEntry, _OF_AN_ENTRY, entries)


def book_total(session: Session, account_id: int, book: str, currency: str) -> int:
    """What stands in one book of an account, in minor units (debit positive)?"""
    of = {"account_id": account_id, "book": book, "currency": currency}
    ((total,),) = plain_rows(session, _BOOK_TOTAL, of)
    return int(total)


def balance_total(session: Session, account_id: int, currency: str) -> int:
    """What stands in the account's own book, in its own currency? Every page asks, so it is read with the signs."""
    if isinstance(session, ReadSession):
        return int(figure_of(session, account_id, _BALANCE) or 0)
    kept = plain_rows(session, _KEPT_BALANCE, {"account_id": account_id, "currency": currency})
    return int(kept[0][0]) if kept else 0


def kept_balances(session: Session, account_id: int) -> dict[str, int]:
    """What does the database keep as an account's balance, in each currency?"""
    question = sa.select(AccountBalance.currency, AccountBalance.amount_minor).where(
        AccountBalance.account_id == account_id, AccountBalance.amount_minor != 0
    )
    return {one.currency: one.amount_minor for one in session.execute(question)}


def balances_by_entries(session: Session, account_id: int) -> dict[str, int]:
    """What stands in an account's own book, added up from all its entries, in each currency?"""
    total = sa.func.sum(LedgerEntry.amount_minor)
    question = (
        sa.select(LedgerEntry.currency, total)
        .where(LedgerEntry.account_id == account_id, LedgerEntry.book == "balance")
        .group_by(LedgerEntry.currency)
        .having(total != 0)
    )
    return {currency: int(amount) for currency, amount in session.execute(question)}


def crooked_movements(session: Session) -> list[int]:
    """Which movements do not sum to zero? None, ever."""
    question = (
        sa.select(LedgerEntry.movement_id)
        .group_by(LedgerEntry.movement_id, LedgerEntry.currency)
        .having(sa.func.sum(LedgerEntry.amount_minor) != 0)
    )
    return list(session.scalars(question))
