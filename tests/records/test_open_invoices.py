"""What is kept as open beside the books is what the books say, whoever writes them and however."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.command import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.shared.domain.requests import RequestKind
from portal.shared.records.accounts import Account
from portal.shared.records.cloning import create_empty
from portal.shared.records.database import Database
from portal.shared.records.in_bulk import insert_rows, new_numbers
from portal.shared.records.invoice_proofs import kept_as_open, unpaid_by_settlements
from portal.shared.records.invoices import Invoice, Settlement, StillOpen, unpaid_amounts
from portal.shared.records.ledger import LedgerMovement
from portal.shared.records.requests import Request
from portal.shared.records.schema import migrate
from portal.shared.services import ledger
from tests.records.test_migrations import config
from tests.support import factories
from tests.support.factories import NOW, TODAY

# Whether it asks for money, how much (nothing, too), what was paid of it bit by bit, and how the rows are written.
Document = tuple[bool, int, list[int], bool]
DOCUMENTS = st.tuples(
    st.booleans(), st.integers(0, 300), st.lists(st.integers(1, 200), max_size=4), st.booleans()
)


class Book:
    """An account whose documents and settlements are written one by one or many at once."""

    def __init__(self, session: Session) -> None:
        self.session, self.count = session, 0
        self.account = factories.an_online_account(session)
        self.movement = LedgerMovement(account_id=self.account.id, kind="test", at=NOW)
        session.add(self.movement)
        session.flush()

    def write(self, documents: list[Document], *, together: bool) -> None:
        """Documents, and then what settled them: everything at once, or each by itself."""
        ids = list(new_numbers(self.session, Invoice, len(documents)))
        for some in [range(len(ids))] if together else [[one] for one in range(len(ids))]:
            self._insert(Invoice, [self._invoice(ids[one], documents[one]) for one in some], together)
            self._insert(
                Settlement,
                [self._settlement(ids[one], part) for one in some for part in documents[one][2]],
                together,
            )

    def _insert(self, table: type[Any], rows: list[dict[str, Any]], together: bool) -> None:
        if together and rows:
            insert_rows(self.session, table, tuple(rows[0]), [tuple(row.values()) for row in rows])
        else:
            self.session.add_all(table(**row) for row in rows)
            self.session.flush()

    def _invoice(self, number: int, document: Document) -> dict[str, Any]:
        self.count += 1
        asks, total, _, late = document
        return {
            "id": number,
            "account_id": self.account.id,
            "number": self.count,
            "name": f"{self.account.invoice_series}-{self.count:06}",
            "kind": "invoice" if asks else "credit_note",
            "issued_on": TODAY,
            "due_on": TODAY - timedelta(days=3) if late else TODAY,
            "currency": "EUR",
            "subtotal_minor": total,
            "tax_minor": 0,
            "total_minor": total,
        }

    def _settlement(self, invoice: int, minor: int) -> dict[str, Any]:
        told = {"account_id": self.account.id, "invoice_id": invoice, "movement_id": self.movement.id}
        return {**told, "source": "cash", "amount_minor": minor, "at": NOW}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.lists(DOCUMENTS, max_size=5), st.booleans()),
            st.sampled_from(["online", "corporate"]),
        ),
        max_size=4,
    )
)
def test_what_is_kept_is_what_the_settlements_leave_open(
    database: Database, steps: list[tuple[list[Document], bool] | str]
) -> None:
    with database.engine.connect() as connection:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            book = Book(session)
            for step in steps:
                if isinstance(step, str):
                    book.account.type = step
                    session.flush()
                else:
                    book.write(step[0], together=step[1])
                true = unpaid_by_settlements(session, book.account.id)
                assert unpaid_amounts(session, book.account.id) == true
                kept = kept_as_open(session, book.account.id)
                assert kept == {key: (rest, True) for key, rest in true.items()}
        connection.rollback()


def one_invoice(database: Database, *paid: int) -> int:
    """An account with an invoice of 100, and what was paid of it."""
    with database.write() as session:
        book = Book(session)
        book.write([(True, 100, list(paid), True)], together=False)
        return book.account.id


CHANGES = {
    "a-rest-that-is-another-one": sa.update(StillOpen).values(rest_minor=1),
    "a-row-too-few": sa.delete(StillOpen),
    "another-day": sa.update(StillOpen).values(due_on=TODAY),
    "another-type": sa.update(StillOpen).values(account_type="corporate"),
    "a-row-too-many": sa.insert(StillOpen).from_select(
        ["account_id", "invoice_id", "account_type", "due_on", "rest_minor"],
        sa.select(
            StillOpen.account_id,
            sa.literal(99),
            StillOpen.account_type,
            StillOpen.due_on,
            StillOpen.rest_minor,
        ),
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_proof_of_the_books_finds_what_is_kept_wrongly(database: Database, change: sa.Executable) -> None:
    account_id = one_invoice(database, 40)
    wrong = ledger.Fault(account_id, "what is kept as open is not what the settlements leave open")
    with database.write() as session:
        assert wrong not in ledger.verify(session)
        session.execute(change)
        assert wrong in ledger.verify(session)


def test_what_was_open_before_the_migration_is_found_by_it(database: Database) -> None:
    accounts = [one_invoice(database, *paid) for paid in ((), (40,), (40, 60))]
    with database.write() as session:
        session.get_one(Account, accounts[1]).type = "corporate"
        person = factories.a_person(session)
        told = {"kind": RequestKind.OTHER, "wanted": {}, "created_by": person.id, "created_at": NOW}
        session.add_all(Request(account_id=one, number=1, **told) for one in accounts)
    before = rows(database)
    assert [row.rest_minor for row in before[0]] == [100, 60]
    assert [row.account_type for row in before[1]] == ["online", "corporate", "online"]
    downgrade(config(database), "0019")
    upgrade(config(database), "head")
    assert rows(database) == before
    settled = one_invoice(database, 100)
    with database.read() as session:
        assert unpaid_amounts(session, settled) == {}


def rows(database: Database) -> tuple[list[Any], list[Any]]:
    with database.read() as session:
        kept = session.execute(sa.select(StillOpen.__table__).order_by(StillOpen.invoice_id))
        asked = session.execute(sa.select(Request.id, Request.account_type).order_by(Request.id))
        return list(kept), list(asked)


def test_a_request_waits_at_the_desk_of_its_account_also_when_that_moves(database: Database) -> None:
    with database.write() as session:
        account, person = factories.an_online_account(session), factories.a_person(session)
        told = {"kind": RequestKind.OTHER, "wanted": {}, "created_by": person.id, "created_at": NOW}
        session.add(Request(account_id=account.id, number=1, **told))
    assert [row.account_type for row in rows(database)[1]] == ["online"]
    with database.write() as session:
        session.get_one(Account, account.id).type = "corporate"
    assert [row.account_type for row in rows(database)[1]] == ["corporate"]


def test_a_clone_keeps_what_stands_beside_the_books_in_the_words_of_the_migration(tmp_path: Path) -> None:
    asked = sa.text(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN "
        "('invoices_note_open', 'settlements_lower_open', 'ledger_entries_keep_balance') ORDER BY name"
    )
    found = []
    for name, made in (("real", migrate), ("clone", create_empty)):
        database = Database(f"sqlite:///{tmp_path / name}.sqlite3")
        made(database)
        with database.read() as session:
            found.append([tuple(one) for one in session.execute(asked)])
        database.dispose()
    real, clone = found
    assert clone == real
    assert len(clone) == 3
