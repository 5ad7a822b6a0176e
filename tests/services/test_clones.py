"""Rehearsing with a clone: it renews by itself, and nothing of it reaches the real account; on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.gateways.rehearsals import Rehearsals
from portal.shared.records.base import all_tables
from portal.shared.records.invoices import Invoice
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.ahead.next_invoice import next_invoice
from portal.shared.services.ahead.planning import Wish, plan
from portal.shared.services.clones import living, making
from portal.shared.services.clones.living import Note, Refused
from portal.shared.services.clones.making import NotHereError
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.renewing import renew_account
from tests.services.test_ahead import APRIL, JUNE, cancel, corporate
from tests.support.factories import NOW, SELLER
from tests.support.shop import Customer, Shop

LATER = datetime(2026, 6, 2, 9, tzinfo=UTC)


@pytest.fixture
def rehearsals(tmp_path: Path) -> Rehearsals:
    return making.shelf(tmp_path, allowed=True)


def clone(shop: Shop, rehearsals: Rehearsals, who: Customer) -> Note:
    with shop.database.write() as session:
        return making.make(session, rehearsals, who.id, who.person_id, "Sofia Lemos", NOW)


def move(rehearsals: Rehearsals, note: Note, until: datetime = LATER) -> Note:
    moved = living.move(rehearsals, note, until, SELLER)
    assert isinstance(moved, Note), moved
    return moved


def everything(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of the real database."""
    with shop.database.read() as session:
        return {
            name: sorted((tuple(row) for row in session.execute(sa.select(table))), key=repr)
            for name, table in all_tables().tables.items()
        }


def test_no_mail_charge_webhook_or_ledger_row_of_the_real_account_comes_of_a_clone(
    shop: Shop, rehearsals: Rehearsals
) -> None:
    who = shop.customer(balance=700)
    shop.monthly(who)
    note = clone(shop, rehearsals, who)
    before, captured, charges = everything(shop), shop.captured(), shop.processor.book.totals()
    moved = move(rehearsals, note)
    assert [one.issued_on for one in living.scene(rehearsals, moved).documents] == [
        APRIL,
        date(2026, 5, 1),
        JUNE,
    ]
    rehearsals.throw_away(who.id)
    assert everything(shop) == before
    assert (shop.captured(), shop.processor.book.totals()) == (captured, charges)


def test_cloning_itself_leaves_one_entry_of_the_activity_and_nothing_else(
    shop: Shop, rehearsals: Rehearsals
) -> None:
    who = shop.customer()
    shop.monthly(who)
    before = everything(shop)
    clone(shop, rehearsals, who)
    after = everything(shop)
    assert {name for name in after if after[name] != before[name]} == {"activity"}
    assert len(after["activity"]) == len(before["activity"]) + 1


def test_the_clone_writes_the_invoice_that_the_real_account_gets(shop: Shop, rehearsals: Rehearsals) -> None:
    who = corporate(shop, balance=1234)
    number = shop.monthly(who)
    with shop.database.write() as session:
        plan(session, who.id, number, Wish(shop.catalogue.plus, 7, APRIL), who.person_id, NOW)
    with shop.database.read() as session:
        shown = next_invoice(session, who.id, SELLER)
    assert shown is not None
    moved = move(rehearsals, clone(shop, rehearsals, who), datetime(2026, 4, 1, 9, tzinfo=UTC))
    (rehearsed,) = living.scene(rehearsals, moved).documents
    (real,) = renew_account(shop.database, who.id, SELLER, datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert isinstance(real, Renewed)
    (invoice,) = shop.rows(Invoice, name=real.invoice)
    assert rehearsed.total_minor == invoice.total_minor == shown.summary.total.minor
    assert rehearsed.name.startswith(f"REHEARSAL-{who.id}-")
    assert not real.invoice.startswith("REHEARSAL")
    with living.opened(rehearsals, who.id) as database, database.read() as session:
        assert ledger.verify(session) == []
        assert session.get_one(SubscriptionRow, number).seats == 7


def test_nobody_is_known_by_name_in_a_clone_and_no_card_is_in_it(shop: Shop, rehearsals: Rehearsals) -> None:
    who = shop.customer()
    shop.seats(shop.monthly(who), 2)
    note = clone(shop, rehearsals, who)
    with living.opened(rehearsals, note.account_id) as database, database.read() as session:
        people = session.scalars(sa.select(Person)).all()
        assert len(people) == 3
        assert all(one.email.endswith("@rehearsal.invalid") and one.password_hash is None for one in people)
        for name in ("payment_methods", "orders", "payment_attempts", "webhook_endpoints", "api_tokens"):
            table = all_tables().tables[name]
            assert session.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_what_is_cancelled_ends_in_the_clone(shop: Shop, rehearsals: Rehearsals) -> None:
    who = shop.customer()
    number = shop.monthly(who)
    cancel(shop, who, number)
    moved = move(rehearsals, clone(shop, rehearsals, who))
    assert (living.scene(rehearsals, moved).documents, living.scene(rehearsals, moved).renewal_on) == (
        [],
        None,
    )
    with living.opened(rehearsals, who.id) as database, database.read() as session:
        assert session.get_one(SubscriptionRow, number).ended_on == APRIL
    assert shop.subscription(number).ended_on is None


def test_the_clock_of_a_clone_only_moves_forward_and_not_too_far(shop: Shop, rehearsals: Rehearsals) -> None:
    who = shop.customer()
    shop.monthly(who)
    note = clone(shop, rehearsals, who)
    assert living.move(rehearsals, note, NOW - timedelta(days=1), SELLER) is Refused.BACKWARD
    assert living.move(rehearsals, note, NOW + timedelta(days=800), SELLER) is Refused.TOO_FAR
    assert rehearsals.note(who.id) == note


def test_a_second_clone_takes_the_place_of_the_first(shop: Shop, rehearsals: Rehearsals) -> None:
    who = shop.customer()
    shop.monthly(who)
    move(rehearsals, clone(shop, rehearsals, who))
    again = clone(shop, rehearsals, who)
    assert (rehearsals.note(who.id), living.scene(rehearsals, again).documents) == (again, [])
    rehearsals.throw_away(who.id)
    assert rehearsals.note(who.id) is None


def test_an_installation_that_does_not_rehearse_refuses(tmp_path: Path) -> None:
    with pytest.raises(NotHereError):
        making.shelf(tmp_path, allowed=False)
    assert list(tmp_path.iterdir()) == []
