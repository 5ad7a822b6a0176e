"""Accounts: the organisations that pay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.taxes import VatState
from portal.shared.records.base import Base
from portal.shared.records.database import ReadSession
from portal.shared.records.plain_rows import rows_of


class Account(Base):
    """An organisation. Its type decides the portal; its currency never changes."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.CheckConstraint("type IN ('online', 'corporate')", name="type"),
        sa.CheckConstraint("invoice_terms_days BETWEEN 0 AND 180", name="invoice_terms_days"),
        sa.Index("ix_accounts_vat_state", "vat_state", "vat_next_check_at"),
        # The desk's lists: of a representative, of those without one, and of everybody, by name.
        sa.Index("ix_accounts_type_rep_id", "type", "rep_id", "name"),
        sa.Index("ix_accounts_type_name", "type", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    currency: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    language: Mapped[str]
    vat_number: Mapped[str] = mapped_column(default="")
    vat_state: Mapped[VatState] = mapped_column(default=VatState.NONE)
    vat_checked_at: Mapped[datetime | None] = mapped_column(default=None)
    vat_reference: Mapped[str] = mapped_column(default="")
    # How often the registry gave no answer about this number, and when it is asked again; at once where it is not told.
    vat_tries: Mapped[int] = mapped_column(default=0)
    vat_next_check_at: Mapped[datetime | None] = mapped_column(default=None)
    expired_on: Mapped[date | None] = mapped_column(default=None)
    rep_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True, default=None)
    invoice_series: Mapped[str] = mapped_column(unique=True)
    last_invoice_number: Mapped[int] = mapped_column(default=0)
    last_request_number: Mapped[int] = mapped_column(default=0)
    last_quote_number: Mapped[int] = mapped_column(default=0)
    street: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    # Days to pay an invoice; none for accounts whose card is charged at once.
    invoice_terms_days: Mapped[int | None] = mapped_column(default=None)
    purchase_order_rule: Mapped[LimitRule] = mapped_column(default=LimitRule.WARN)
    created_at: Mapped[datetime]


_ONE = sa.select(Account).where(Account.id == sa.bindparam("account_id"))
_SEVERAL = sa.select(Account).where(Account.id.in_(sa.bindparam("account_ids", expanding=True)))
_KEPT = "accounts"
_LOCKED = _ONE.with_for_update().execution_options(populate_existing=True)


def account_by_id(session: Session, account_id: int) -> Account | None:
    """Which account has this id?"""
    if not isinstance(session, ReadSession):
        return session.get(Account, account_id)
    kept: dict[int, Account] = session.info.setdefault(_KEPT, {})
    if account_id not in kept:
        for account in rows_of(session, _ONE, {"account_id": account_id}):
            keep_at_hand(session, account)
    return kept.get(account_id)


def accounts_by_id(session: Session, ids: Iterable[int]) -> dict[int, Account]:
    """Which accounts have these ids? One statement at most."""
    wanted = tuple(ids)
    kept: dict[int, Account] = session.info.get(_KEPT, {})
    if any(one not in kept for one in wanted):
        return {one.id: one for one in rows_of(session, _SEVERAL, {"account_ids": wanted})}
    return {one: kept[one] for one in wanted}


def keep_at_hand(session: Session, account: Account) -> None:
    """Let a reading session, whose snapshot does not change, answer from memory when asked for this account again.

    A page asks for its account from several rooms.
    """
    if isinstance(session, ReadSession):
        session.info.setdefault(_KEPT, {})[account.id] = account


def lock_account(session: Session, account_id: int) -> Account:
    """Take the account's row for this transaction: every write about money starts here.

    On SQLite the transaction already holds the only write lock.

    Raises:
        sqlalchemy.exc.NoResultFound: there is no such account.
    """
    return session.execute(_LOCKED, {"account_id": account_id}).scalar_one()
