"""The proof of the ledger finds what cannot be true. Faults are seeded after the database's guards are taken down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.money import Money
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.services import ledger
from portal.shared.services.ledger import CrookedMovementError
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Customer, Shop, euros, want

FAULTS = {
    "an entry was changed": "UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE book = 'sales'",
    "an entry was lost": "DELETE FROM ledger_entries WHERE book = 'cash'",
    "a payment was lost": "DELETE FROM payments",
    "a payment was raised": "UPDATE payments SET amount_minor = amount_minor + 1",
    "a settlement was lost": "DELETE FROM settlements WHERE source = 'cash'",
    "an invoice is settled twice": (
        "INSERT INTO settlements (account_id, invoice_id, movement_id, source, amount_minor, at) "
        "SELECT account_id, invoice_id, movement_id, source, amount_minor, at FROM settlements WHERE source = 'cash'"
    ),
    "an invoice was raised": "UPDATE invoices SET total_minor = total_minor + 1 WHERE kind = 'invoice'",
    "a line was credited too much, and its document with it": (
        "UPDATE invoice_lines SET amount_minor = amount_minor + 99999 WHERE kind = 'credit'; "
        "UPDATE invoices SET subtotal_minor = subtotal_minor - 99999, total_minor = total_minor - 99999 "
        "WHERE id IN (SELECT invoice_id FROM invoice_lines WHERE kind = 'credit')"
    ),
    "the lines are not the invoice": "UPDATE invoice_lines SET tax_minor = tax_minor + 1 WHERE kind = 'charge'",
    "a balance is negative": ("UPDATE ledger_entries SET amount_minor = 999999999 WHERE book = 'balance'"),
}


@pytest.fixture
def scratch(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose books may be spoiled: no proof at the end, no guards in the database."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        catalogue = a_catalogue(session)
    yield Shop(database, processor, clock, catalogue)
    processor.close()


def ordered(shop: Shop) -> Customer:
    who = shop.customer(balance=100)
    shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    return who


def take_the_guards_down(database: Database) -> None:
    with database.write() as session:
        if database.engine.dialect.name == "postgresql":
            session.execute(sa.text("DROP FUNCTION refuse_change() CASCADE"))
            return
        names = (
            session.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        )
        for name in names:
            session.execute(sa.text(f"DROP TRIGGER {name}"))


@pytest.mark.parametrize("fault", FAULTS)
def test_the_proof_finds_a_seeded_fault(scratch: Shop, fault: str) -> None:
    ordered(scratch)
    take_the_guards_down(scratch.database)
    with scratch.database.read() as session:
        assert ledger.verify(session) == []
    with scratch.database.write() as session:
        for statement in FAULTS[fault].split("; "):
            session.execute(sa.text(statement))
    with scratch.database.read() as session:
        assert ledger.verify(session) != [], fault


def test_a_movement_that_does_not_sum_to_zero_is_not_posted(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session, pytest.raises(CrookedMovementError):
        ledger.post(session, who.id, "crooked", {"cash": euros(5), "sales": euros(-4)}, NOW)


def test_a_movement_in_two_currencies_is_not_posted(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session, pytest.raises(CrookedMovementError):
        ledger.post(session, who.id, "mixed", {"cash": euros(5), "sales": Money(-5, "USD")}, NOW)


def test_a_balance_belongs_to_one_account(shop: Shop) -> None:
    one, other = shop.customer(balance=700), shop.customer()
    assert (shop.balance(one), shop.balance(other)) == (700, 0)
    with shop.database.read() as session:
        assert session.get_one(Account, one.id).currency == "EUR"
