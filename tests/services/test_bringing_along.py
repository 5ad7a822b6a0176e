"""Accounts come along on both databases: whole or not at all, once, and with books that are right."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from portal.shared.domain.bringing_along import COLUMNS
from portal.shared.domain.seats import How
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.bringing_along import Brought, bring_along
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.running import renew_due
from tests.support.coming_along import FILES, LANGUAGES
from tests.support.factories import NOW, SELLER, a_person
from tests.support.shop import Customer, Shop, want
from tests.support.source_files import ROOT

TABLES = (Account, Person, Membership, SubscriptionRow, Seat, Invoice, OutboxMail)


def bring(shop: Shop, **changed: str) -> Brought:
    """As the command does it: with a fault nothing is kept."""
    with shop.database.write() as session:
        brought = bring_along(session, {**FILES, **changed}, LANGUAGES, SELLER, shop.clock.now())
        if brought.faults:
            session.rollback()
    return brought


def counts(shop: Shop) -> list[int]:
    return [len(shop.rows(table)) for table in TABLES]


def aurora(shop: Shop) -> Account:
    with shop.database.read() as session:
        return session.scalars(sa.select(Account).where(Account.invoice_series == "A1")).one()


def test_an_account_comes_along_whole(shop: Shop) -> None:
    assert bring(shop).faults == ()
    account = aurora(shop)
    with shop.database.read() as session:
        row = session.scalars(
            sa.select(SubscriptionRow).where(SubscriptionRow.account_id == account.id)
        ).one()
        roles = session.execute(
            sa.select(Person.email, Membership.role).join(Person).where(Membership.account_id == account.id)
        ).all()
        assert ledger.balance(session, account.id, "EUR").minor == 1250
        assert ledger.verify(session) == []
    # From 31 January on: February ended early, so this period began on the 28th and ends on the 31st of March.
    assert (row.anchor, row.period_start, row.period_end) == (
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    )
    assert sorted(tuple(one) for one in roles) == [
        ("ana@aurora.example", "billing_contact"),
        ("ana@aurora.example", "viewer"),
        ("x@aurora.example", "seat_holder"),
        ("y@aurora.example", "seat_holder"),
    ]
    assert [one.given_how for one in shop.rows(SeatSpell)] == [How.IMPORTED] * 2
    assert shop.rows(OutboxMail) == []  # nobody is told


def test_the_days_that_are_left_are_invoiced_and_paid_so_that_a_change_gives_its_credit(shop: Shop) -> None:
    bring(shop)
    account = aurora(shop)
    [line] = shop.rows(InvoiceLine)
    # 2 × 20.00 × 21 of 31 days, from 10 March on
    assert (line.amount_minor, line.days, line.of_days) == (2710, 21, 31)
    assert (line.service_start, line.service_end) == (date(2026, 3, 10), date(2026, 3, 31))
    with shop.database.read() as session:
        row = session.scalars(sa.select(SubscriptionRow)).one()
        person = session.scalars(sa.select(Person).where(Person.email == "ana@aurora.example")).one()
    who = Customer(account.id, person.id, None, "EUR")
    seen = shop.look(who, want(row.id, shop.catalogue.plus, 2))
    assert seen.summary is not None
    assert [one.signed.minor for one in seen.summary.lines] == [7000, -2710]


def test_it_renews_on_its_own_day_at_the_price_of_that_day(shop: Shop) -> None:
    bring(shop)
    shop.clock.advance(datetime(2026, 3, 31, 9, tzinfo=UTC) - NOW)
    [renewed] = list(renew_due(shop.database, SELLER, shop.clock.now()))
    assert isinstance(renewed, Renewed)
    assert shop.rows(SubscriptionRow)[0].period_end == date(2026, 4, 30)


def test_bringing_it_again_changes_nothing(shop: Shop) -> None:
    bring(shop)
    before = counts(shop)
    again = bring(shop)
    assert (again.accounts, again.known) == ((), ("A1", "B2"))
    assert counts(shop) == before


def test_who_is_known_by_the_address_is_the_same_person(shop: Shop) -> None:
    with shop.database.write() as session:
        known = a_person(session, "Ana, known before")
        known.email = "ana@aurora.example"
    bring(shop)
    assert [one.name for one in shop.rows(Person) if one.email == "ana@aurora.example"] == [
        "Ana, known before"
    ]


REFUSED = {
    "one-seat-too-many": ("subscriptions", ",2,", ",1,", "one seat too many"),
    "a-product-nobody-sells": ("subscriptions", "standard", "golden", "is not sold"),
    "sold-by-the-year-only": ("subscriptions", "standard", "premium", "is not sold"),
    "it-has-not-begun": ("subscriptions", "2026-01-31", "2026-03-12", "still to come"),
    "no-such-zone": ("accounts", "Asia/Tokyo", "Asia/Nowhere", "no time zone"),
    "no-currency-of-ours": ("accounts", "12.50", "1e999999", "opening_balance"),
}


@pytest.mark.parametrize(("name", "old", "new", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_one_fault_keeps_everything_out(shop: Shop, name: str, old: str, new: str, words: str) -> None:
    before = counts(shop)
    brought = bring(shop, **{name: FILES[name].replace(old, new, 1)})
    assert any(words in str(one) for one in brought.faults), brought.faults
    assert brought.accounts == ()
    assert counts(shop) == before


def test_our_own_people_become_nobodys_contact(shop: Shop) -> None:
    with shop.database.write() as session:
        a_person(session, "Rui", staff_role="rep").email = "bo@bento.example"
    assert "our own people" in str(bring(shop).faults[0])


def test_a_price_of_its_own_and_a_representative_come_along(shop: Shop) -> None:
    with shop.database.write() as session:
        rep = a_person(session, "Rui", staff_role="rep")
        rep.email = "rui@seller.example"
    corporate = (
        FILES["accounts"]
        .replace("opening_balance", "rep")
        .replace("Tokyo,en,", "Tokyo,en,rui@seller.example")
    )
    priced = (
        FILES["subscriptions"]
        .replace("began\n", "began,unit_price,contract_end\n")
        .replace("2026-01-31\n", "2026-01-31,17.50,2026-12-31\n")
    )
    assert bring(shop, accounts=corporate.replace(",12.50", ","), subscriptions=priced).faults == ()
    row = shop.rows(SubscriptionRow)[0]
    assert (row.unit_minor, row.contract_end) == (1750, date(2026, 12, 31))
    assert [one.rep_id for one in shop.rows(Account) if one.invoice_series == "B2"] == [rep.id]


def test_the_columns_of_the_documentation_are_those_of_the_code() -> None:
    told = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    for needed, optional in COLUMNS.values():
        for column in (*needed, *optional):
            assert f"`{column}`" in told, column
