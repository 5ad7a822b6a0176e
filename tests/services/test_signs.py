"""What hardly any account has is asked for together, and only by sessions whose snapshot stands."""

from __future__ import annotations

from datetime import date

from portal.shared.records import account_moves, approvals, carts, claims, orders, viewings
from portal.shared.records.database import Database
from portal.shared.records.ledger import book_total
from portal.shared.records.tax_exemptions import TaxExemption, exemption_on
from tests.support.counting import counting
from tests.support.factories import NOW, a_contact, an_online_account

DAY = date(2026, 3, 10)


def test_an_account_that_has_none_of_it_is_asked_once_for_all_of_it(database: Database) -> None:
    with database.write() as session:
        account_id = an_online_account(session).id
    with database.read() as session, counting(database.engine) as sent:
        assert orders.open_order_of(session, account_id) is None
        assert account_moves.last_move_of(session, account_id) is None
        assert claims.waiting_claim(session, account_id) is None
        assert approvals.waiting_in(session, [account_id]) == []
        assert not approvals.is_used(session, account_id)
        assert viewings.running_at(session, account_id, NOW) == []
        assert exemption_on(session, account_id, DAY) is None
        assert carts.cart_of(session, account_id) == []
    assert len(sent) == 1, "\n".join(sent)


def test_whoever_writes_sees_at_once_what_they_wrote(database: Database) -> None:
    with database.write() as session:
        account = an_online_account(session)
        assert exemption_on(session, account.id, DAY) is None
        session.add(_exemption(account.id, a_contact(session, account).id))
        found = exemption_on(session, account.id, DAY)
        assert found is not None
        assert found.document == "D 1"


def test_what_was_written_meanwhile_is_seen_by_the_next_reader(database: Database) -> None:
    with database.write() as session:
        account = an_online_account(session)
        account_id, person_id = account.id, a_contact(session, account).id
    with database.read() as session:
        assert exemption_on(session, account_id, DAY) is None
    with database.write() as session:
        session.add(_exemption(account_id, person_id))
    with database.read() as session:
        assert exemption_on(session, account_id, DAY) is not None


def test_one_reader_asks_for_the_same_total_once_and_for_another_anew(database: Database) -> None:
    with database.write() as session:
        account_id = an_online_account(session).id
    with database.read() as session, counting(database.engine) as sent:
        for book in ("balance", "balance", "cash"):
            assert book_total(session, account_id, book, "EUR") == 0
    assert len(sent) == 2, "\n".join(sent)


def _exemption(account_id: int, person_id: int) -> TaxExemption:
    return TaxExemption(
        account_id=account_id,
        document="D 1",
        valid_from=DAY,
        valid_to=DAY,
        added_by=person_id,
        added_at=NOW,
    )
