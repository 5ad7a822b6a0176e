"""Prove a filled database by the application's own checks; of what is asked account by account, a sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.summary import from_plain
from portal.shared.records.accounts import Account
from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.services import ledger
from portal.shared.services.activity import verifying
from portal.shared.services.invoices.recompute import recompute

SAMPLE = 60


def prove(database: Database, *, whole_ledger: bool = True, sample: int = SAMPLE) -> list[str]:
    """What is wrong; an empty list is the proof.

    The whole ledger (`services.ledger.verify`) asks every account and takes its time; foreign keys are always looked at
    in all tables. Of a sample of accounts, evenly spread: the activity's chain, every document from its history, every
    order's digest, and the invoice numbers.
    """
    found = []
    with database.read() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        found += list(_nowhere(session))
        if whole_ledger:
            found += [f"account {one.account_id}: {one.what}" for one in ledger.verify(session)]
        for account_id in _spread(session, sample):
            found += _of_account(session, account_id)
    return found


def _spread(session: Session, sample: int) -> Sequence[int]:
    count = session.scalar(sa.select(sa.func.max(Account.id))) or 0
    wanted = {1 + number * (count - 1) // max(sample - 1, 1) for number in range(sample)}
    return session.scalars(sa.select(Account.id).where(Account.id.in_(wanted)).order_by(Account.id)).all()


def _of_account(session: Session, account_id: int) -> Iterator[str]:
    for broken in verifying.verify(session, account_id):
        yield f"activity {broken.chain}: {broken.fault} at {broken.sequence}"
    account = session.get_one(Account, account_id)
    names = session.scalars(
        sa.select(Invoice.name).where(Invoice.account_id == account_id).order_by(Invoice.number)
    ).all()
    due = [f"{account.invoice_series}-{number:06}" for number in range(1, account.last_invoice_number + 1)]
    if list(names) != due:
        yield f"account {account_id}: documents {names}, expected {due}"
    for name in names:
        yield from (f"{name}: {difference}" for difference in recompute(session, name))
    for order in session.scalars(sa.select(Order).where(Order.account_id == account_id)):
        if from_plain(order.summary).digest != order.digest:
            yield f"order {order.reference}: the digest is another one"


def _nowhere(session: Session) -> Iterator[str]:
    """Rows that point to a row that is not there."""
    for table in all_tables().sorted_tables:
        for key in table.foreign_key_constraints:
            target = key.referred_table.alias("target")
            pairs = [
                (table.c[element.parent.name], target.c[element.column.name]) for element in key.elements
            ]
            named = sa.and_(*(own.is_not(None) for own, _ in pairs))
            there = sa.exists().where(*(own == other for own, other in pairs))
            question = sa.select(sa.literal(1)).select_from(table).where(named, ~there).limit(1)
            if session.execute(question).first() is not None:
                yield f"{table.name}: {key.name} points nowhere"
